"""The checks of bench/transfer.ts as a data scientist writes them with pandas: one file, read whole."""
import sys

import pandas as pd

frame = pd.read_csv(
    sys.argv[1],
    header=None,
    names=["target", "ids", "date", "flag", "user", "text"],
    encoding="latin-1",
    dtype={"target": "int8", "text": "str"},
)
print("rows", len(frame), "columns", list(frame.columns))
print("nulls", frame.isna().sum().to_dict())
print("labels", frame["target"].value_counts().to_dict())
print("duplicates", int(frame["text"].duplicated().sum()))
print("lengths", frame["text"].str.len().describe().to_dict())
print("words", frame["text"].str.split().str.len().describe().to_dict())
