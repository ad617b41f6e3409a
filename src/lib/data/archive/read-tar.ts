import { EntryPaths } from './entry-paths.ts';
import { type Budget, refuseArchive } from './limits.ts';
import type { PackedFile } from './packed-file.ts';

const BLOCK = 512;
const MAGIC_AT = 257;
/** Names and sizes that do not fit into a header come in a file of their own before it; no name is longer. */
const LONGEST_NOTE = 64 * 1024;
const MOST_PADDING = 4 * 1024 * 1024;

/** Whether the bytes begin a tar archive: POSIX and GNU both write the mark. */
export function isTar(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(MAGIC_AT, MAGIC_AT + 5)).toString('latin1') === 'ustar';
}

/** The files of a tar archive as they come by (pax(1), "ustar Interchange Format"; GNU tar's long names). */
export async function* readTar(
  archive: string,
  chunks: AsyncIterable<Uint8Array>,
  budget: Budget,
): AsyncGenerator<PackedFile> {
  const blocks = new Blocks(archive, chunks);
  const paths = new EntryPaths(archive);
  let note: Note = {};
  try {
    for (let entries = 1; ; entries++) {
      const header = readHeader(await blocks.read(BLOCK), archive);
      if (header === null) {
        await blocks.end();
        return;
      }
      budget.checkEntries(entries);
      if (NOTES.has(header.type)) {
        note = { ...note, ...(await readNote(header, blocks, archive)) };
        continue;
      }
      const name = note.path ?? header.name;
      const size = note.size ?? header.size;
      note = {};
      const isFolder = checkType(header.type, name, archive);
      const path = paths.add(name, isFolder);
      budget.checkBytes(budget.written + size);
      if (!isFolder) yield { path, chunks: blocks.pass(size) };
      await blocks.skip((isFolder ? size : 0) + padding(size));
    }
  } finally {
    await blocks.close();
  }
}

interface Header {
  readonly name: string;
  readonly size: number;
  readonly type: string;
}

/** What a note says of the entry behind it. */
interface Note {
  readonly path?: string;
  readonly size?: number;
}

/** L: long name of GNU; x: extended header of one entry; g: of all, where names and sizes have no place. */
const NOTES = new Set(['L', 'x', 'g']);

/** Null at the end. */
function readHeader(block: Buffer, archive: string): Header | null {
  if (block.every(byte => byte === 0)) return null;
  let sum = 8 * 0x20;
  for (const [at, byte] of block.entries()) if (at < 148 || at >= 156) sum += byte;
  if (readNumber(block.subarray(148, 156)) !== sum) throw refuseArchive(archive, 'one of its headers is damaged');
  const size = readNumber(block.subarray(124, 136));
  if (!Number.isSafeInteger(size) || size < 0) throw refuseArchive(archive, 'one of its headers has no valid size');
  const prefix = isTar(block) && block[MAGIC_AT + 5] === 0 ? readText(block.subarray(345, 500)) : '';
  const name = readText(block.subarray(0, 100));
  return { name: prefix === '' ? name : `${prefix}/${name}`, size, type: String.fromCharCode(block[156] || 0x30) };
}

function readText(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.subarray(0, end < 0 ? bytes.length : end).toString();
}

/** Octal digits, or with the highest bit set a number of 95 bits. */
function readNumber(bytes: Buffer): number {
  if (((bytes[0] ?? 0) & 0x80) === 0) {
    const digits = readText(bytes).trim();
    return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : Number.NaN;
  }
  return bytes.subarray(1).reduce((number, byte) => number * 256 + byte, (bytes[0] ?? 0) & 0x7f);
}

async function readNote({ type, size }: Header, blocks: Blocks, archive: string): Promise<Note> {
  if (size > LONGEST_NOTE) throw refuseArchive(archive, 'the name of one of its files is too long');
  const bytes = Buffer.from(await blocks.read(size));
  await blocks.skip(padding(size));
  if (type === 'L') return { path: readText(bytes) };
  if (type === 'g') return {};
  const note: { path?: string; size?: number } = {};
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(bytes.toString('latin1', at, space));
    if (space < 0 || !(length > space - at) || at + length > bytes.length)
      throw refuseArchive(archive, 'one of its extended headers is damaged');
    const [key, ...rest] = bytes.toString('utf8', space + 1, at + length - 1).split('=');
    if (key === 'path') note.path = rest.join('=');
    if (key === 'size') note.size = Number(rest.join('='));
    at += length;
  }
  if (note.size !== undefined && !(Number.isSafeInteger(note.size) && note.size >= 0))
    throw refuseArchive(archive, 'one of its extended headers has no valid size');
  return note;
}

/** Whether it is a folder. */
function checkType(type: string, name: string, archive: string): boolean {
  if (type === '5') return true;
  if (type === '0' || type === '7') return name.endsWith('/');
  const what = type === '1' || type === '2' ? 'is a link' : 'is neither a file nor a folder';
  throw refuseArchive(archive, `${JSON.stringify(name)} ${what}`);
}

function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/** Takes bytes off a stream in the amounts that are wanted. */
class Blocks {
  private readonly archive: string;
  private readonly chunks: AsyncIterator<Uint8Array>;
  private rest: Uint8Array = new Uint8Array(0);

  constructor(archive: string, chunks: AsyncIterable<Uint8Array>) {
    this.archive = archive;
    this.chunks = chunks[Symbol.asyncIterator]();
  }

  async read(bytes: number): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.pass(bytes)) pieces.push(piece);
    return Buffer.concat(pieces, bytes);
  }

  async skip(bytes: number): Promise<void> {
    for await (const _ of this.pass(bytes));
  }

  async *pass(bytes: number): AsyncGenerator<Uint8Array> {
    for (let left = bytes; left > 0; ) {
      if (this.rest.length === 0) {
        const { value, done } = await this.chunks.next();
        if (done) throw refuseArchive(this.archive, 'it ends too early');
        this.rest = value;
      }
      const piece = this.rest.subarray(0, left);
      this.rest = this.rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  /** Behind the end stands padding; it is read all the same, for the checksum of what the archive is packed in. */
  async end(): Promise<void> {
    let left = MOST_PADDING;
    for (;;) {
      const { value, done } = await this.chunks.next();
      if (done) return;
      left -= value.length;
      if (left < 0) throw refuseArchive(this.archive, 'it goes on behind its end');
    }
  }

  async close(): Promise<void> {
    await this.chunks.return?.();
  }
}
