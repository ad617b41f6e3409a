"""What MLflow's own client sees of a store that `sentops train` wrote, as JSON.

Reads {"store": URI, "experiment", "best": registered model, "alias", "rows": file of texts} from standard input.
Sets the alias on the newest version, as a person would, and loads what it points at.
"""

import json
import logging
import struct
import sys
import warnings

import mlflow
import pandas
from mlflow.tracking import MlflowClient

request = json.load(sys.stdin)
mlflow.set_tracking_uri(request["store"])
mlflow.set_registry_uri(request["store"])
client = MlflowClient()
with open(request["rows"], encoding="utf-8") as file:
    frame = pandas.DataFrame({"text": json.load(file)})

complaints = []


class Listener(logging.Handler):
    def emit(self, record):
        # The model names one version of Python; the machine may have another.
        if "version of Python" not in record.getMessage():
            complaints.append(record.getMessage())


def load(uri):
    """A model and what MLflow had to say about it."""
    listener = Listener(logging.WARNING)
    logging.getLogger("mlflow").addHandler(listener)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = mlflow.pyfunc.load_model(uri)
    logging.getLogger("mlflow").removeHandler(listener)
    complaints.extend(str(warning.message) for warning in caught if "mlflow" in str(warning.filename))
    return model


def bits(values):
    return [struct.pack(">d", value).hex() for value in values]


def describe_run(run):
    return {
        "runId": run.info.run_id,
        "status": run.info.status,
        "user": run.info.user_id,
        "startTime": run.info.start_time,
        "endTime": run.info.end_time,
        "parent": run.data.tags.get("mlflow.parentRunId"),
        "source": run.data.tags.get("mlflow.source.name"),
        "params": run.data.params,
        "metrics": run.data.metrics,
        "inputs": [
            [item.dataset.name, item.dataset.digest, {tag.key: tag.value for tag in item.tags}]
            for item in run.inputs.dataset_inputs
        ],
        "artifacts": [file.path for file in client.list_artifacts(run.info.run_id)],
        "models": [output.model_id for output in run.outputs.model_outputs],
    }


experiment = client.get_experiment_by_name(request["experiment"])
runs = {run.info.run_name: describe_run(run) for run in client.search_runs([experiment.experiment_id])}
linear = runs["LogisticRegression"]
history = client.get_metric_history(linear["runId"], "objective")
(newest,) = client.search_model_versions(f"name = '{request['best']}'", order_by=["version_number DESC"], max_results=1)
client.set_registered_model_alias(request["best"], request["alias"], newest.version)
model = load(f"models:/{request['best']}@{request['alias']}")
predicted = model.predict(frame)
example = model.input_example
logged = client.get_logged_model(linear["models"][0])
same = load(f"models:/{logged.model_id}").predict(frame)
by_run = f"runs:/{linear['runId']}/{logged.name}"
of_run = load(by_run).predict(frame)
files = mlflow.artifacts.list_artifacts(by_run)
(linear_version,) = client.search_model_versions("name = 'twitter-sentiment-model-logisticregression'", order_by=["version_number DESC"], max_results=1)
pipeline = client.download_artifacts(runs["sentiment_multi_model_experiment"]["runId"], "feature_pipeline/metadata")
picture = client.download_artifacts(linear["runId"], "confusion_matrix.png")
with open(picture, "rb") as file:
    signature = file.read(8).hex()
(dataset,) = [item.dataset for item in client.get_run(linear["runId"]).inputs.dataset_inputs if item.tags[0].value == "training"]
print(
    json.dumps(
        {
            "runs": runs,
            "history": [[metric.step, metric.value] for metric in history],
            "registered": sorted(model.name for model in client.search_registered_models()),
            "version": {"version": int(newest.version), "runId": newest.run_id, "tags": newest.tags, "source": newest.source},
            "label": predicted["label"].tolist(),
            "probability": bits(predicted["probability"]),
            "exampleColumns": list(example.columns),
            "exampleLabels": model.predict(example)["label"].tolist(),
            "modelRun": model.metadata.run_id,
            "logged": {
                "name": logged.name,
                "status": str(logged.status),
                "source": logged.source_run_id,
                "metrics": sorted({metric.key for metric in logged.metrics}),
            },
            "loggedLabels": same["label"].tolist(),
            "ofRunLabels": of_run["label"].tolist(),
            "ofRunFiles": sorted(file.path for file in files),
            "source": linear_version.source,
            "pipeline": bool(pipeline),
            "picture": signature,
            "datasetUri": mlflow.data.get_source(dataset).to_dict(),
            "complaints": complaints,
        }
    )
)
