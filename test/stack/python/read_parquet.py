"""Reads every Parquet file of a JSON list with pyarrow, data pages included, and says what was in it."""

import json
import sys

import pyarrow.parquet

tables = []
for path in json.load(sys.stdin):
    table = pyarrow.parquet.read_table(path)
    table.to_pylist()
    keys = [key.decode() for key in (table.schema.metadata or {})]
    tables.append({"rows": table.num_rows, "columns": table.column_names, "keys": keys})
print(json.dumps(tables))
