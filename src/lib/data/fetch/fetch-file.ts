import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { explainWriteFailure } from '../../core/atomic.ts';
import { SentopsError } from '../../core/errors.ts';
import type { DatasetSource, RemoteDataset, RemoteFile } from '../types.ts';
import { checkHead, HEAD_BYTES } from './check-head.ts';
import { ContentHash, type ContentHashes } from './content-hash.ts';

export interface FetchFileOptions {
  readonly signal: AbortSignal;
  /** Bytes that count as done; negative where some have to come again. */
  onBytes(bytes: number): void;
}

export interface FetchedFile extends ContentHashes {
  /** Bytes that an earlier attempt had brought. */
  readonly resumedFrom: number;
}

/** One file at its source. */
export interface FileAtSource {
  readonly source: DatasetSource;
  readonly dataset: RemoteDataset;
  readonly file: RemoteFile;
}

/**
 * Gathers a file in a part file, going on where an earlier process stopped as long as the source holds the same. What
 * is there in the end is the whole file, checked against what the source says of it: once more where that does not
 * fit, then DATA_INVALID. A failure of the way leaves the part for the next attempt.
 */
export async function fetchFile(wanted: FileAtSource, part: string, options: FetchFileOptions): Promise<FetchedFile> {
  const first = await gather(wanted, part, options);
  if (first.fault === null) return first.fetched;
  discardPart(part);
  options.onBytes(-first.fetched.bytes);
  const second = await gather(wanted, part, options);
  if (second.fault === null) return second.fetched;
  discardPart(part);
  throw second.fault;
}

/** What is shorter comes again as quickly as it is asked for. */
const WORTH_RESUMING = 256 * 1024;

interface Gathered {
  readonly fetched: FetchedFile;
  readonly fault: SentopsError | null;
}

async function gather(wanted: FileAtSource, part: string, options: FetchFileOptions): Promise<Gathered> {
  const { file, dataset } = wanted;
  const content = [dataset.ref, dataset.version, file.path, file.tag ?? null, file.bytes];
  const identity = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  if (readText(markerOf(part)) !== identity) discardPart(part);
  try {
    if (file.bytes === null || file.bytes > WORTH_RESUMING) fs.writeFileSync(markerOf(part), identity);
    const handle = await open(part, fs.constants.O_RDWR | fs.constants.O_CREAT);
    try {
      return await fill(handle, wanted, options);
    } catch (error) {
      // Not every source can go on in the middle, or still holds what the part is the beginning of.
      if (!isConflict(error) || (await handle.stat()).size === 0) throw error;
      options.onBytes(-(await handle.stat()).size);
      await handle.truncate(0);
      return await fill(handle, wanted, options);
    } finally {
      await handle.close();
    }
  } catch (error) {
    // What the part holds is no beginning of what the source has by now, or is no part of the file at all.
    if (isConflict(error) || (error instanceof SentopsError && error.code === 'DATA_INVALID')) discardPart(part);
    throw explainFullDisk(explainWriteFailure(error, part));
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof SentopsError && error.code === 'CONFLICT';
}

async function fill(handle: FileHandle, wanted: FileAtSource, options: FetchFileOptions): Promise<Gathered> {
  const { file, source, dataset } = wanted;
  const hash = new ContentHash((file.md5 ?? null) !== null);
  const sink = new PartSink(handle, hash, file);
  const had = await sink.recall(options.signal);
  options.onBytes(had);
  if (file.bytes === null || had < file.bytes || had === 0) {
    for await (const chunk of source.read(dataset, file, { start: had, signal: options.signal })) {
      options.signal.throwIfAborted();
      await sink.write(chunk);
      options.onBytes(chunk.length);
    }
  }
  sink.checkEnd();
  await handle.datasync();
  const hashes = hash.finish();
  return { fetched: { ...hashes, resumedFrom: had }, fault: findFault(file, hashes) };
}

const CHUNK = 256 * 1024;

/** The part file, with the hashes of all of it and a look at its beginning. */
class PartSink {
  private at = 0;
  private head = Buffer.alloc(0);
  private isChecked = false;
  private readonly handle: FileHandle;
  private readonly hash: ContentHash;
  private readonly file: RemoteFile;

  constructor(handle: FileHandle, hash: ContentHash, file: RemoteFile) {
    this.handle = handle;
    this.hash = hash;
    this.file = file;
  }

  /** Takes what an earlier process left as the beginning; returns its length. */
  async recall(signal: AbortSignal): Promise<number> {
    const { size } = await this.handle.stat();
    const { bytes } = this.file;
    if (bytes !== null && size > bytes) {
      await this.handle.truncate(0);
      return 0;
    }
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK, size));
    while (this.at < size) {
      signal.throwIfAborted();
      const { bytesRead } = await this.handle.read(buffer, 0, buffer.length, this.at);
      if (bytesRead === 0) break;
      this.pass(buffer.subarray(0, bytesRead));
    }
    return this.at;
  }

  async write(chunk: Uint8Array): Promise<void> {
    const { bytes, path } = this.file;
    if (bytes !== null && this.at + chunk.length > bytes)
      throw new SentopsError('DATA_INVALID', `${path}: the source sends more than the ${bytes} bytes it announced`, {
        hint: 'the file is being replaced, or its description is out of date: run the command again',
        details: { path, bytes },
      });
    const start = this.at;
    this.pass(chunk);
    for (let done = 0; done < chunk.length; )
      done += (await this.handle.write(chunk, done, chunk.length - done, start + done)).bytesWritten;
  }

  checkEnd(): void {
    if (!this.isChecked) checkHead(this.file.path, this.head);
    const { bytes, path } = this.file;
    if (bytes === null || this.at === bytes) return;
    throw new SentopsError('REMOTE_UNAVAILABLE', `${path}: ${this.at} of ${bytes} bytes came`, {
      hint: 'run the command again: it goes on where it stopped',
      details: { path, bytes, received: this.at },
    });
  }

  private pass(chunk: Uint8Array): void {
    if (!this.isChecked) {
      this.head = Buffer.concat([this.head, chunk.subarray(0, HEAD_BYTES - this.head.length)]);
      if (this.head.length >= HEAD_BYTES) {
        checkHead(this.file.path, this.head);
        this.isChecked = true;
      }
    }
    this.hash.add(chunk);
    this.at += chunk.length;
  }
}

/** Each hash that the source keeps, against that of what came. */
export function findFault(
  file: Pick<RemoteFile, 'path' | 'sha256' | 'crc32c' | 'md5'>,
  came: ContentHashes,
): SentopsError | null {
  const { path } = file;
  const names = ['sha256', 'crc32c', 'md5'] as const;
  const name = names.find(each => (file[each] ?? null) !== null && came[each] !== null && file[each] !== came[each]);
  if (name === undefined) return null;
  return new SentopsError('DATA_INVALID', `${path} was damaged on its way: its ${name} is not that of the source`, {
    hint: 'it came twice with the same result and nothing of it was kept: try again later, or tell the owner of the dataset',
    details: { path, hash: name, expected: file[name], found: came[name] },
  });
}

/** A part and what says of it which content it is the beginning of. */
export function discardPart(part: string): void {
  try {
    fs.rmSync(part, { force: true });
    fs.rmSync(markerOf(part), { force: true });
  } catch (error) {
    throw explainWriteFailure(error, part);
  }
}

function markerOf(part: string): string {
  return `${part}.json`;
}

function explainFullDisk(error: unknown): unknown {
  if (!(error instanceof SentopsError) || error.code !== 'DISK_FULL') return error;
  return new SentopsError('DISK_FULL', error.message, {
    hint: 'free some space and run the command again: it goes on where it stopped',
    details: error.details,
    cause: error,
  });
}

function readText(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
