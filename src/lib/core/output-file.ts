import fs from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Transform } from 'node:stream';
import { finished } from 'node:stream/promises';
import zlib from 'node:zlib';
import { explainWriteFailure } from './atomic.ts';
import { SentopsError } from './errors.ts';
import { removeTemporary, temporaryName } from './temporary.ts';

export type RowFormat = 'jsonl' | 'csv';
type Compression = 'none' | 'gzip' | 'zstd';

export interface OutputKind {
  readonly format: RowFormat;
  readonly compression: Compression;
}

/** A file that is complete or not there at all. */
export interface OutputFile {
  write(chunk: Uint8Array): Promise<void>;
  /** Everything is on the disk and the file has its name. */
  finish(): Promise<void>;
  /** Leaves no trace; harmless after `finish`. */
  discard(): Promise<void>;
}

const NAME = /\.(jsonl|ndjson|csv)(?:\.(gz|zst))?$/i;

/** What a file is to hold, by its name or by `format`; `flag` is the one that gives a format. */
export function readOutputKind(file: string, format?: RowFormat, flag = '--format'): OutputKind {
  const [, type, packing] = NAME.exec(file) ?? [];
  const named = type === undefined ? undefined : type.toLowerCase() === 'csv' ? 'csv' : 'jsonl';
  if (named === undefined && format === undefined && !isDevice(file))
    throw new SentopsError('FLAG_INVALID', `--output: ${file} does not say what to write`, {
      hint: `let the name end in .jsonl or .csv, with .gz or .zst behind it to compress; or add ${flag} csv`,
      details: { flag: '--output', value: file },
    });
  if (named !== undefined && format !== undefined && named !== format)
    throw new SentopsError('FLAG_INVALID', `${flag} ${format} does not fit --output ${file}, which is named ${named}`, {
      hint: `leave ${flag} out, or let the name end in .${format}`,
      details: { flag, value: format },
    });
  const compression = { gz: 'gzip', zst: 'zstd' } as const;
  return {
    format: format ?? named ?? 'jsonl',
    compression: compression[packing?.toLowerCase() as 'gz' | 'zst'] ?? 'none',
  };
}

/** A pipe, a terminal or /dev/null: written as it is, since nothing may take its place. */
function isDevice(file: string): boolean {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  return stat !== undefined && !stat.isFile() && !stat.isDirectory();
}

export async function createOutputFile(file: string, compression: Compression): Promise<OutputFile> {
  // The real path of /dev/stdout names no place where it is a pipe.
  const target = fs.existsSync(file) && !isDevice(file) ? fs.realpathSync(file) : path.resolve(file);
  if (fs.statSync(target, { throwIfNoEntry: false })?.isDirectory())
    throw new SentopsError('NOT_WRITABLE', `cannot write ${file}: it is a folder`, { place: { file } });
  const draft = isDevice(target) ? target : temporaryName(target);
  const explain = <T>(work: Promise<T>) => work.catch(error => Promise.reject(explainWriteFailure(error, file)));
  if (draft !== target) {
    await explain(mkdir(path.dirname(target), { recursive: true }));
    removeTemporary(path.dirname(target));
  }
  const handle = await explain(open(draft, draft === target ? 'w' : 'wx'));
  const packed = compression === 'none' ? createPlain(handle) : createPacked(handle, compression);
  let isOpen = true;
  let isSettled = false;
  const close = async () => {
    if (!isOpen) return;
    isOpen = false;
    await handle.close();
  };
  return {
    write: chunk => explain(packed.write(chunk)),
    async finish() {
      await explain(packed.end());
      if (draft !== target) await explain(handle.sync());
      await explain(close());
      if (draft !== target) await explain(rename(draft, target));
      isSettled = true;
    },
    async discard() {
      if (isSettled) return;
      isSettled = true;
      packed.destroy();
      // What went wrong before is what is told.
      await close().catch(() => {});
      if (draft !== target) await rm(draft, { force: true });
    },
  };
}

interface Packed {
  write(chunk: Uint8Array): Promise<void>;
  end(): Promise<void>;
  destroy(): void;
}

function createPlain(handle: FileHandle): Packed {
  return { write: chunk => writeAll(handle, chunk), end: async () => {}, destroy() {} };
}

/** Through a compressor; what it gives is written before the next chunk is taken, so that memory stays flat. */
function createPacked(handle: FileHandle, compression: Exclude<Compression, 'none'>): Packed {
  const packer: Transform = compression === 'gzip' ? zlib.createGzip({ level: 6 }) : zlib.createZstdCompress();
  let failure: { readonly error: unknown } | null = null;
  let refuse: ((error: unknown) => void) | null = null;
  const fail = (error: unknown) => {
    failure ??= { error };
    refuse?.(failure.error);
  };
  const drained = drain(packer, handle, fail);
  drained.catch(fail);
  return {
    write: chunk =>
      new Promise<void>((resolve, reject) => {
        if (failure !== null) return reject(failure.error);
        // A compressor that is given up calls nobody back.
        refuse = reject;
        packer.write(chunk, error => {
          refuse = null;
          if (error) reject(failure?.error ?? error);
          else resolve();
        });
      }),
    async end() {
      packer.end();
      await Promise.all([drained, finished(packer)]);
    },
    destroy: () => void packer.destroy(),
  };
}

async function drain(packer: Transform, handle: FileHandle, fail: (error: unknown) => void): Promise<void> {
  const refuse = (error: unknown) => {
    fail(error);
    throw error;
  };
  for await (const piece of packer) await writeAll(handle, piece as Uint8Array).catch(refuse);
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.length; ) done += (await handle.write(chunk, done)).bytesWritten;
}
