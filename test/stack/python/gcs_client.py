"""Google's Python client on the server that STORAGE_EMULATOR_HOST names; prints what it saw as JSON."""

import hashlib
import json
import os
import sys

from google.api_core.exceptions import NotFound, PreconditionFailed
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage

bucket_name, folder = sys.argv[1:3]
client = storage.Client(project="test-project", credentials=AnonymousCredentials())
bucket = client.create_bucket(bucket_name, location="europe-west1")
bucket.add_lifecycle_delete_rule(age=7, matches_prefix=["tmp/"])
bucket.patch()
seen = {"rules": list(client.get_bucket(bucket_name).lifecycle_rules), "location": bucket.location}

content = os.urandom(3_000_001)
path = os.path.join(folder, "content")
with open(path, "wb") as file:
    file.write(content)

bucket.blob("small ü %.txt").upload_from_string("hällo", checksum="crc32c")
bucket.blob("whole").upload_from_filename(path, checksum="crc32c", if_generation_match=0)
bucket.blob("pieces", chunk_size=1 << 20).upload_from_filename(path, checksum="md5")
with open(path, "rb") as file:
    bucket.blob("unknown", chunk_size=1 << 18).upload_from_file(file)

try:
    bucket.blob("whole").upload_from_string("x", if_generation_match=0)
except PreconditionFailed:
    seen["taken"] = True
try:
    bucket.blob("nobody").download_as_bytes()
except NotFound:
    seen["missing"] = True

pieces = bucket.get_blob("pieces")
same = [bucket.blob(name).download_as_bytes(checksum="crc32c") == content for name in ("whole", "pieces", "unknown")]
seen["same"] = all(same)
seen["range"] = pieces.download_as_bytes(start=5, end=9) == content[5:10]
bucket.blob("joined").compose([bucket.blob("whole"), pieces])
seen["joined"] = bucket.blob("joined").download_as_bytes(checksum="crc32c") == content * 2
token, calls = None, 0
while True:
    calls += 1
    token, done, total = bucket.blob("deep/copied").rewrite(pieces, token=token)
    if token is None:
        break
seen["rewrites"] = calls
seen["copied"] = bucket.get_blob("deep/copied").crc32c == pieces.crc32c
seen["names"] = [blob.name for blob in client.list_blobs(bucket_name)]
level = client.list_blobs(bucket_name, delimiter="/")
seen["level"] = [[blob.name for blob in level], sorted(level.prefixes)]
seen["pages"] = len(list(client.list_blobs(bucket_name, page_size=2).pages))
bucket.blob("joined").delete()
seen["deleted"] = bucket.get_blob("joined") is None
seen["md5"] = hashlib.md5(content).digest().hex() == __import__("base64").b64decode(pieces.md5_hash).hex()
print(json.dumps(seen))
