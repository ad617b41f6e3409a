"""What a data scientist does with MLflow, against the server of MLFLOW_TRACKING_URI; prints what came back as JSON."""

import json
import math
import os
import sys
import tempfile
import warnings

warnings.filterwarnings("ignore")

import mlflow
import pandas
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

client = MlflowClient()
out = {"version": mlflow.__version__}


def refused(work):
    try:
        work()
    except MlflowException as error:
        return error.error_code
    return None


class Lengths(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return [len(text) for text in model_input["text"]]


def log_everything(experiment_id):
    frame = pandas.DataFrame({"text": ["good", "bad"], "label": [1, 0]})
    with mlflow.start_run(run_name="parent", description="a note") as parent:
        mlflow.log_params({"maxIter": 20, "name with space": "ä€😀"})
        mlflow.log_metric("loss", math.nan, step=0)
        for step in range(1, 6):
            mlflow.log_metric("loss", 1 / step, step=step, timestamp=1_700_000_000_000 + step)
        mlflow.log_metrics({"accuracy": 0.8, "inf": math.inf}, step=3)
        mlflow.set_tags({"team": "a", "to remove": "x"})
        mlflow.delete_tag("to remove")
        mlflow.log_text("hello ä\n", "notes/hello ä.txt")
        mlflow.log_dict({"k": [1, 2]}, "config.json")
        mlflow.log_table({"q": ["a", "b"], "s": [1, 2]}, "table.json")
        with tempfile.TemporaryDirectory() as folder:
            for name in ("figure.png", "empty", "sub/deep.bin"):
                os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
                with open(os.path.join(folder, name), "wb") as file:
                    file.write(b"" if name == "empty" else bytes(range(256)) * 4000)
            mlflow.log_artifacts(folder, "files")
        dataset = mlflow.data.from_pandas(frame, name="reviews", targets="label")
        mlflow.log_input(dataset, context="training", tags={"split": "all"})
        for name, accuracy in (("lr", 0.7), ("svc", 0.9)):
            with mlflow.start_run(run_name=name, nested=True):
                mlflow.log_metric("accuracy", accuracy, dataset=dataset)
                mlflow.log_param("name", name)
        # As autologging does: one batch of everything.
        metrics = [mlflow.entities.Metric("batch", i / 7, i, i) for i in range(900)]
        params = [mlflow.entities.Param(f"auto{i}", str(i)) for i in range(60)]
        client.log_batch(parent.info.run_id, metrics, params, [mlflow.entities.RunTag("auto", "yes")])
        info = mlflow.pyfunc.log_model(
            name="tiny",
            python_model=Lengths(),
            registered_model_name="reviews",
            pip_requirements=[],
            input_example=frame[["text"]],
        )
    return parent.info, info


def read_run(info):
    run = client.get_run(info.run_id)
    history = client.get_metric_history(info.run_id, "loss")
    with tempfile.TemporaryDirectory() as folder:
        local = mlflow.artifacts.download_artifacts(run_id=info.run_id, dst_path=folder)
        files = {}
        for root, _, names in os.walk(local):
            for name in names:
                path = os.path.join(root, name)
                files[os.path.relpath(path, local).replace(os.sep, "/")] = os.path.getsize(path)
    return {
        "status": run.info.status,
        "uri": run.info.artifact_uri,
        "params": run.data.params,
        "accuracy": run.data.metrics["accuracy"],
        "nan": math.isnan(history[0].value),
        "history": [[metric.step, metric.timestamp, metric.value] for metric in history[1:]],
        "batch": len(client.get_metric_history(info.run_id, "batch")),
        "tags": {key: value for key, value in run.data.tags.items() if not key.startswith("mlflow.")},
        "note": run.data.tags["mlflow.note.content"],
        "inputs": [[i.dataset.name, {t.key: t.value for t in i.tags}] for i in run.inputs.dataset_inputs],
        "outputs": [output.model_id for output in run.outputs.model_outputs],
        "files": files,
        "listed": [[f.path, f.is_dir, f.file_size] for f in client.list_artifacts(info.run_id, "notes")],
        "text": mlflow.artifacts.load_text(f"{run.info.artifact_uri}/notes/hello ä.txt"),
        "table": mlflow.load_table("table.json", run_ids=[info.run_id]).to_dict("list"),
    }


def search(experiment_id):
    def names(**query):
        return [run.data.tags["mlflow.runName"] for run in client.search_runs([experiment_id], **query)]

    paged = client.search_runs([experiment_id], order_by=["attributes.run_name ASC"], max_results=2)
    more = client.search_runs([experiment_id], order_by=["attributes.run_name ASC"], max_results=2, page_token=paged.token)
    return {
        "best": names(order_by=["metrics.accuracy DESC"], max_results=1),
        "filtered": names(filter_string="metrics.accuracy > 0.75 and tags.team = 'a'"),
        "children": sorted(names(filter_string="tags.mlflow.parentRunId LIKE '%'")),
        "params": names(filter_string="params.name = 'svc'"),
        "dataset": names(filter_string="dataset.name = 'reviews' and attributes.run_name = 'parent'"),
        "paged": [run.info.run_name for run in [*paged, *more]],
        "frame": len(mlflow.search_runs([experiment_id], filter_string="status = 'FINISHED'")),
        "experiments": [e.name for e in client.search_experiments(filter_string="name LIKE 'stack%'")],
        "typo": refused(lambda: names(filter_string="metrics.accuracy >> 1")),
    }


def registry(info):
    frame = pandas.DataFrame({"text": ["four", "and more"]})
    client.set_registered_model_alias("reviews", "champion", 1)
    mlflow.register_model(info.model_uri, "reviews", tags={"again": "yes"})
    copied = client.copy_model_version("models:/reviews@champion", "copied")
    client.transition_model_version_stage("reviews", "1", "Production")
    client.transition_model_version_stage("reviews", "2", "Production", archive_existing_versions=True)
    client.update_model_version("reviews", "2", "described")
    client.set_model_version_tag("reviews", "2", "validated", "yes")
    client.update_registered_model("reviews", "all of them")
    client.set_registered_model_tag("reviews", "domain", "text")
    loaded = [info.model_uri, "models:/reviews@champion", "models:/reviews/2", "models:/copied/1"]
    result = {
        "predictions": [list(mlflow.pyfunc.load_model(uri).predict(frame)) for uri in loaded],
        "stages": {v.version: v.current_stage for v in client.search_model_versions("name = 'reviews'")},
        "production": [v.version for v in client.get_latest_versions("reviews", ["Production"])],
        "alias": client.get_model_version_by_alias("reviews", "champion").version,
        "copied": [copied.version, copied.source],
        "tagged": [v.version for v in client.search_model_versions("tags.validated = 'yes'")],
        "tags": client.get_model_version("reviews", "2").tags,
        "models": sorted(m.name for m in client.search_registered_models()),
        "description": client.get_registered_model("reviews").description,
        "no alias": refused(lambda: client.get_model_version_by_alias("reviews", "nobody")),
        "no model": refused(lambda: client.get_registered_model("nobody")),
        "taken": refused(lambda: client.create_registered_model("reviews")),
    }
    client.delete_registered_model_alias("reviews", "champion")
    client.delete_model_version("reviews", "1")
    client.rename_registered_model("copied", "renamed")
    client.delete_registered_model("renamed")
    result["left"] = [[m.name, m.aliases, [v.version for v in m.latest_versions]] for m in client.search_registered_models()]
    return result


def logged_models(experiment_id, info):
    mlflow.log_model_params({"depth": "3"}, info.model_id)
    client.set_logged_model_tags(info.model_id, {"k": "v"})
    found = mlflow.search_logged_models(
        experiment_ids=[experiment_id],
        filter_string="name = 'tiny'",
        order_by=[{"field_name": "creation_timestamp", "ascending": False}],
        output_format="list",
    )
    model = client.get_logged_model(info.model_id)
    return {
        "found": [m.model_id for m in found],
        "status": str(model.status),
        "params": model.params,
        "tag": model.tags["k"],
        "files": sorted(f.path for f in client.list_logged_model_artifacts(info.model_id)),
    }


def life_cycle():
    other = client.create_experiment("stack-other", tags={"a": "b"})
    run = client.create_run(other)
    client.delete_run(run.info.run_id)
    while_deleted = refused(lambda: client.log_metric(run.info.run_id, "m", 1))
    client.restore_run(run.info.run_id)
    client.log_metric(run.info.run_id, "m", 1)
    client.log_param(run.info.run_id, "p", "1")
    changed = refused(lambda: client.log_param(run.info.run_id, "p", "2"))
    client.set_terminated(run.info.run_id, "FAILED")
    client.rename_experiment(other, "stack-renamed")
    client.delete_experiment(other)
    deleted = client.get_experiment(other).lifecycle_stage
    client.restore_experiment(other)
    return {
        "while deleted": while_deleted,
        "changed": changed,
        "deleted": deleted,
        "status": client.get_run(run.info.run_id).info.status,
        "name": client.get_experiment(other).name,
        "again": refused(lambda: client.create_experiment("stack-renamed")),
        "traces": refused(lambda: client.search_traces(experiment_ids=[other])),
    }


experiment = mlflow.set_experiment("stack one")
parent, info = log_everything(experiment.experiment_id)
out["run_id"] = parent.run_id
out["model_id"] = info.model_id
out["run"] = read_run(parent)
out["search"] = search(experiment.experiment_id)
out["logged"] = logged_models(experiment.experiment_id, info)
out["registry"] = registry(info)
out["life"] = life_cycle()
json.dump(out, sys.stdout)
