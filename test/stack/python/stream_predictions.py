"""Writes predictions as a real Structured Streaming job does: Parquet in folders of days, and JSON lines beside them.

Reads JSON lines {"text", "prediction", "positive", "version", "day"} from `<folder>/input`, two files, a batch for each.
"""

import os
import sys

from pyspark.ml.functions import array_to_vector
from pyspark.sql import SparkSession
from pyspark.sql.functions import array, col, lit

folder = sys.argv[1]
spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.shuffle.partitions", "1")
    .config("spark.sql.warehouse.dir", os.path.join(folder, "warehouse"))
    .getOrCreate()
)
schema = "text string, prediction double, positive double, version string, day string"
rows = spark.readStream.schema(schema).option("maxFilesPerTrigger", 1).json(os.path.join(folder, "input"))
predictions = rows.select(
    "text",
    lit(None).cast("string").alias("label"),
    array_to_vector(array(lit(1.0), col("positive"))).alias("features"),
    "prediction",
    array_to_vector(array(1.0 - col("positive"), col("positive"))).alias("probability"),
    lit("2026-11-21 10:00:00").cast("timestamp").alias("prediction_timestamp"),
    col("version").alias("model_version"),
    col("day").alias("date"),
)
for kind in ("parquet", "json"):
    query = (
        predictions.writeStream.format(kind)
        .partitionBy("date")
        .option("path", os.path.join(folder, kind))
        .option("checkpointLocation", os.path.join(folder, "checkpoint", kind))
        .trigger(availableNow=True)
        .start()
    )
    query.awaitTermination()
spark.stop()
