"""What mlflow.pyfunc makes of a folder: reads {"model", "rows", "threshold"} and prints the frames as JSON."""

import json
import struct
import sys

import mlflow.pyfunc
import pandas

request = json.load(sys.stdin)
with open(request["rows"], encoding="utf-8") as file:
    texts = json.load(file)
model = mlflow.pyfunc.load_model(request["model"])
frame = pandas.DataFrame({"text": texts}, index=range(100, 100 + len(texts)))
plain = model.predict(frame)
strict = model.predict(frame, params={"threshold": request["threshold"]})
try:
    model.predict(pandas.DataFrame({"words": texts[:1]}))
    refused = None
except Exception as error:
    refused = str(error)
print(
    json.dumps(
        {
            "index": [int(value) for value in plain.index[:2]],
            "label": plain["label"].tolist(),
            "probability": [struct.pack(">d", value).hex() for value in plain["probability"]],
            "strictLabel": strict["label"].tolist(),
            "refused": refused,
            "inputs": model.metadata.get_input_schema().input_names(),
        }
    )
)
