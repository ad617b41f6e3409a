import type { Entry } from 'yauzl';
import { directoryReader } from './directory-reader.ts';
import { EntryPaths } from './entry-paths.ts';
import { type Budget, refuseArchive } from './limits.ts';

/** A file of a zip archive whose place and announcements have been checked against those of all the others. */
export interface ZipEntry {
  readonly path: string;
  readonly isPacked: boolean;
  /** Where its data begins in the archive. */
  readonly start: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly crc32: number;
}

interface Extent {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** How an archive is read at a place; fewer bytes than asked for at its end. */
export type ReadAt = (start: number, bytes: number) => Promise<Buffer>;

export interface OpenArchive {
  readonly fd: number;
  readonly size: number;
  readonly readAt: ReadAt;
}

/** The files of a zip archive, in its order; folders are left out. */
export async function listZip(archive: string, { fd, size, readAt }: OpenArchive, budget: Budget): Promise<ZipEntry[]> {
  const yauzl = await import('yauzl');
  const damaged = (error: unknown) => refuseArchive(archive, reasonOf(error), error);
  const options = { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: false };
  const zip = await yauzl
    .fromRandomAccessReaderPromise(directoryReader(yauzl.RandomAccessReader, fd), size, options)
    .catch(error => Promise.reject(damaged(error)));
  budget.checkEntries(zip.entryCount);
  const directory = Number(zip.readEntryCursor);
  const paths = new EntryPaths(archive);
  const entries: ZipEntry[] = [];
  const extents: Extent[] = [];
  let announced = 0;
  const iterator = zip.eachEntry();
  for (;;) {
    const { value: entry, done } = await iterator.next().catch(error => Promise.reject(damaged(error)));
    if (done) break;
    const raw = nameOf(entry, archive, yauzl.getFileNameLowLevel);
    const isFolder = checkKind(entry, raw, archive);
    const path = paths.add(raw, isFolder);
    const start = await findData(entry, raw, archive, readAt);
    extents.push({ name: raw, from: entry.relativeOffsetOfLocalHeader, to: start + entry.compressedSize });
    announced += entry.uncompressedSize;
    budget.checkBytes(announced);
    if (!isFolder) entries.push(toZipEntry(entry, path, start));
  }
  checkExtents(extents, directory, archive);
  return entries;
}

function toZipEntry(entry: Entry, path: string, start: number): ZipEntry {
  const { compressionMethod, compressedSize, uncompressedSize, crc32 } = entry;
  return {
    path,
    start,
    isPacked: compressionMethod === DEFLATED,
    packedBytes: compressedSize,
    bytes: uncompressedSize,
    crc32,
  };
}

const STORED = 0;
const DEFLATED = 8;
const UTF8_NAME = 0x800;
const UNICODE_PATH = 0x7075;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Many writers on Unix and macOS store UTF-8 without saying so; what is not UTF-8 is of the code page of DOS. */
function nameOf(entry: Entry, archive: string, decode: typeof import('yauzl').getFileNameLowLevel): string {
  const { fileNameRaw: raw, extraFields, generalPurposeBitFlag: flags } = entry;
  const isMarked = (flags & UTF8_NAME) !== 0;
  if (!isMarked && extraFields.some(({ id }) => id === UNICODE_PATH)) return decode(flags, raw, extraFields, true);
  try {
    return UTF8.decode(raw);
  } catch (error) {
    if (isMarked) throw refuseArchive(archive, 'it has a name that is said to be UTF-8 and is not', error);
    return decode(flags, raw, [], true);
  }
}

const TYPE_BITS = 0o170000;
const REGULAR = 0o100000;
const FOLDER = 0o040000;

/** Whether it is a folder; refuses what is neither that nor a file that can be unpacked here. */
function checkKind(entry: Entry, name: string, archive: string): boolean {
  const refuse = (why: string) => refuseArchive(archive, `${JSON.stringify(name)} ${why}`);
  if ((entry.generalPurposeBitFlag & 0x2041) !== 0) throw refuse('is encrypted');
  const type = (entry.externalFileAttributes >>> 16) & TYPE_BITS;
  if (type !== 0 && type !== REGULAR && type !== FOLDER)
    throw refuse(type === 0o120000 ? 'is a symbolic link' : 'is a device, pipe or socket');
  const isFolder = name.endsWith('/');
  if (isFolder && entry.uncompressedSize > 0) throw refuse('is a folder with content');
  const method = entry.compressionMethod;
  if (method !== STORED && method !== DEFLATED)
    throw refuse(`is packed by method ${method}; stored and deflated files can be unpacked`);
  if (method === STORED && entry.compressedSize !== entry.uncompressedSize)
    throw refuse('is stored, and its two sizes differ');
  return isFolder;
}

const LOCAL_HEADER = 30;

/** The header in front of the data says the same once more; an archive where it differs shows each reader another file. */
async function findData(entry: Entry, name: string, archive: string, readAt: ReadAt): Promise<number> {
  const refuse = (why: string) => refuseArchive(archive, `${JSON.stringify(name)} ${why}`);
  const offset = entry.relativeOffsetOfLocalHeader;
  const header = await readAt(offset, LOCAL_HEADER + entry.fileNameRaw.length);
  if (header.length < LOCAL_HEADER || header.readUInt32LE(0) !== 0x04034b50) throw refuse('is not where it should be');
  const nameLength = header.readUInt16LE(26);
  const isSame =
    nameLength === entry.fileNameRaw.length &&
    header.subarray(LOCAL_HEADER).equals(entry.fileNameRaw) &&
    header.readUInt16LE(8) === entry.compressionMethod;
  if (!isSame) throw refuse('is described in two ways that contradict each other');
  return offset + LOCAL_HEADER + nameLength + header.readUInt16LE(28);
}

/** Files that share their bytes are how a small archive becomes petabytes. */
function checkExtents(extents: readonly Extent[], directory: number, archive: string): void {
  let last: Extent | null = null;
  for (const extent of extents.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    if (last !== null && extent.from < last.to)
      throw refuseArchive(archive, `${JSON.stringify(last.name)} and ${JSON.stringify(extent.name)} overlap`);
    if (extent.to > directory) throw refuseArchive(archive, `${JSON.stringify(extent.name)} ends too early`);
    last = extent;
  }
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (/End of central directory|unexpected EOF/i.test(message)) return 'it ends too early or is no zip archive';
  if (/multi-disk/i.test(message)) return 'it is one part of several';
  if (/encryption/i.test(message)) return 'it is encrypted';
  return `its list of files is damaged (${message})`;
}
