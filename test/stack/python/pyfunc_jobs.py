"""Scores models with the loader of the MLflow folder, without Spark.

Reads {"loader": folder of sentops_pyfunc.py, "rows": file, "jobs": [{"model": file, "out": file}, ...]} from standard
input; writes raw scores and probabilities as hexadecimal bits, and which version of Unicode this Python has.
"""

import json
import struct
import sys
import unicodedata


def bits(values):
    return struct.pack(f">{len(values)}d", *values).hex()


def main():
    request = json.load(sys.stdin)
    sys.path.insert(0, request["loader"])
    import sentops_pyfunc

    with open(request["rows"], encoding="utf-8") as file:
        texts = json.load(file)
    results = []
    for job in request["jobs"]:
        try:
            model = sentops_pyfunc._load_pyfunc(job["model"])
            raw, probability = model.score(texts)
            scores = {"prediction": model.classes(raw, probability).tolist(), "rawPrediction": [bits(row) for row in raw]}
            if probability is not None:
                scores["probability"] = [bits(row) for row in probability]
            with open(job["out"], "w", encoding="ascii") as file:
                json.dump(scores, file)
            results.append({"rows": len(texts)})
        except Exception as error:
            results.append({"error": f"{type(error).__name__}: {error}"})
    print(json.dumps({"unicode": unicodedata.unidata_version, "results": results}))


main()
