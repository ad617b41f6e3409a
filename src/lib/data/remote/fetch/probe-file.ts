import { fileNameOf } from './file-name.ts';
import { readStart } from './read-chunks.ts';
import { numberOf } from './read-file.ts';
import { readContentRange, tagOf } from './tags.ts';
import type { FetchAnswer, Fetcher, FetchRequest } from './types.ts';

/** What a server says of a file, and how it begins. */
export interface Probed {
  readonly answer: FetchAnswer;
  /** Null where the server suggests none. */
  readonly name: string | null;
  readonly bytes: number | null;
  readonly tag: string | null;
  readonly crc32c: string | null;
  readonly md5: string | null;
  readonly start: Buffer;
}

const START = 1024;

/**
 * Asks for the first bytes rather than for the headers alone: signed links allow nothing but GET, many servers answer
 * HEAD wrongly, and the beginning shows whether it is the file at all. Other answers than 2xx come back as they are.
 */
export async function probeFile(
  open: (headers: Readonly<Record<string, string>>) => Promise<FetchAnswer>,
  { silenceMs, signal }: Pick<Fetcher, 'silenceMs'> & Pick<FetchRequest, 'signal'>,
): Promise<Probed | FetchAnswer> {
  const answer = await open({ range: `bytes=0-${START - 1}` });
  const range = readContentRange(answer.headers['content-range']);
  // Nothing is left of an empty file from its first byte on.
  const isEmpty = answer.status === 416 && range.bytes === 0;
  if (answer.status !== 200 && answer.status !== 206 && !isEmpty) return answer;
  const start = isEmpty
    ? Buffer.alloc(0)
    : await readStart(answer.body, START, silenceMs, signal).catch(() => {
        signal.throwIfAborted();
        return Buffer.alloc(0);
      });
  if (isEmpty) answer.body.destroy();
  const hashes = readHashes(answer.headers['x-goog-hash']);
  return {
    answer,
    name: fileNameOf(answer.headers['content-disposition']),
    bytes: answer.status === 200 ? numberOf(answer.headers['content-length']) : range.bytes,
    tag: tagOf(answer.headers),
    crc32c: hashes.get('crc32c') ?? null,
    md5: hashes.get('md5') ?? null,
    start,
  };
}

/** Google's stores say `crc32c=AAAAAA==,md5=…`, of the whole object even in a partial answer. */
function readHashes(header: string | string[] | undefined): ReadonlyMap<string, string> {
  const parts = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',');
  return new Map(
    parts.map(part => [part.slice(0, part.indexOf('=')).trim(), part.slice(part.indexOf('=') + 1).trim()]),
  );
}
