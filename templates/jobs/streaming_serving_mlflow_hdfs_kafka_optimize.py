#!/usr/bin/env python3
"""Scores a stream of texts with a model of the MLflow registry.

Texts come from files that appear in a folder (CSV, with or without a header) or from Kafka (JSON with a text, and
perhaps an id and a timestamp). Predictions go to Parquet, partitioned by date, and to Kafka where that is asked for.
The model stays in the driver's memory; a newer version in the registry is taken over between two batches, without a
stop. A batch that fails half-way is scored again after a restart, so a prediction may be written twice, never lost.
"""
import argparse
import csv
import io
import signal
import sys
import time

from pyspark.ml.functions import array_to_vector, vector_to_array
from pyspark.ml.linalg import VectorUDT
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import (
    ArrayType,
    BinaryType,
    LongType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)

STAGE_ALIASES = {"Production": "champion", "Staging": "challenger"}
{{#if ownColumns}}
TEXT_COLUMNS = ({{textLiteral}},)
LABEL_COLUMNS = ({{labelLiteral}},)
{{else}}
TEXT_COLUMNS = ("text", "reviewtext", "review", "review_text", "content", "sentence", "tweet")
LABEL_COLUMNS = ("label", "sentiment", "target", "rating", "overall", "stars", "score")
{{/if}}
OUTPUT_COLUMNS = (
    "text",
    "label",
    "features",
    "prediction",
    "probability",
    "prediction_timestamp",
    "model_version",
    "date",
)
FILES_PER_BATCH = 100


class ModelNotFound(Exception):
    """The registry has no such model."""


def parse_arguments(argv=None):
    parser = argparse.ArgumentParser(description="Score a stream with a model of the MLflow registry.")
    parser.add_argument("--source-type", required=True, choices=["file", "kafka"])
    parser.add_argument("--input-path", help="directory to watch, for --source-type file")
    parser.add_argument("--kafka-bootstrap", help="broker address, for --source-type kafka")
    parser.add_argument("--kafka-topic", help="input topic, for --source-type kafka")
    parser.add_argument("--output-path", required=True, help="output path for predictions")
    parser.add_argument("--checkpoint", required=True, help="checkpoint location")
    parser.add_argument("--mlflow-uri", required=True, help="tracking server")
    parser.add_argument("--model-name", required=True, help="registered model")
    parser.add_argument("--model-stage", default="Production", help="stage of the version to serve; None = the newest")
    parser.add_argument("--model-flavor", default="spark", choices=["spark", "pyfunc"])
    parser.add_argument("--batch-interval-seconds", type=int, default=30)
    parser.add_argument("--reload-interval-seconds", type=int, default=300)
    parser.add_argument("--write-kafka", type=to_boolean, default=False, metavar="true|false")
    parser.add_argument("--kafka-output-bootstrap", help="broker address for predictions")
    parser.add_argument("--kafka-output-topic", help="topic for predictions")
    args = parser.parse_args(argv)
    needed = ["input_path"] if args.source_type == "file" else ["kafka_bootstrap", "kafka_topic"]
    if args.write_kafka:
        needed += ["kafka_output_bootstrap", "kafka_output_topic"]
    missing = ["--" + name.replace("_", "-") for name in needed if not getattr(args, name)]
    if missing:
        parser.error("missing for this combination of --source-type and --write-kafka: " + ", ".join(missing))
    if args.batch_interval_seconds < 0 or args.reload_interval_seconds < 1:
        parser.error("--batch-interval-seconds must be 0 or more, --reload-interval-seconds 1 or more")
    return args


def to_boolean(text):
    if text.lower() in ("true", "1", "yes"):
        return True
    if text.lower() in ("false", "0", "no"):
        return False
    raise argparse.ArgumentTypeError("must be true or false, not {!r}".format(text))


def parse_file(content):
    """The texts of one CSV file as (text, label): columns by a header, the six of Sentiment140, or text[,label].
    Short rows, empty labels and fields over several lines are all right."""
    try:
        decoded = bytes(content).decode("utf-8-sig")
    except UnicodeDecodeError:
        decoded = bytes(content).decode("latin-1")
    csv.field_size_limit(2**31 - 1)
    rows = [row for row in csv.reader(io.StringIO(decoded, newline="")) if any(cell.strip() for cell in row)]
    if not rows:
        return []
    names = [cell.strip().lower() for cell in rows[0]]
    text_name = next((name for name in TEXT_COLUMNS if name in names), None)
    label_name = next((name for name in LABEL_COLUMNS if name in names), None)
    is_header = text_name is not None and (label_name is not None or len(names) == 1)
    if is_header:
        text_at, label_at = names.index(text_name), names.index(label_name) if label_name else None
    elif len(names) == 6 and names[0] in ("0", "2", "4"):
        text_at, label_at = 5, 0
    else:
        text_at, label_at = 0, 1

    def cell(row, index):
        value = row[index] if index is not None and index < len(row) else None
        return value if value else None

    texts = [(cell(row, text_at), cell(row, label_at)) for row in (rows[1:] if is_header else rows)]
    return [(text, label) for text, label in texts if text is not None]


def read_files(spark, args):
    schema = StructType(
        [
            StructField("path", StringType()),
            StructField("modificationTime", TimestampType()),
            StructField("length", LongType()),
            StructField("content", BinaryType()),
        ]
    )
    row_type = StructType([StructField("text", StringType()), StructField("label", StringType())])
    parse = F.udf(parse_file, ArrayType(row_type))
    files = spark.readStream.format("binaryFile").schema(schema).option("maxFilesPerTrigger", FILES_PER_BATCH)
    empty = F.lit(None).cast("string")
    return (
        files.load(args.input_path)
        .select(F.explode(parse("content")).alias("row"))
        .select("row.text", "row.label", empty.alias("key"), empty.alias("id"), empty.alias("timestamp"))
    )


def read_kafka(spark, args):
    message = StructType([StructField(name, StringType()) for name in ("text", "label", "id", "timestamp")])
    source = (
        spark.readStream.format("kafka")
        .option("kafka.bootstrap.servers", args.kafka_bootstrap)
        .option("subscribe", args.kafka_topic)
        .option("startingOffsets", "latest")
        .load()
    )
    value = F.col("value").cast("string")
    return (
        source.select(F.from_json(value, message).alias("message"), value.alias("value"), F.col("key").cast("string"))
        # A message that is no JSON object is taken as the text itself.
        .select(
            F.coalesce("message.text", "value").alias("text"), "message.label", "key", "message.id", "message.timestamp"
        )
    )


class ServedModel:
    """The model in memory, and whether the registry has a newer one."""

    def __init__(self, spark, args):
        import mlflow
        import mlflow.pyfunc
        import mlflow.spark

        mlflow.set_tracking_uri(args.mlflow_uri)
        self.mlflow = mlflow
        self.client = mlflow.tracking.MlflowClient()
        self.spark = spark
        self.args = args
        self.version = None
        self.transform = None
        self.looked = 0.0

    def refresh(self):
        """Looks into the registry when it is time; a failure there leaves the model in memory at work."""
        now = time.monotonic()
        if self.transform is not None and now - self.looked < self.args.reload_interval_seconds:
            return
        self.looked = now
        try:
            version = self.find_version()
            if version == self.version:
                return
            self.transform = self.load(version)
            note = "model {} version {} is now in use (before: {})"
            print(note.format(self.args.model_name, version, self.version), flush=True)
            self.version = version
        except Exception as error:
            if self.transform is None:
                raise
            print("the model was not reloaded, version {} stays in use: {}".format(self.version, error), flush=True)

    def find_version(self):
        name, stage = self.args.model_name, self.args.model_stage
        versions = self.client.search_model_versions("name='{}'".format(name))
        if not versions:
            raise ModelNotFound("Model not found in MLflow: {} has no version; train one first".format(name))
        newest = max(int(version.version) for version in versions)
        if stage == "None":
            return str(newest)
        staged = [int(version.version) for version in versions if version.current_stage == stage]
        if staged:
            return str(max(staged))
        try:
            return str(self.client.get_model_version_by_alias(name, STAGE_ALIASES.get(stage, stage)).version)
        except Exception:
            if str(newest) != self.version:
                note = "no version of {} is in stage {}; the newest, {}, serves until one is"
                print(note.format(name, stage, newest), flush=True)
            return str(newest)

    def load(self, version):
        uri = "models:/{}/{}".format(self.args.model_name, version)
        if self.args.model_flavor == "spark":
            return self.mlflow.spark.load_model(uri).transform
        predict = self.mlflow.pyfunc.spark_udf(self.spark, uri, result_type="double", env_manager="local")
        return lambda rows: rows.withColumn("prediction", predict(F.struct("text")))


def complete(scored):
    """The columns that not every model gives: a linear SVM has margins only, a pyfunc model a prediction only."""
    if "probability" not in scored.columns:
        if "rawPrediction" in scored.columns:
            positive = 1 / (1 + F.exp(-vector_to_array("rawPrediction")[1]))
            scored = scored.withColumn("probability", array_to_vector(F.array(1 - positive, positive)))
        else:
            scored = scored.withColumn("probability", F.lit(None).cast(VectorUDT()))
    if "features" not in scored.columns:
        scored = scored.withColumn("features", F.lit(None).cast(VectorUDT()))
    return scored


def write_kafka(scored, args):
    value = F.to_json(
        F.struct(
            "id",
            "text",
            "prediction",
            vector_to_array("probability")[1].alias("probability"),
            F.when(F.col("prediction") >= 0.5, "positive").otherwise("negative").alias("sentiment"),
            "prediction_timestamp",
            "model_version",
            "timestamp",
        )
    )
    header = F.struct(F.lit("model_version").alias("key"), F.col("model_version").cast("binary").alias("value"))
    (
        scored.select(F.coalesce("key", "id").alias("key"), value.alias("value"), F.array(header).alias("headers"))
        .write.format("kafka")
        .option("kafka.bootstrap.servers", args.kafka_output_bootstrap)
        .option("topic", args.kafka_output_topic)
        .save()
    )


def make_scorer(model, args):
    def score_batch(batch, batch_id):
        model.refresh()
        if not batch.head(1):
            return
        texts = batch.withColumn("text", F.coalesce("text", F.lit("")))
        scored = (
            complete(model.transform(texts))
            .withColumn("prediction_timestamp", F.current_timestamp())
            .withColumn("model_version", F.lit(model.version))
            .withColumn("date", F.to_date("prediction_timestamp"))
            .persist()
        )
        try:
            scored.select(*OUTPUT_COLUMNS).write.mode("append").partitionBy("date").parquet(args.output_path)
            if args.write_kafka:
                write_kafka(scored, args)
            print("batch {}: {} rows, model version {}".format(batch_id, scored.count(), model.version), flush=True)
        finally:
            scored.unpersist()

    return score_batch


def run(spark, args):
    model = ServedModel(spark, args)
    model.refresh()
    source = read_files(spark, args) if args.source_type == "file" else read_kafka(spark, args)
    query = (
        source.writeStream.foreachBatch(make_scorer(model, args))
        .option("checkpointLocation", args.checkpoint)
        .trigger(processingTime="{} seconds".format(args.batch_interval_seconds))
        .start()
    )
    stopping = []
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopping.append(True))
    while query.isActive and not stopping:
        query.awaitTermination(1)
    query.stop()


def main(argv=None):
    args = parse_arguments(argv)
    spark = SparkSession.builder.appName("sentiment-serving-" + args.model_name).getOrCreate()
    try:
        run(spark, args)
    except ModelNotFound as error:
        sys.exit("error: {}".format(error))
    except ImportError as error:
        sys.exit("error: the Python package mlflow is needed on the driver ({})".format(error))
    finally:
        spark.stop()


if __name__ == "__main__":
    main()
