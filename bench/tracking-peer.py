"""What MLflow's own Python client does, timed for bench/tracking.ts.

As a whole process: `experiments URI` prints them, `list URI NAME` 1,000 runs with their metrics, `best URI NAME METRIC`
the best run, `download URI RUN PATH FOLDER` fetches an artifact.
In one process, without the time of its imports: `metrics URI` logs 10,000 metrics in batches of 1,000 and prints the
seconds; `search URI NAME FILTER` searches twice and prints the seconds of the second search and what it found.
"""
import json
import os
import sys
import time

from mlflow import MlflowClient
from mlflow.entities import Metric


def experiment_id(client, name):
    return client.get_experiment_by_name(name).experiment_id


def list_experiments(client):
    for experiment in client.search_experiments():
        print(experiment.experiment_id, experiment.name, experiment.artifact_location)


def download(client, run_id, path, folder):
    os.makedirs(folder)
    print(client.download_artifacts(run_id, path, folder))


def list_runs(client, name):
    runs = client.search_runs([experiment_id(client, name)], max_results=1000)
    for run in runs:
        print(run.info.run_id, run.info.run_name, json.dumps(run.data.metrics), json.dumps(run.data.params))


def best_run(client, name, metric):
    runs = client.search_runs([experiment_id(client, name)], order_by=[f"metrics.{metric} DESC"], max_results=1)
    print(runs[0].info.run_id, runs[0].data.metrics[metric])


def log_metrics(client):
    run = client.create_run(client.create_experiment(f"peer-{time.time()}"))
    now = int(time.time() * 1000)
    started = time.perf_counter()
    for batch in range(10):
        metrics = [Metric("loss", 1 / (step + 1), now, step) for step in range(batch * 1000, batch * 1000 + 1000)]
        client.log_batch(run.info.run_id, metrics=metrics)
    print(time.perf_counter() - started)


def search(client, name, text):
    ids = [experiment_id(client, name)]
    for _ in range(2):
        started = time.perf_counter()
        found = client.search_runs(ids, text, order_by=["metrics.f1 DESC"], max_results=100)
        spent = time.perf_counter() - started
    print(spent, len(found), found[0].info.run_id)


task, uri, *rest = sys.argv[1:]
TASKS = {
    "experiments": list_experiments,
    "list": list_runs,
    "best": best_run,
    "download": download,
    "metrics": log_metrics,
    "search": search,
}
TASKS[task](MlflowClient(uri), *rest)
