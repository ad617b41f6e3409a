import { SentopsError } from '../core/errors.ts';
import { refuseBinary, refuseForeign } from './layout/refuse-foreign.ts';
import { Encoding } from './read/encoding.ts';
import { type Compression, prepend, readHead, Tally, unpack } from './read/stored-bytes.ts';
import { wholeCharacters } from './read/utf8.ts';
import { decodeUtf16 } from './read/utf16.ts';
import type { ByteSource, Table, TableRequest } from './rows.ts';
import { createTextTable } from './text-table.ts';

/** That much is looked at to find the layout. */
const HEAD = 256 * 1024;

/** Looks at the first bytes and says how the table is laid out; reading begins with `batches`. */
export async function openTable(source: ByteSource, request: TableRequest = {}): Promise<Table> {
  const tally = new Tally();
  const begin = await readBegin(source, tally);
  const { name, bytes, isWhole, compression } = begin;
  refuseForeign(begin);
  const isParquet = bytes.toString('latin1', 0, 4) === 'PAR1';
  if (isParquet || request.type === 'parquet') {
    const { createParquetTable } = await import('./parquet-table.ts');
    return createParquetTable(source, { ...request, compression, tally, rest: begin.rest });
  }
  const encoding = findEncoding(bytes, request.encoding);
  const text = encoding.name === 'utf16le' ? await decodeAll(bytes) : withoutMark(bytes);
  const head = { name, bytes: text, isWhole };
  refuseBinary(head);
  if (text.toString('latin1').trim() === '' && isWhole) throw emptyFile(name);
  encoding.look(isWhole ? text : wholeCharacters(text));
  return createTextTable({ source, request, tally, head, encoding, compression, rest: begin.rest });
}

interface Begin {
  readonly name: string;
  readonly bytes: Buffer;
  readonly isWhole: boolean;
  readonly compression: Compression;
  /** Of a source that can be read once: its bytes from the start on. */
  readonly rest: AsyncGenerator<Uint8Array> | null;
}

/** The beginning of the first part that is not empty. */
async function readBegin(source: ByteSource, tally: Tally): Promise<Begin> {
  for (const part of source.parts ?? [source]) {
    // Reading ahead goes on for a moment when a stream is left: a look must not count.
    const counted = source.repeatable ? part.open() : tally.count(part.open());
    const { compression, bytes } = await unpack(counted, part.name);
    const chunks = await readHead(bytes, HEAD + 1);
    const all = Buffer.concat(chunks);
    const rest = source.repeatable ? null : prepend(chunks, bytes);
    if (source.repeatable) await bytes.return(undefined);
    const isWhole = all.length <= HEAD && source.parts === undefined;
    if (all.length > 0) return { name: part.name, bytes: all.subarray(0, HEAD), isWhole, compression, rest };
  }
  throw emptyFile(source.name);
}

function emptyFile(name: string): SentopsError {
  return new SentopsError('DATA_INVALID', `${name} is empty`, { hint: 'give a file with rows' });
}

function findEncoding(head: Buffer, told: TableRequest['encoding']): Encoding {
  const isMarked16 = head[0] === 0xff && head[1] === 0xfe;
  if (isMarked16 || told === 'utf16le' || (told === undefined && looksLikeUtf16(head))) return new Encoding('utf16le');
  return new Encoding(hasMark(head) ? 'utf8' : (told ?? null));
}

/** Every second byte of Western text is NUL there, and hardly any of the others: that of an emoji, perhaps. */
function looksLikeUtf16(head: Buffer): boolean {
  const pairs = Math.min(head.length >> 1, 2048);
  let even = 0;
  let odd = 0;
  for (let pair = 0; pair < pairs; pair++) {
    if (head[2 * pair] === 0) even++;
    if (head[2 * pair + 1] === 0) odd++;
  }
  return pairs >= 2 && odd > pairs * 0.4 && even <= Math.max(1, pairs * 0.02);
}

function hasMark(bytes: Buffer): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

function withoutMark(bytes: Buffer): Buffer {
  return hasMark(bytes) ? bytes.subarray(3) : bytes;
}

async function decodeAll(bytes: Buffer): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  async function* once() {
    yield bytes.subarray(0, bytes.length & ~1);
  }
  for await (const piece of decodeUtf16(once())) pieces.push(piece);
  return Buffer.concat(pieces);
}
