import { SentopsError } from '../../core/errors.ts';
import type { ResumableBody } from '../../storage/types.ts';
import type { RemoteFile } from '../types.ts';
import type { AskedSource } from './ask-source.ts';
import { checkHead, HEAD_BYTES } from './check-head.ts';
import { ContentHash, type ContentHashes } from './content-hash.ts';

/** A file at its source as something that can be read again from any place. */
export interface StreamBody extends ResumableBody {
  /** Of what went through, where all of it did in one piece and the source has hashes to compare with. */
  hashes(): ContentHashes | null;
  /** The source cannot go on in the middle: it knows no tags, or knows that it is another file by now. */
  isCutOff(): boolean;
}

export function streamBody(file: RemoteFile, { source, remote }: AskedSource, signal: AbortSignal): StreamBody {
  const needsMd5 = (file.md5 ?? null) !== null;
  const isHashed = needsMd5 || file.sha256 !== null;
  let hash: ContentHash | null = null;
  let at = 0;
  let isCutOff = false;
  async function* read(start: number): AsyncGenerator<Uint8Array> {
    try {
      yield* source.read(remote, file, { start, signal });
    } catch (error) {
      isCutOff ||= start > 0 && error instanceof SentopsError && error.code === 'CONFLICT';
      throw error;
    }
  }
  return {
    bytes: file.bytes,
    fingerprint: JSON.stringify([remote.ref, remote.version, file.path, file.tag ?? null, file.bytes]),
    async *open(start) {
      if (start === 0) {
        hash = isHashed ? new ContentHash(needsMd5) : null;
        at = 0;
      } else if (start !== at) hash = null;
      let head: Buffer | null = start === 0 ? Buffer.alloc(0) : null;
      for await (const chunk of read(start)) {
        if (head !== null) head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES)]);
        if (head !== null && head.length >= HEAD_BYTES) head = passHead(file, head);
        hash?.add(chunk);
        at += chunk.length;
        yield chunk;
      }
      if (head !== null) passHead(file, head);
    },
    hashes: () => hash?.finish() ?? null,
    isCutOff: () => isCutOff,
  };
}

function passHead(file: RemoteFile, head: Uint8Array): null {
  checkHead(file.path, head);
  return null;
}
