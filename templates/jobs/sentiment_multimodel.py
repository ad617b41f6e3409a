#!/usr/bin/env python3
"""Trains three sentiment classifiers on labelled texts and registers them in MLflow.

Tokenizer -> StopWordsRemover -> HashingTF -> IDF, then logistic regression, random forest and linear SVM, fitted side
by side. Each becomes a child run with its parameters, its metrics on the test rows and its confusion matrix, and is
registered as <registered-model-name>-<kind>; the one with the highest test accuracy also as <registered-model-name>-best
and saved to <output>/best-model-<kind>. Without --mlflow-uri nothing is tracked; the best model is saved all the same.

The input is CSV. Its layout is recognised by its first line: columns named by a header (text or review and the like,
label, sentiment, rating and the like), the six columns of Sentiment140, or two columns text,label.
"""
import argparse
import csv
import json
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import pyspark
from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.classification import LinearSVC, LogisticRegression, RandomForestClassifier
from pyspark.ml.evaluation import BinaryClassificationEvaluator, MulticlassClassificationEvaluator
from pyspark.ml.feature import IDF, HashingTF, StopWordsRemover, Tokenizer
from pyspark.ml.tuning import CrossValidator, ParamGridBuilder
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

SEED = 42
PARENT_RUN = "sentiment_multi_model_experiment"

{{#if ownColumns}}
TEXT_COLUMNS = ({{textLiteral}},)
LABEL_COLUMNS = ({{labelLiteral}},)
RATING_COLUMNS = ()
NEGATIVE = ({{negativeLiteral}},)
POSITIVE = ({{positiveLiteral}},)
{{else}}
TEXT_COLUMNS = ("text", "reviewtext", "review", "review_text", "content", "sentence", "tweet")
LABEL_COLUMNS = ("label", "sentiment", "target", "rating", "overall", "stars", "score")
RATING_COLUMNS = ("rating", "overall", "stars", "score")
NEGATIVE = ("0", "0.0", "-1", "negative", "neg", "false")
POSITIVE = ("1", "1.0", "4", "4.0", "positive", "pos", "true")
{{/if}}


class InputError(Exception):
    """The rows cannot be trained on; the message says why."""


def parse_arguments(argv=None):
    parser = argparse.ArgumentParser(description="Train sentiment models with Spark ML and MLflow.")
    parser.add_argument("--input", required=True, help="input CSV (GCS or local)")
    parser.add_argument("--output", required=True, help="output base path for artifacts")
    parser.add_argument("--mlflow-uri", default=None, help="tracking server; nothing is tracked without one")
    parser.add_argument("--mlflow-experiment", default="default", help="experiment name")
    parser.add_argument("--registered-model-name", default="twitter-sentiment-model", help="name prefix in the registry")
    parser.add_argument("--num-features", type=int, default=32768, help="HashingTF dimension")
    parser.add_argument("--train-ratio", type=float, default=0.8)
    parser.add_argument("--val-ratio", type=float, default=0.1, help="the rest is the test set")
    parser.add_argument("--sample-fraction", type=float, default=1.0)
    parser.add_argument("--enable-cv", action="store_true", help="choose parameters by cross-validation")
    parser.add_argument("--cv-folds", type=int, default=2)
    parser.add_argument("--enable-caching", action="store_true", help="keep the prepared rows in memory")
    parser.add_argument("--max-rows", type=int, default=0, help="limit rows (0 = all)")
    args = parser.parse_args(argv)
    if args.num_features < 1:
        parser.error("--num-features must be at least 1")
    if not 0 < args.train_ratio < 1 or not 0 <= args.val_ratio < 1 or args.train_ratio + args.val_ratio >= 1:
        parser.error("--train-ratio and --val-ratio must leave rows for the test set: their sum must be below 1")
    if not 0 < args.sample_fraction <= 1:
        parser.error("--sample-fraction must be above 0 and at most 1")
    if args.cv_folds < 2:
        parser.error("--cv-folds must be at least 2")
    if args.max_rows < 0:
        parser.error("--max-rows must be 0 or more")
    return args


def detect_layout(line):
    """How a file is laid out that begins with this line: (has_header, text column, label column, encoding)."""
    fields = next(csv.reader([line]), [])
    names = [field.strip().lower() for field in fields]
    text = next((name for name in TEXT_COLUMNS if name in names), None)
    label = next((name for name in LABEL_COLUMNS if name in names and name != text), None)
    if text and label:
        return True, fields[names.index(text)], fields[names.index(label)], "UTF-8"
    if len(fields) == 6 and names[0] in ("0", "2", "4"):
        return False, "_c5", "_c0", "ISO-8859-1"
    if len(fields) == 2:
        return False, "_c0", "_c1", "UTF-8"
    raise InputError(
        "the layout of the input is not recognised: give it a header with a text column ({}) and a label column ({})".format(
            ", ".join(TEXT_COLUMNS), ", ".join(LABEL_COLUMNS)
        )
    )


def to_label(column, name):
    """0.0 for negative, 1.0 for positive, null for what is neither (neutral, three stars)."""
    value = F.lower(F.trim(column))
    if name.strip().lower() in RATING_COLUMNS:
        stars = value.cast("double")
        return F.when(stars >= 4, 1.0).when(stars <= 2, 0.0)
    return F.when(value.isin(*POSITIVE), 1.0).when(value.isin(*NEGATIVE), 0.0)


def read_rows(spark, args):
    """The rows that can be trained on, as text and label."""
    first = spark.read.text(args.input).where(F.length("value") > 0).head()
    if first is None:
        raise InputError("the input is empty: " + args.input)
    has_header, text, label, encoding = detect_layout(first.value.lstrip("\ufeff"))
    # Records over several lines cannot be split among tasks, so only files that may have them are read that way.
    raw = spark.read.csv(
        args.input, header=has_header, multiLine=has_header, escape='"', encoding=encoding, mode="PERMISSIVE"
    )
    columns = {name.lstrip("\ufeff"): name for name in raw.columns}
    rows = raw.select(
        F.col("`" + columns[text] + "`").alias("text"),
        to_label(F.col("`" + columns[label] + "`"), label).alias("label"),
    ).where("text is not null and trim(text) != '' and label is not null")
    if args.sample_fraction < 1.0:
        rows = rows.sample(withReplacement=False, fraction=args.sample_fraction, seed=SEED)
    if args.max_rows > 0:
        # Never the head: files that are ordered by label would give rows of one class only.
        rows = rows.orderBy(F.rand(SEED)).limit(args.max_rows)
    return rows


def check_labels(rows):
    counts = {row["label"]: row["count"] for row in rows.groupBy("label").count().collect()}
    if len(counts) < 2:
        raise InputError("the rows need both classes; found (label: rows) {}".format(counts or "no rows at all"))
    return counts


def build_features(num_features):
    return Pipeline(
        stages=[
            Tokenizer(inputCol="text", outputCol="words"),
            StopWordsRemover(inputCol="words", outputCol="filtered"),
            HashingTF(inputCol="filtered", outputCol="tf", numFeatures=num_features),
            IDF(inputCol="tf", outputCol="features"),
        ]
    )


def build_candidates():
    """Kind -> (name of its run, estimator with the fixed parameters, grid for cross-validation)."""
    lr = LogisticRegression(maxIter=20, regParam=0.1)
    rf = RandomForestClassifier(numTrees=10, maxDepth=5, maxBins=32, seed=SEED)
    svc = LinearSVC(maxIter=30, regParam=0.1)
    return {
        "logisticregression": (
            "LogisticRegression",
            lr,
            ParamGridBuilder().addGrid(lr.regParam, [0.01, 0.1]).addGrid(lr.elasticNetParam, [0.0, 0.5]).build(),
        ),
        "randomforest": (
            "RandomForest",
            rf,
            ParamGridBuilder().addGrid(rf.numTrees, [5, 10]).addGrid(rf.maxDepth, [3, 5]).build(),
        ),
        "linearsvc": (
            "LinearSVC",
            svc,
            ParamGridBuilder().addGrid(svc.regParam, [0.01, 0.1]).addGrid(svc.maxIter, [20, 30]).build(),
        ),
    }


def fit(estimator, grid, train, args):
    if not args.enable_cv:
        return estimator.fit(train)
    search = CrossValidator(
        estimator=estimator,
        estimatorParamMaps=grid,
        evaluator=MulticlassClassificationEvaluator(metricName="accuracy"),
        numFolds=args.cv_folds,
        parallelism=2,
        seed=SEED,
    )
    return search.fit(train).bestModel


def evaluate(model, rows):
    """Metrics and the confusion matrix (row = truth, column = prediction); f1, precision, recall of the positive class."""
    scored = model.transform(rows).select("label", "prediction", "rawPrediction").persist()
    try:
        matrix = [[0, 0], [0, 0]]
        for row in scored.groupBy("label", "prediction").count().collect():
            matrix[int(row["label"])][int(row["prediction"])] = row["count"]
        metrics = binary_metrics(matrix)
        metrics["auc"] = BinaryClassificationEvaluator(metricName="areaUnderROC").evaluate(scored)
        return metrics, matrix
    finally:
        scored.unpersist()


def binary_metrics(matrix):
    total = sum(map(sum, matrix))
    if total == 0:
        raise InputError("the test set is empty: give more rows, or a smaller --train-ratio")
    hits = matrix[1][1]
    actual = sum(matrix[1])
    predicted = matrix[0][1] + matrix[1][1]
    precision = hits / predicted if predicted else 0.0
    recall = hits / actual if actual else 0.0
    return {
        "accuracy": (matrix[0][0] + hits) / total,
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall) if precision + recall else 0.0,
    }


def describe_params(model):
    """The parameters that matter, of the fitted model."""
    names = ("regParam", "elasticNetParam", "maxIter", "maxDepth", "maxBins", "numTrees")
    params = {}
    for name in names:
        if model.hasParam(name):
            params[name] = model.getOrDefault(name)
    return params


class Tracker:
    """What is logged to MLflow. Models are fitted in threads but logged one after the other: runs of MLflow's fluent
    interface belong to a thread in newer versions and to the whole process in older ones."""

    def __init__(self, args):
        import mlflow
        import mlflow.spark

        self.mlflow = mlflow
        self.args = args
        mlflow.set_tracking_uri(args.mlflow_uri)
        mlflow.set_experiment(args.mlflow_experiment)

    def log(self, features, results, best):
        requirements = ["pyspark==" + pyspark.__version__]
        mlflow, prefix = self.mlflow, self.args.registered_model_name
        with mlflow.start_run(run_name=PARENT_RUN) as parent:
            mlflow.log_params({name: value for name, value in vars(self.args).items() if value is not None})
            mlflow.spark.log_model(features, "feature_pipeline", pip_requirements=requirements)
            for kind, result in results.items():
                with mlflow.start_run(run_name=result["name"], nested=True) as child:
                    mlflow.set_tag("model_type", result["name"])
                    mlflow.log_params(result["params"])
                    mlflow.log_metrics(result["metrics"])
                    mlflow.log_metrics({"val_" + name: value for name, value in result["validation"].items()})
                    self.log_matrix(result)
                    mlflow.spark.log_model(
                        result["pipeline"],
                        "model",
                        registered_model_name=prefix + "-" + kind,
                        pip_requirements=requirements,
                    )
                    result["run_id"] = child.info.run_id
            winner = results[best]
            mlflow.set_tag("best_model", winner["name"])
            mlflow.log_metrics({"best_" + name: value for name, value in winner["metrics"].items()})
            version = mlflow.register_model("runs:/{}/model".format(winner["run_id"]), prefix + "-best")
            return {"parent_run_id": parent.info.run_id, "run_id": winner["run_id"], "version": str(version.version)}

    def log_matrix(self, result):
        self.mlflow.log_dict({"labels": [0, 1], "matrix": result["matrix"]}, "confusion_matrix.json")
        try:
            import matplotlib

            matplotlib.use("Agg")
            from matplotlib import pyplot
        except ImportError:
            return
        figure, axes = pyplot.subplots(figsize=(4, 4))
        axes.imshow(result["matrix"], cmap="Blues")
        for truth in (0, 1):
            for predicted in (0, 1):
                axes.text(predicted, truth, result["matrix"][truth][predicted], ha="center", va="center")
        axes.set(
            title=result["name"],
            xlabel="predicted",
            ylabel="actual",
            xticks=[0, 1],
            yticks=[0, 1],
            xticklabels=["negative", "positive"],
            yticklabels=["negative", "positive"],
        )
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "confusion_matrix.png")
            figure.savefig(path, bbox_inches="tight")
            self.mlflow.log_artifact(path)
        pyplot.close(figure)


def train_models(features, train, validation, test, args):
    """Fits the candidates side by side: Spark runs their jobs at the same time where there is room."""

    def train_one(item):
        kind, (name, estimator, grid) = item
        model = fit(estimator, grid, train, args)
        metrics, matrix = evaluate(model, test)
        val_metrics = evaluate(model, validation)[0] if validation is not None else {}
        print("{}: {}".format(name, json.dumps(metrics, sort_keys=True)), flush=True)
        return kind, {
            "name": name,
            "params": describe_params(model),
            "metrics": metrics,
            "validation": val_metrics,
            "matrix": matrix,
            "pipeline": PipelineModel(stages=features.stages + [model]),
        }

    with ThreadPoolExecutor(max_workers=3) as pool:
        return dict(pool.map(train_one, build_candidates().items()))


def run(spark, args):
    tracker = Tracker(args) if args.mlflow_uri else None
    rows = read_rows(spark, args).persist()
    counts = check_labels(rows)
    print("rows by label: {}".format(counts), flush=True)
    test_ratio = 1.0 - args.train_ratio - args.val_ratio
    train, validation, test = rows.randomSplit([args.train_ratio, args.val_ratio, test_ratio], seed=SEED)
    features = build_features(args.num_features).fit(train)
    prepared = [features.transform(part).select("label", "features") for part in (train, validation, test)]
    if args.enable_caching:
        prepared = [part.persist() for part in prepared]
    has_validation = args.val_ratio > 0 and prepared[1].head() is not None
    results = train_models(features, prepared[0], prepared[1] if has_validation else None, prepared[2], args)
    best = max(results, key=lambda kind: results[kind]["metrics"]["accuracy"])
    target = "{}/best-model-{}".format(args.output.rstrip("/"), best)
    results[best]["pipeline"].write().overwrite().save(target)
    summary = {"best": best, "metrics": results[best]["metrics"], "saved": target}
    if tracker:
        summary.update(tracker.log(features, results, best))
    print("RESULT " + json.dumps(summary, sort_keys=True), flush=True)


def main(argv=None):
    args = parse_arguments(argv)
    spark = SparkSession.builder.appName("sentiment-multimodel").getOrCreate()
    try:
        run(spark, args)
    except InputError as error:
        sys.exit("error: {}".format(error))
    except ImportError as error:
        sys.exit("error: --mlflow-uri needs the Python package mlflow on the driver ({})".format(error))
    finally:
        spark.stop()


if __name__ == "__main__":
    main()
