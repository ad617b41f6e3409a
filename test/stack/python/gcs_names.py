"""What Google's client sees below a prefix, and objects that it writes.

list BUCKET PREFIX    prints [name, size, crc32c of the store, sha256 of the bytes it reads] for each object
put BUCKET            writes one object for each name and text of the JSON object on standard input
"""

import hashlib
import json
import sys

from google.auth.credentials import AnonymousCredentials
from google.cloud import storage

task, name, *rest = sys.argv[1:]
bucket = storage.Client(project="p", credentials=AnonymousCredentials()).bucket(name)
if task == "put":
    for key, text in json.load(sys.stdin).items():
        bucket.blob(key).upload_from_string(text)
else:
    seen = []
    for blob in bucket.list_blobs(prefix=rest[0]):
        content = blob.download_as_bytes(checksum="crc32c")
        seen.append([blob.name, blob.size, blob.crc32c, hashlib.sha256(content).hexdigest()])
    print(json.dumps(seen))
