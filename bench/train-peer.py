"""One peer of bench/train.ts as a whole process: reads both files, trains, scores the test file, prints one JSON line.

    train-peer.py vw|nbsvm|spark TRAIN.csv TEST.csv TEXT LABEL POSITIVE FOLDER
"""
import csv
import json
import os
import re
import sys
import time

csv.field_size_limit(2**31 - 1)

# What a peer needs for its work once its input lies before it in its own format.
ALONE = {}


def read(file, text, label, positive):
    with open(file, newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    return [row[text] for row in rows], [1 if row[label] == positive else 0 for row in rows]


def auc(labels, scores):
    order = sorted(range(len(scores)), key=scores.__getitem__)
    positives, ranks, at = sum(labels), 0.0, 0
    while at < len(order):
        end = at
        while end < len(order) and scores[order[end]] == scores[order[at]]:
            end += 1
        ranks += sum(labels[row] for row in order[at:end]) * (at + 1 + end) / 2
        at = end
    return (ranks - positives * (positives + 1) / 2) / (positives * (len(labels) - positives))


def vowpal(train, test, folder):
    """Bigrams in 2^22 places, logistic loss, three passes: its own reader and cache, predictions from a file."""
    from vowpalwabbit import Workspace

    paths = [os.path.join(folder, name) for name in ("train.vw", "test.vw", "model.vw", "scores.txt")]
    for path, (texts, labels) in zip(paths, (train, test)):
        with open(path, "w", encoding="utf-8") as out:
            for text, label in zip(texts, labels):
                words = " ".join(re.findall(r"\w+|[^\w\s:|]", text.lower()))
                out.write("{} |t {}\n".format(1 if label else -1, words))
    began = time.perf_counter(), time.process_time()
    shared = "--quiet -b 22 --ngram 2 --loss_function logistic"
    options = "--passes 3 --holdout_off --cache -k --cache_file {}.cache".format(paths[0])
    Workspace("{} {} -d {} -f {}".format(shared, options, paths[0], paths[2])).finish()
    Workspace("--quiet -t -i {} -d {} -p {}".format(paths[2], paths[1], paths[3])).finish()
    ALONE.update(alone_wall=time.perf_counter() - began[0], alone_cpu=time.process_time() - began[1])
    with open(paths[3]) as scores:
        return [float(line.split()[0]) for line in scores]


def nbsvm(train, test, _):
    """Wang and Manning's features (binary uni- and bigrams times log-count ratios) under a linear SVM."""
    import numpy
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.svm import LinearSVC

    vectorizer = CountVectorizer(ngram_range=(1, 2), binary=True, token_pattern=r"\w+|[^\w\s]")
    features = vectorizer.fit_transform(train[0])
    labels = numpy.array(train[1])
    ahead = features[labels == 1].sum(0) + 1
    behind = features[labels == 0].sum(0) + 1
    ratios = numpy.log((ahead / ahead.sum()) / (behind / behind.sum()))
    model = LinearSVC(C=0.1).fit(features.multiply(ratios).tocsr(), labels)
    return model.decision_function(vectorizer.transform(test[0]).multiply(ratios).tocsr()).tolist()


def spark(train, test, _):
    """The reference pipeline: Tokenizer, StopWordsRemover, HashingTF 2^15, IDF, LogisticRegression."""
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    from pyspark.ml import Pipeline
    from pyspark.ml.classification import LogisticRegression
    from pyspark.ml.feature import HashingTF, IDF, StopWordsRemover, Tokenizer
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "2g")
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
    options = {"header": True, "multiLine": True, "quote": '"', "escape": '"'}
    frames = [session.read.csv(file, **options) for file in sys.argv[2:4]]
    text, label, positive = sys.argv[4:7]
    frames = [f.selectExpr("`{}` AS text".format(text), "double(`{}` = '{}') AS label".format(label, positive)) for f in frames]
    stages = [
        Tokenizer(inputCol="text", outputCol="words"),
        StopWordsRemover(inputCol="words", outputCol="filtered"),
        HashingTF(inputCol="filtered", outputCol="raw", numFeatures=32768),
        IDF(inputCol="raw", outputCol="features", minDocFreq=2),
        LogisticRegression(maxIter=20, regParam=0.1),
    ]
    model = Pipeline(stages=stages).fit(frames[0].dropna().cache())
    rows = model.transform(frames[1].dropna()).select("label", "rawPrediction").collect()
    test[1][:] = [int(row.label) for row in rows]
    # Only a child that was waited for counts: the Java machine ends when its input does.
    java = session.sparkContext._gateway.proc
    session.stop()
    java.stdin.close()
    java.wait()
    return [row.rawPrediction[1] for row in rows]


def main():
    name, train_file, test_file, text, label, positive, folder = sys.argv[1:]
    is_spark = name == "spark"
    train = ([], []) if is_spark else read(train_file, text, label, positive)
    test = ([], []) if is_spark else read(test_file, text, label, positive)
    scores = {"vw": vowpal, "nbsvm": nbsvm, "spark": spark}[name](train, test, folder)
    hits = sum((score > 0) == (label == 1) for score, label in zip(scores, test[1]))
    print(json.dumps({"rows": len(scores), "accuracy": hits / len(scores), "auc": auc(test[1], scores), **ALONE}))


main()
