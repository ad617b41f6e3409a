"""Jobs for a real Spark, many in one session: a session costs seconds, a job less.

Reads {"scratch": folder, "jobs": [...]} from standard input and prints one line of JSON: the versions of Spark and Java,
the processor, and as `results` what came of each job, or {"error": ...}. A job names what to do and the folder of a model:

    score       rows (a file with a JSON list of texts), out   scores as hexadecimal bits, written to `out`;
                to (may be missing)                            a folder where Spark saves the model again
    mlflow      the same                                       the same by mlflow.spark.load_model
"""

import json
import os
import struct
import sys

from pyspark.ml import PipelineModel
from pyspark.ml.functions import vector_to_array
from pyspark.sql import SparkSession

# English casing. Spark 4 sums dense vectors in as many lanes as the processor has. With one lane a plain sum runs in
# order everywhere; products of two dense vectors may differ in their last bits all the same.
JAVA_OPTIONS = "-Duser.language=en -Duser.country=US -Dfile.encoding=UTF-8 -XX:MaxVectorSize=8"


def start(scratch):
    return (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "2g")
        .config("spark.driver.extraJavaOptions", JAVA_OPTIONS)
        .config("spark.sql.shuffle.partitions", "1")
        # Compiling a query costs more than running it on a few hundred rows.
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.warehouse.dir", os.path.join(scratch, "warehouse"))
        .getOrCreate()
    )


def bits(values):
    return struct.pack(f">{len(values)}d", *values).hex()


class JavaModel:
    """A pipeline in the Java machine alone: PySpark's loader and its OneVsRest start Python workers, which Spark 3.3
    cannot on newer Pythons."""

    def __init__(self, spark, path):
        self.java = spark._jvm.org.apache.spark.ml.PipelineModel.load(path)
        self.stages = PipelineModel._from_java(self.java).stages

    def transform(self, frame):
        return type(frame)(self.java.transform(frame._jdf), frame.sparkSession)

    def _to_java(self):
        return self.java


class Session:
    def __init__(self, scratch):
        self.scratch = scratch
        self.spark = start(scratch)
        self.spark.sparkContext.setLogLevel("OFF")
        self.frames = {}

    def about(self):
        of_java = self.spark._jvm.java.lang.System.getProperty
        return {"spark": self.spark.version, "java": of_java("java.runtime.version"), "processor": of_java("os.arch")}

    def load(self, path):
        return JavaModel(self.spark, path) if self.spark.version.startswith("3.") else PipelineModel.load(path)

    def rows(self, path):
        """Spark reads the rows itself: Python could not hand it half a surrogate pair."""
        if path not in self.frames:
            lines = os.path.join(self.scratch, f"rows-{len(self.frames)}.jsonl")
            with open(path, encoding="utf-8") as file, open(lines, "w", encoding="ascii") as out:
                for number, text in enumerate(json.load(file)):
                    out.write(json.dumps({"id": number, "text": text}) + "\n")
            self.frames[path] = self.spark.read.schema("id int, text string").json(lines).cache()
        return self.frames[path]

    def write_scores(self, model, job):
        scored = model.transform(self.rows(job["rows"]))
        names = [name for name in ("rawPrediction", "probability") if name in scored.columns]
        columns = [vector_to_array(scored[name]).alias(name) for name in names]
        found = sorted(scored.select("id", "prediction", *columns).collect())
        result = {"prediction": [row[1] for row in found]}
        for place, name in enumerate(names):
            result[name] = [bits(row[2 + place]) for row in found]
        with open(job["out"], "w", encoding="ascii") as file:
            json.dump(result, file)
        return {"rows": len(found)}

    def run(self, job):
        if job["do"] == "mlflow":
            import mlflow.spark

            model = mlflow.spark.load_model(job["model"])
        else:
            model = self.load(job["model"])
        result = self.write_scores(model, job)
        if "to" in job:
            model._to_java().write().overwrite().save(job["to"])
        return {**result, "stages": [describe(stage) for stage in model.stages]}


def describe(stage):
    params = {param.name: repr(value) for param, value in stage.extractParamMap().items()}
    return {"class": type(stage).__name__, "params": params}


def main():
    request = json.load(sys.stdin)
    session = Session(request["scratch"])
    results = []
    for job in request["jobs"]:
        try:
            results.append(session.run(job))
        except Exception as error:
            results.append({"error": str(error)[:4000]})
    about = session.about()
    session.spark.stop()
    print(json.dumps({**about, "results": results}))


main()
