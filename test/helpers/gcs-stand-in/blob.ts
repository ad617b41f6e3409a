import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { crc32c, encodeCrc32c } from './crc32c.ts';

const CHUNK = 256 * 1024;

/** Bytes that only grow, with their checksums; in memory or in a file. */
export interface Blob {
  readonly bytes: number;
  readonly crc32c: string;
  /** Of what is in it now; more may come. */
  md5(): string;
  append(chunk: Uint8Array): void;
  read(start: number, end: number): Generator<Buffer>;
  remove(): void;
}

/** Makes blobs: files in the folder, or memory without one. */
export function blobsIn(folder: string | undefined): () => Blob {
  let count = 0;
  if (folder === undefined) return () => createBlob(inMemory());
  fs.mkdirSync(folder, { recursive: true });
  return () => createBlob(inFile(path.join(folder, `${process.pid}-${++count}.blob`)));
}

interface Place {
  append(chunk: Uint8Array): void;
  read(start: number, end: number): Generator<Buffer>;
  remove(): void;
}

function createBlob(place: Place): Blob {
  const hash = createHash('md5');
  let bytes = 0;
  let crc = 0;
  return {
    get bytes() {
      return bytes;
    },
    get crc32c() {
      return encodeCrc32c(crc);
    },
    md5: () => hash.copy().digest('base64'),
    append(chunk) {
      place.append(chunk);
      crc = crc32c(chunk, crc);
      hash.update(chunk);
      bytes += chunk.length;
    },
    read: (start, end) => place.read(start, Math.min(end, bytes)),
    remove: () => place.remove(),
  };
}

function inMemory(): Place {
  let chunks: Buffer[] = [];
  return {
    append: chunk => chunks.push(Buffer.from(chunk)),
    *read(start, end) {
      let at = 0;
      for (const chunk of chunks) {
        const part = chunk.subarray(Math.max(0, start - at), Math.max(0, end - at));
        if (part.length > 0) yield part;
        at += chunk.length;
        if (at >= end) return;
      }
    },
    remove() {
      chunks = [];
    },
  };
}

/** The file is open for each reading on its own: who deletes the object does not cut off who reads it. */
function inFile(file: string): Place {
  const fd = fs.openSync(file, 'w');
  return {
    append(chunk) {
      for (let done = 0; done < chunk.length; ) done += fs.writeSync(fd, chunk, done);
    },
    *read(start, end) {
      const reader = fs.openSync(file, 'r');
      try {
        for (let at = start; at < end; ) {
          const buffer = Buffer.allocUnsafe(Math.min(CHUNK, end - at));
          const count = fs.readSync(reader, buffer, 0, buffer.length, at);
          if (count === 0) return;
          at += count;
          yield buffer.subarray(0, count);
        }
      } finally {
        fs.closeSync(reader);
      }
    },
    remove() {
      fs.closeSync(fd);
      fs.rmSync(file, { force: true });
    },
  };
}
