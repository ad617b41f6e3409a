"""Fits the pipelines that bench/score.ts scores, saves them, and scores the same rows with Spark.

Reads a plan from standard input: {"cores", "folder", "texts": FILE (JSON list), "labels": [...], "fitRows", "forestRows",
"rounds"}. Prints one JSON line for each pipeline: rows, wall and CPU seconds of the JVM, of the quickest round.
"""
import json
import os
import sys
import time

os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")

from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.classification import LinearSVC, LogisticRegression, RandomForestClassifier
from pyspark.ml.feature import IDF, HashingTF, StopWordsRemover, Tokenizer
from pyspark.sql import SparkSession


def cpu_seconds(pid):
    """User and system time of a process, proc(5); the fields are counted from behind the program's name."""
    with open("/proc/{}/stat".format(pid)) as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def stages(classifier):
    return [
        Tokenizer(inputCol="text", outputCol="words"),
        StopWordsRemover(inputCol="words", outputCol="filtered"),
        HashingTF(inputCol="filtered", outputCol="tf", numFeatures=32768),
        IDF(inputCol="tf", outputCol="features"),
        classifier,
    ]


def main():
    plan = json.load(sys.stdin)
    spark = (
        SparkSession.builder.master("local[{}]".format(plan["cores"]))
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "3g")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    jvm = spark._jvm.java.lang.ProcessHandle.current().pid()
    with open(plan["texts"]) as file:
        texts = json.load(file)
    labelled = list(zip(texts, plan["labels"]))
    step = max(1, len(labelled) // plan["fitRows"])
    train = spark.createDataFrame(labelled[::step], ["text", "label"]).repartition(plan["cores"]).cache()
    few = spark.createDataFrame(labelled[:: max(1, len(labelled) // plan["forestRows"])], ["text", "label"]).cache()
    rows = spark.createDataFrame([(text,) for text in texts], ["text"]).repartition(plan["cores"]).cache()
    rows.count()
    cases = {
        "logisticregression": (LogisticRegression(maxIter=20, regParam=0.1), train),
        "linearsvc": (LinearSVC(maxIter=30, regParam=0.1), train),
        "randomforest": (RandomForestClassifier(numTrees=10, maxDepth=5, maxBins=32), few),
    }
    for name, (classifier, data) in cases.items():
        path = os.path.join(plan["folder"], name)
        Pipeline(stages=stages(classifier)).fit(data).write().overwrite().save(path)
        model = PipelineModel.load(path)
        best = None
        for _ in range(plan["rounds"]):
            wall, cpu = time.perf_counter(), cpu_seconds(jvm)
            model.transform(rows).write.format("noop").mode("overwrite").save()
            spent = {"wall": time.perf_counter() - wall, "cpu": cpu_seconds(jvm) - cpu}
            best = spent if best is None or spent["cpu"] < best["cpu"] else best
        print(json.dumps({"name": name, "rows": len(texts), **best}), flush=True)
    spark.stop()


main()
