"""What Google's Python client does, timed for bench/transfer.ts as a whole process.

`up FILE BUCKET NAME`, `down BUCKET NAME FILE`, `up-many FOLDER BUCKET PREFIX`, `down-many BUCKET PREFIX FOLDER`; the
server is the one that STORAGE_EMULATOR_HOST names.
"""
import os
import sys

from google.auth.credentials import AnonymousCredentials
from google.cloud import storage
from google.cloud.storage import transfer_manager


def raise_failures(results):
    for result in results:
        if isinstance(result, Exception):
            raise result


def up(bucket, file, name):
    bucket.blob(name).upload_from_filename(file, checksum="crc32c")


def down(bucket, name, file):
    bucket.blob(name).download_to_filename(file, checksum="crc32c")


def up_many(bucket, folder, prefix):
    names = sorted(os.listdir(folder))
    raise_failures(
        transfer_manager.upload_many_from_filenames(
            bucket,
            names,
            source_directory=folder,
            blob_name_prefix=f"{prefix}/",
            worker_type=transfer_manager.THREAD,
            max_workers=16,
        )
    )


def down_many(bucket, prefix, folder):
    names = [blob.name[len(prefix) + 1 :] for blob in bucket.list_blobs(prefix=f"{prefix}/")]
    raise_failures(
        transfer_manager.download_many_to_path(
            bucket,
            names,
            destination_directory=folder,
            blob_name_prefix=f"{prefix}/",
            worker_type=transfer_manager.THREAD,
            max_workers=16,
        )
    )


def main():
    client = storage.Client(project="bench", credentials=AnonymousCredentials())
    verb, *words = sys.argv[1:]
    if verb == "up":
        up(client.bucket(words[1]), words[0], words[2])
    elif verb == "down":
        down(client.bucket(words[0]), words[1], words[2])
    elif verb == "up-many":
        up_many(client.bucket(words[1]), words[0], words[2])
    elif verb == "down-many":
        down_many(client.bucket(words[0]), words[1], words[2])
    else:
        sys.exit(f"unknown: {verb}")


main()
