import { createHash, type Hash } from 'node:crypto';
import fs from 'node:fs';
import { crc32c, encodeCrc32c } from '../../storage/crc32c.ts';

export interface ContentHashes {
  readonly bytes: number;
  readonly sha256: string;
  readonly crc32c: string;
  readonly md5: string | null;
}

/** The hashes of bytes as they come by. */
export class ContentHash {
  private bytes = 0;
  private crc = 0;
  private readonly sha256 = createHash('sha256');
  private readonly md5: Hash | null;

  constructor(needsMd5 = false) {
    this.md5 = needsMd5 ? createHash('md5') : null;
  }

  add(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    this.crc = crc32c(chunk, this.crc);
    this.sha256.update(chunk);
    this.md5?.update(chunk);
  }

  finish(): ContentHashes {
    const { bytes, crc, sha256, md5 } = this;
    return {
      bytes,
      sha256: sha256.digest('hex'),
      crc32c: encodeCrc32c(crc),
      md5: md5?.digest('base64') ?? null,
    };
  }
}

const CHUNK = 1024 * 1024;

export async function hashFile(file: string, signal: AbortSignal, needsMd5 = false): Promise<ContentHashes> {
  const hash = new ContentHash(needsMd5);
  // A buffer of that size for each of thousands of small files would be most of the work.
  const highWaterMark = Math.min(CHUNK, Math.max(4096, fs.statSync(file).size));
  for await (const chunk of fs.createReadStream(file, { highWaterMark })) {
    signal.throwIfAborted();
    hash.add(chunk as Uint8Array);
  }
  return hash.finish();
}
