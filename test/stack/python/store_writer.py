"""One of several programs that log at the same time; the arguments are its name and how often it logs each thing."""

import sys

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Metric, Param

name, count = sys.argv[1], int(sys.argv[2])
client = MlflowClient()
experiment = mlflow.set_experiment("together")
shared = client.search_runs([experiment.experiment_id], "attributes.run_name = 'shared'")[0].info.run_id

for index in range(count):
    with mlflow.start_run(run_name=f"{name}-{index}"):
        mlflow.log_param("index", index)
        mlflow.log_metric("m", index)
        mlflow.log_text(name, f"{name}.txt")
    client.log_metric(shared, "single", index, timestamp=1, step=index * 1000 + int(name[1:]))
    metrics = [Metric(f"batch-{name}", step, 1, step) for step in range(index * 50, index * 50 + 50)]
    client.log_batch(shared, metrics, [Param(f"{name}-{index}", "x")])
    client.create_model_version("together", f"mlflow-artifacts:/{experiment.experiment_id}/{name}/{index}")
