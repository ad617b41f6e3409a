"""Makes golden models with a real Spark: fits small pipelines, saves them, and writes down Spark's own scores.

    python make_spark_models.py <output folder> <scratch folder> [--one-lane] [part of a case's name ...]

Each case becomes <output folder>/<Spark version>-<case>/ with `model/` as Spark saved it and `expected.json`: for each
file of rows the prediction, rawPrediction and probability of each row, every double as the 16 hex digits of its bits.
Runs on Spark 3.3 and on Spark 4; rows are handed over as files, since Spark 3.3 cannot pickle on newer Pythons.
"""

import json
import os
import shutil
import struct
import sys

from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.classification import (
    GBTClassifier,
    LinearSVC,
    LogisticRegression,
    LogisticRegressionModel,
    NaiveBayes,
    OneVsRest,
    RandomForestClassifier,
)
from pyspark.ml.evaluation import BinaryClassificationEvaluator
from pyspark.ml.feature import (
    IDF,
    CountVectorizer,
    HashingTF,
    NGram,
    RegexTokenizer,
    SQLTransformer,
    StopWordsRemover,
    Tokenizer,
    VectorAssembler,
)
from pyspark.ml.functions import vector_to_array
from pyspark.ml.tuning import CrossValidator, ParamGridBuilder
from pyspark.ml.util import Identifiable
from pyspark.sql import SparkSession

from texts import nasty_rows, reviews, training

CUSTOM_STOP_WORDS = ["The", "was", "film", "İAND", "Σ", "great", "ISSIZ", "iĞdır"]


# --- feature stages -------------------------------------------------------------------------------------------------
def words(**options):
    return Tokenizer(inputCol="text", outputCol="words", **options)


def regex(pattern, **options):
    return RegexTokenizer(inputCol="text", outputCol="words", pattern=pattern, **options)


def stop(**options):
    return StopWordsRemover(inputCol="words", outputCol="kept", **options)


def tf(source="kept", features=256, output="tf", **options):
    return HashingTF(inputCol=source, outputCol=output, numFeatures=features, **options)


def counts(**options):
    return CountVectorizer(inputCol="kept", outputCol="features", **options)


def idf(source="tf", **options):
    return IDF(inputCol=source, outputCol="features", **options)


def usual(**options):
    return [words(), stop(), tf(**options), idf()]


def hashed(tokenizer, **options):
    return [tokenizer, tf("words", output="features", **options)]


def narrow(output):
    """So few columns that Spark stores most assembled rows densely: it does where two thirds of the values are not zero."""
    hashed_parts = [tf("words", 6, "one"), grams(2), tf("grams2", 6, "two"), grams(3), tf("grams3", 6, "three")]
    return [words(), *hashed_parts, VectorAssembler(inputCols=["one", "two", "three"], outputCol=output)]


def grams(n, source="words"):
    return NGram(inputCol=source, outputCol=f"grams{n}", n=n)


def concat(*columns):
    return SQLTransformer(statement=f"SELECT *, concat({', '.join(columns)}) AS tokens FROM __THIS__")


# --- classifiers ----------------------------------------------------------------------------------------------------
def lr(**options):
    return LogisticRegression(**{"maxIter": 10, "regParam": 0.01, **options})


def svc(**options):
    return LinearSVC(**{"maxIter": 10, "regParam": 0.01, **options})


def forest(**options):
    return RandomForestClassifier(**{"numTrees": 5, "maxDepth": 4, "seed": 7, **options})


def cases():
    """Name → stages of the pipeline; a name that ends in `3` learns three classes."""
    return {
        # tokens
        "regex-spaces": hashed(regex("\\s+")) + [lr()],
        "regex-not-word": hashed(regex("\\W+", minTokenLength=2)) + [lr()],
        "regex-one-not-word": hashed(regex("\\W", minTokenLength=0)) + [lr()],
        "regex-not-letters": hashed(regex("[^a-z']+")) + [lr()],
        "regex-comma-or-space": hashed(regex("[\\s,;]")) + [lr()],
        "regex-words": hashed(regex("[\\w']+", gaps=False)) + [lr()],
        "regex-words-as-they-are": hashed(regex("[A-Za-z]+|[!?.]", gaps=False, toLowercase=False)) + [lr()],
        "regex-letters": hashed(regex("[\\p{L}\\p{N}]+|[^\\s\\p{L}\\p{N}]", gaps=False)) + [lr()],
        "regex-not-spaces": hashed(regex("\\S+", gaps=False, minTokenLength=3)) + [lr()],
        "regex-characters": hashed(regex(".", gaps=False)) + [lr()],
        "stop-words-custom": [words(), stop(stopWords=CUSTOM_STOP_WORDS), tf(output="features"), lr()],
        "stop-words-case": [words(), stop(stopWords=CUSTOM_STOP_WORDS, caseSensitive=True), tf(output="features"), lr()],
        "stop-words-tr": [
            regex("\\s", toLowercase=False),
            stop(stopWords=CUSTOM_STOP_WORDS, locale="tr"),
            tf(output="features"),
            lr(),
        ],
        "stop-words-german": [words(), stop(stopWords=["der", "die", "straße", "zürich"]), tf(output="features"), lr()],
        "ngram": [words(), grams(2), tf("grams2", output="features"), lr()],
        "concat": [
            regex("[\\p{L}\\p{N}']+|[^\\s\\p{L}\\p{N}']", gaps=False),
            grams(2),
            grams(3),
            concat("words", "grams2", "grams3"),
            tf("tokens", 1024, "features", binary=True),
            lr(),
        ],
        "eleven-stages": [words(), stop(), grams(2, "kept"), grams(3, "kept"), grams(4, "kept"), grams(5, "kept")]
        + [concat("kept", "grams2", "grams3", "grams4", "grams5"), tf("tokens", 512, "tf"), idf(), svc()],
        # vectors
        "hashing-binary": [words(), tf("words", binary=True), idf(), lr()],
        "hashing-1000": [words(), tf("words", 1000), idf(), lr()],
        "hashing-old": usual() + [lr()],
        "counts": [regex(".", gaps=False), stop(), counts(vocabSize=60, minTF=2.0), lr()],
        "counts-share": [words(), stop(), counts(vocabSize=120, minTF=0.08), lr()],
        "counts-binary": [words(), stop(), counts(vocabSize=120, binary=True), lr()],
        "idf-rare": [words(), tf("words"), idf(minDocFreq=20), lr()],
        "assembler": [
            words(),
            stop(),
            grams(2),
            tf("kept", 128, "one"),
            tf("grams2", 256, "two"),
            VectorAssembler(inputCols=["two", "one"], outputCol="tf"),
            idf(),
            lr(),
        ],
        "narrow": narrow("tf") + [idf(), lr(regParam=0.0)],
        "narrow-bayes-3": narrow("features") + [NaiveBayes()],
        # linear classifiers
        "lr": usual() + [lr()],
        "lr-plain": usual() + [lr(fitIntercept=False, standardization=False)],
        "lr-elastic": usual() + [lr(regParam=0.05, elasticNetParam=0.5)],
        "lr-threshold": usual() + [lr(threshold=0.7)],
        "lr-threshold-0": usual() + [lr(threshold=0.0)],
        "lr-threshold-1": usual() + [lr(threshold=1.0)],
        "lr-thresholds": usual() + [lr(thresholds=[0.3, 0.7])],
        "lr-softmax": usual() + [lr(family="multinomial")],
        "lr-3": usual() + [lr()],
        "lr-elastic-3": usual() + [lr(regParam=0.05, elasticNetParam=0.7)],
        "lr-thresholds-3": usual() + [lr(thresholds=[0.5, 0.2, 0.9])],
        "lr-thresholds-0-3": usual() + [lr(thresholds=[0.5, 0.0, 0.9])],
        "lr-columns-3": usual() + [lr(regParam=0.05, elasticNetParam=0.7)],
        "svc": usual() + [svc()],
        "svc-elastic": usual() + [svc(regParam=1.0, maxIter=2)],
        "svc-threshold": usual() + [svc(threshold=0.3)],
        "one-vs-rest-3": usual() + [OneVsRest(classifier=lr())],
        "one-vs-rest-svc-3": usual() + [OneVsRest(classifier=svc())],
        "one-vs-rest-by-python-3": usual() + [OneVsRest(classifier=lr())],
        # trees
        "forest": usual() + [forest()],
        "forest-3": usual() + [forest()],
        "forest-thresholds-3": usual() + [forest().setThresholds([0.2, 0.5, 0.3])],
        "forest-entropy": usual(features=128) + [forest(impurity="entropy", numTrees=12, maxDepth=2)],
        "boosted": usual() + [GBTClassifier(maxIter=5, maxDepth=3, seed=7)],
        "boosted-20": usual() + [GBTClassifier(maxIter=20, maxDepth=3, seed=7)],
        "boosted-thresholds": usual() + [GBTClassifier(maxIter=3, maxDepth=2, seed=7).setThresholds([0.45, 0.55])],
        # naive Bayes
        "bayes": usual() + [NaiveBayes()],
        "bayes-3": [words(), tf("words", output="features"), NaiveBayes(smoothing=0.5)],
        "bayes-bernoulli-3": [words(), tf("words", output="features", binary=True), NaiveBayes(modelType="bernoulli")],
        "bayes-complement-3": [words(), tf("words", output="features"), NaiveBayes(modelType="complement")],
        "bayes-gaussian-3": [words(), tf("words", 32, "features"), NaiveBayes(modelType="gaussian")],
        "bayes-thresholds-3": [words(), tf("words", output="features"), NaiveBayes(thresholds=[0.9, 0.3, 0.4])],
        # ways to keep a model
        "nested": [Pipeline(stages=[words(), Pipeline(stages=[stop(), tf()])]), idf(), lr()],
        "as-saved": usual(features=128) + [lr()],
        "cross-validator": usual() + [lr()],
        "unfitted": usual() + [lr()],
        "mlflow": usual() + [lr()],
    }


# What 4.x changed in the format shows in a few cases; the rest would only repeat what the 4.3 cases hold.
IN_BOTH = """regex-letters stop-words-tr concat eleven-stages hashing-1000 counts-share assembler narrow
narrow-bayes-3 lr lr-elastic lr-thresholds lr-3 lr-elastic-3 lr-columns-3 svc one-vs-rest-3 forest forest-3 boosted
boosted-20 bayes-3 bayes-gaussian-3 nested as-saved cross-validator""".split()

JAVA_OPTIONS = "-Duser.language=en -Duser.country=US -Dfile.encoding=UTF-8"
# Spark 4 sums dense vectors in as many lanes as the processor has. With one lane a plain sum runs in order everywhere;
# products of dense vectors (`narrow`, `boosted`) may differ all the same, so these cases run as Spark runs by itself.
ONE_LANE = "-XX:MaxVectorSize=8"
IN_ONE_LANE = ["bayes-bernoulli-3"]


def start(scratch, options):
    return (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "1g")
        .config("spark.driver.extraJavaOptions", options)
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.warehouse.dir", os.path.join(scratch, "warehouse"))
        .getOrCreate()
    )


def number_uids():
    """The same names in every run: the stages of a pipeline are numbered instead of named at random."""
    count = [0]

    def numbered(cls):
        count[0] += 1
        return f"{cls.__name__}_{count[0]:04x}"

    Identifiable._randomUID = classmethod(numbered)
    return lambda: count.__setitem__(0, 0)


def frame(spark, scratch, name, rows, schema):
    path = os.path.join(scratch, name)
    with open(path, "w", encoding="ascii") as file:
        for row in rows:
            file.write(json.dumps(row) + "\n")
    return spark.read.schema(schema).json(path).coalesce(1).cache()


def bits(values):
    return "".join(struct.pack(">d", value).hex() for value in values)


def score(model, rows):
    scored = model.transform(rows)
    names = [name for name in ("rawPrediction", "probability") if name in scored.columns]
    columns = [vector_to_array(scored[name]).alias(name) for name in names]
    found = scored.select("id", "prediction", *columns).orderBy("id").collect()
    result = {"prediction": [row["prediction"] for row in found]}
    for name in names:
        result[name] = [bits(row[name]) for row in found]
    return result


def strip(folder):
    for path, _, files in os.walk(folder):
        for name in files:
            if name.endswith(".crc") or name == "_SUCCESS":
                os.remove(os.path.join(path, name))


def age_hashing(folder):
    """Spark takes the hash function from the version in the stage's metadata; the checksum no longer fits and goes."""
    strip(folder)
    stages = os.path.join(folder, "stages")
    [stage] = [name for name in os.listdir(stages) if "HashingTF" in name]
    metadata = os.path.join(stages, stage, "metadata")
    [part] = os.listdir(metadata)
    path = os.path.join(metadata, part)
    with open(path, encoding="utf-8") as file:
        about = json.load(file)
    about["sparkVersion"] = "2.4.0"
    with open(path, "w", encoding="utf-8") as file:
        file.write(json.dumps(about, separators=(",", ":")) + "\n")


def by_columns(fitted):
    """Spark stores what is smaller, which for few classes are the rows; a model with sparse columns sums otherwise."""
    java = fitted._java_obj
    constructor = SparkSession.getActiveSession()._jvm.org.apache.spark.ml.classification.LogisticRegressionModel
    made = constructor(java.uid(), java.coefficientMatrix().toSparseColMajor(), java.interceptVector(), 3, True)
    return LogisticRegressionModel(java.copyValues(made, java.extractParamMap()))


class JavaModel:
    """A model in the Java machine alone: PySpark's own loader and its OneVsRest start Python workers, which Spark 3.3
    cannot on newer Pythons."""

    def __init__(self, target, kind="PipelineModel"):
        ml = SparkSession.getActiveSession()._jvm.org.apache.spark.ml
        if kind == "CrossValidatorModel":
            self.java = ml.tuning.CrossValidatorModel.load(target).bestModel()
        else:
            self.java = ml.PipelineModel.load(target)

    def transform(self, frame):
        return type(frame)(self.java.transform(frame._jdf), frame.sparkSession)


def make(name, stages, train, folder):
    """Fits and saves; returns what scores, None where nothing can."""
    pipeline = Pipeline(stages=stages)
    target = os.path.join(folder, "model")
    if name == "unfitted":
        pipeline.write().overwrite().save(target)
        return None
    if name == "cross-validator":
        grid = ParamGridBuilder().addGrid(stages[-1].regParam, [0.001, 0.1]).build()
        found = CrossValidator(
            estimator=pipeline, estimatorParamMaps=grid, evaluator=BinaryClassificationEvaluator(), numFolds=2, seed=7
        ).fit(train)
        found.write().overwrite().save(target)
        return JavaModel(target, "CrossValidatorModel")
    model = pipeline.fit(train)
    if name == "lr-columns-3":
        model.stages[-1] = by_columns(model.stages[-1])
    if name == "mlflow":
        import mlflow.spark

        mlflow.spark.save_model(model, target, pip_requirements=["pyspark"])
        return JavaModel(os.path.join(target, "sparkml"))
    if name == "one-vs-rest-by-python-3":
        # PySpark writes such a pipeline with Python: its metadata name classes of Python.
        model.write().overwrite().save(target)
        return PipelineModel.load(target)
    model._to_java().write().overwrite().save(target)
    if name == "hashing-old":
        age_hashing(target)
    return JavaModel(target)


def main():
    output, scratch = sys.argv[1], sys.argv[2]
    one_lane = "--one-lane" in sys.argv
    wanted = [part for part in sys.argv[3:] if part != "--one-lane"] or [""]
    restart_uids = number_uids()
    spark = start(scratch, f"{JAVA_OPTIONS} {ONE_LANE}" if one_lane else JAVA_OPTIONS)
    spark.sparkContext.setLogLevel("ERROR")
    version = ".".join(spark.version.split(".")[:2])
    texts = {"ordinary": [text for text, _ in reviews(90, seed=5)], "nasty": nasty_rows(60, seed=6)}
    os.makedirs(os.path.join(output, "rows"), exist_ok=True)
    for kind, rows in texts.items():
        with open(os.path.join(output, "rows", f"{kind}.json"), "w", encoding="ascii") as file:
            file.write(json.dumps(rows, indent=0) + "\n")
    frames = {
        kind: frame(
            spark, scratch, f"{kind}.jsonl", [{"id": i, "text": text} for i, text in enumerate(rows)], "id int, text string"
        )
        for kind, rows in texts.items()
    }
    learn = [{"text": text, "label": label} for text, label in training(400, seed=4)]
    train3 = frame(spark, scratch, "train.jsonl", learn, "text string, label double")
    train2 = train3.where("label < 2").cache()
    for name in cases():
        if (name in IN_ONE_LANE) != one_lane:
            continue
        if not any(part in name for part in wanted) or (version.startswith("3.") and name not in IN_BOTH):
            continue
        restart_uids()
        stages = cases()[name]
        folder = os.path.join(output, f"{version}-{name}")
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        model = make(name, stages, train3 if name.endswith("-3") else train2, folder)
        if name != "as-saved":
            strip(folder)
        if model is not None:
            expected = {kind: score(model, rows) for kind, rows in frames.items()}
            with open(os.path.join(folder, "expected.json"), "w", encoding="ascii") as file:
                file.write(json.dumps(expected, indent=0) + "\n")
        print(f"{version}-{name}", flush=True)
    spark.stop()


main()
