"""Fits with Spark what bench/fit.ts fits, on the same rows with the features cached, each estimator several times.

Reads a plan from standard input: {"cores": N, "fits": N, "cases": [{"name", "trainer", "file", "columns", "params"}]},
files in LIBSVM's form. Prints one JSON line for each case; CPU seconds are those of the JVM.
"""
import json
import os
import sys
import time

os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")

from pyspark.ml.classification import LinearSVC, LogisticRegression, NaiveBayes, RandomForestClassifier
from pyspark.sql import SparkSession

ESTIMATORS = {
    "logisticregression": LogisticRegression,
    "linearsvc": LinearSVC,
    "naivebayes": NaiveBayes,
    "randomforest": RandomForestClassifier,
}


def learned(trainer, model):
    if trainer == "logisticregression":
        return {
            "coefficients": model.coefficientMatrix.toArray().ravel().tolist(),
            "iterations": model.summary.totalIterations,
        }
    if trainer == "linearsvc":
        return {"coefficients": model.coefficients.toArray().tolist(), "iterations": model.summary().totalIterations}
    if trainer == "naivebayes":
        return {"coefficients": model.theta.toArray().ravel().tolist()}
    return {}


def cpu_seconds(pid):
    """User and system time of a process, proc(5); the fields are counted from behind the program's name."""
    with open("/proc/{}/stat".format(pid)) as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main():
    plan = json.load(sys.stdin)
    spark = (
        SparkSession.builder.master("local[{}]".format(plan["cores"]))
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "4g")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    jvm = spark.sparkContext._gateway.proc.pid
    frames = {}
    for case in plan["cases"]:
        if case["file"] not in frames:
            frame = spark.read.format("libsvm").option("numFeatures", case["columns"]).load(case["file"])
            frames[case["file"]] = frame.repartition(plan["cores"]).cache()
            frames[case["file"]].count()
        fits = []
        for _ in range(plan["fits"]):
            wall, cpu = time.perf_counter(), cpu_seconds(jvm)
            model = ESTIMATORS[case["trainer"]](**case["params"]).fit(frames[case["file"]])
            fits.append({"wall": time.perf_counter() - wall, "cpu": cpu_seconds(jvm) - cpu})
        scored = model.transform(frames[case["file"]]).where("label = prediction").count()
        accuracy = scored / frames[case["file"]].count()
        print(json.dumps({"name": case["name"], "fits": fits, "accuracy": accuracy, **learned(case["trainer"], model)}), flush=True)
    spark.stop()


if __name__ == "__main__":
    main()
