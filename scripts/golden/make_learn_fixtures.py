#!/usr/bin/env python3
"""Fits Spark's classifiers on made-up rows and writes what they learned to test/golden/learn/<case>.json.

  python scripts/golden/make_learn_fixtures.py [case ...]     (needs pyspark 4 and Java 17)

A file names its rows only by seed and size: test/unit/learn/made-rows.ts makes the same ones. All values are
multiples of 1/8 and labels come from whole numbers, so both languages agree to the last bit.
"""
import json
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")

import pyspark
from pyspark.ml.classification import LinearSVC, LogisticRegression, NaiveBayes, RandomForestClassifier
from pyspark.ml.evaluation import BinaryClassificationEvaluator, MulticlassClassificationEvaluator
from pyspark.ml.linalg import Vectors
from pyspark.sql import SparkSession

TARGET = Path(__file__).resolve().parents[2] / "test" / "golden" / "learn"
MASK = 0xFFFFFFFF


def signed(value):
    value &= MASK
    return value - (1 << 32) if value & 0x80000000 else value


def mulberry32(seed):
    """Tommy Ettinger's 32-bit generator (public domain)."""
    state = seed & MASK

    def draw():
        nonlocal state
        state = (state + 0x6D2B79F5) & MASK
        t = ((state ^ (state >> 15)) * (state | 1)) & MASK
        t = (t ^ (t + (((t ^ (t >> 7)) * (t | 61)) & MASK))) & MASK
        return t ^ (t >> 14)

    return draw


def make_rows(seed, rows, columns, classes, binary=False, weighted=False):
    draw = mulberry32(seed)
    made = []
    for _ in range(rows):
        counts = {}
        for _ in range(1 + draw() % 8):
            column = (draw() % columns) * (draw() % columns) // columns
            counts[column] = counts.get(column, 0) + 1
        scores = []
        for klass in range(classes):
            score = draw() % 4001 - 2000
            for column, count in counts.items():
                score += count * (((column + 1) * 40503 + (klass + 1) * 7919) * (column + 13 * klass + 17) % 2001 - 1000)
            scores.append(score)
        label = scores.index(max(scores))
        values = {c: 1.0 if binary else n * (1 + (c % 7) / 8) for c, n in sorted(counts.items())}
        weight = (1 + draw() % 4) / 2 if weighted else 1.0
        made.append((label, weight, values))
    return made


BINARY = dict(seed=1, rows=400, columns=60, classes=2)
WIDE = dict(seed=2, rows=300, columns=200, classes=2)
THREE = dict(seed=3, rows=400, columns=50, classes=3)
WEIGHTED = dict(BINARY, seed=4, weighted=True)
ONES = dict(BINARY, seed=5, binary=True)
ONES3 = dict(THREE, seed=6, binary=True)
TREE = dict(numTrees=1, featureSubsetStrategy="all", bootstrap=False, seed=1)

CASES = {
    "lr-l2": ("logisticregression", BINARY, dict(maxIter=20, regParam=0.1)),
    "lr-plain": ("logisticregression", BINARY, dict(maxIter=100, regParam=0.0)),
    "lr-tight": ("logisticregression", WIDE, dict(maxIter=200, regParam=0.01, tol=1e-9)),
    "lr-elastic": ("logisticregression", BINARY, dict(maxIter=100, regParam=0.02, elasticNetParam=0.5)),
    "lr-elastic-wide": ("logisticregression", WIDE, dict(maxIter=20, regParam=0.1, elasticNetParam=0.5)),
    "lr-l1-raw": ("logisticregression", BINARY, dict(regParam=0.01, elasticNetParam=1.0, standardization=False)),
    "lr-l2-raw-origin": ("logisticregression", BINARY, dict(regParam=0.05, standardization=False, fitIntercept=False)),
    "lr-elastic-origin": ("logisticregression", WIDE, dict(regParam=0.02, elasticNetParam=0.3, fitIntercept=False)),
    "lr-weights": ("logisticregression", WEIGHTED, dict(maxIter=50, regParam=0.03)),
    "lr-threshold": ("logisticregression", BINARY, dict(maxIter=20, regParam=0.1, threshold=0.7)),
    "lr-softmax": ("logisticregression", THREE, dict(maxIter=50, regParam=0.05)),
    "lr-softmax-plain": ("logisticregression", THREE, dict(maxIter=60, regParam=0.0)),
    "lr-softmax-elastic-raw": (
        "logisticregression",
        THREE,
        dict(regParam=0.02, elasticNetParam=0.5, standardization=False),
    ),
    "lr-softmax-origin": ("logisticregression", THREE, dict(regParam=0.05, fitIntercept=False, standardization=False)),
    "lr-softmax-binary": ("logisticregression", BINARY, dict(maxIter=30, regParam=0.1, family="multinomial")),
    "svc-l2": ("linearsvc", BINARY, dict(maxIter=30, regParam=0.1)),
    "svc-raw": ("linearsvc", WIDE, dict(maxIter=20, regParam=0.01, standardization=False)),
    "svc-origin": ("linearsvc", BINARY, dict(maxIter=30, regParam=0.05, fitIntercept=False)),
    "svc-plain": ("linearsvc", BINARY, dict(maxIter=5, regParam=0.0)),
    "svc-weights": ("linearsvc", WEIGHTED, dict(maxIter=20, regParam=0.1)),
    "nb-multinomial": ("naivebayes", BINARY, dict()),
    "nb-multinomial-three": ("naivebayes", THREE, dict(smoothing=0.25)),
    "nb-weights": ("naivebayes", WEIGHTED, dict(smoothing=2.0)),
    "nb-bernoulli": ("naivebayes", ONES, dict(modelType="bernoulli")),
    "nb-bernoulli-three": ("naivebayes", ONES3, dict(modelType="bernoulli", smoothing=0.5)),
    "nb-complement": ("naivebayes", THREE, dict(modelType="complement")),
    "rf-tree": ("randomforest", BINARY, dict(TREE, maxDepth=5)),
    "rf-tree-deep": ("randomforest", WIDE, dict(TREE, maxDepth=9, minInstancesPerNode=3)),
    "rf-tree-entropy": ("randomforest", THREE, dict(TREE, maxDepth=6, impurity="entropy", minInfoGain=0.01)),
    "rf-tree-bins": ("randomforest", THREE, dict(TREE, maxDepth=4, maxBins=3)),
    "rf-tree-weights": ("randomforest", WEIGHTED, dict(TREE, maxDepth=5)),
    "rf-forest": ("randomforest", BINARY, dict(numTrees=20, maxDepth=5, seed=1)),
}
ESTIMATORS = {
    "logisticregression": LogisticRegression,
    "linearsvc": LinearSVC,
    "naivebayes": NaiveBayes,
    "randomforest": RandomForestClassifier,
}


def describe(spark, trainer, model):
    if trainer == "logisticregression":
        return {
            "coefficients": model.coefficientMatrix.toArray().tolist(),
            "intercepts": model.interceptVector.toArray().tolist(),
            "iterations": model.summary.totalIterations,
            "objectiveHistory": list(model.summary.objectiveHistory),
        }
    if trainer == "linearsvc":
        summary = model.summary()
        return {
            "coefficients": [model.coefficients.toArray().tolist()],
            "intercepts": [model.intercept],
            "iterations": summary.totalIterations,
            "objectiveHistory": list(summary.objectiveHistory),
        }
    if trainer == "naivebayes":
        return {"pi": model.pi.toArray().tolist(), "theta": model.theta.toArray().tolist()}
    return describe_trees(spark, model)


def describe_trees(spark, model):
    with tempfile.TemporaryDirectory() as folder:
        model.write().overwrite().save(folder + "/model")
        rows = spark.read.parquet(folder + "/model/data").orderBy("treeID", "nodeData.id").collect()
    if model.getNumTrees > 1:
        return {"nodes": []}
    nodes = [row.nodeData for row in rows]
    return {
        "nodes": [
            {
                "prediction": node.prediction,
                "impurity": node.impurity,
                "gain": node.gain,
                "rawCount": node.rawCount,
                "stats": list(node.impurityStats),
                "left": node.leftChild,
                "right": node.rightChild,
                "feature": node.split.featureIndex,
                "threshold": (list(node.split.leftCategoriesOrThreshold) or [None])[0],
            }
            for node in nodes
        ]
    }


def evaluate(scored, classes, trainer):
    metrics = {}
    names = ["accuracy", "f1", "weightedPrecision", "weightedRecall"] + (["logLoss"] if trainer != "linearsvc" else [])
    for name in names:
        metrics[name] = MulticlassClassificationEvaluator(metricName=name).evaluate(scored)
    if classes == 2:
        for name in ("areaUnderROC", "areaUnderPR"):
            # numBins=0: no thinning of the curve
            metrics[name] = BinaryClassificationEvaluator(metricName=name, numBins=0).evaluate(scored)
    return metrics


def main():
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "1g")
        .config("spark.sql.shuffle.partitions", "1")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    TARGET.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[1:] or CASES:
        trainer, recipe, params = CASES[name]
        rows = make_rows(**recipe)
        frame = spark.createDataFrame(
            [(float(label), weight, Vectors.sparse(recipe["columns"], values)) for label, weight, values in rows],
            ["label", "weight", "features"],
        ).coalesce(1)
        extra = {"weightCol": "weight"} if recipe.get("weighted") else {}
        model = ESTIMATORS[trainer](**params, **extra).fit(frame)
        scored = model.transform(frame).cache()
        expected = describe(spark, trainer, model)
        expected["predictions"] = "".join(str(int(row.prediction)) for row in scored.select("prediction").collect())
        expected["metrics"] = evaluate(scored, recipe["classes"], trainer)
        fixture = {
            "spark": pyspark.__version__,
            "trainer": trainer,
            "rows": recipe,
            "params": params,
            "expected": expected,
        }
        (TARGET / (name + ".json")).write_text(json.dumps(fixture) + "\n")
        print(name, expected.get("iterations", ""), expected["metrics"], flush=True)
    spark.stop()


if __name__ == "__main__":
    main()
