import { type FileHandle, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { explainWriteFailure } from '../../core/atomic.ts';
import { SentopsError } from '../../core/errors.ts';
import type { ExtensionContext, ExtensionOptions } from '../../extend/contract.ts';
import type { StreamSink } from '../types.ts';
import { encodeLines } from './encode.ts';

const NEWLINE = 0x0a;
const CHUNK = 64 * 1024;

/**
 * Appends rows to a file. A batch is in the file as a whole or not at all: what a failed write left is cut off again,
 * and so is, when the file is opened, half a line that a crash left; its batch comes again. A batch that was complete
 * when the crash came appears twice.
 */
export default function createJsonlSink(options: ExtensionOptions, { cwd }: ExtensionContext): StreamSink {
  const file = path.resolve(cwd, readPath(options));
  let handle: FileHandle | undefined;
  let size = 0;
  const opened = () => {
    if (handle === undefined) throw new Error('the sink is not open');
    return handle;
  };
  return {
    delivery: 'at-least-once',
    async open() {
      try {
        await mkdir(path.dirname(file), { recursive: true });
        handle = await open(file, 'a+');
        size = await endOfLines(handle);
      } catch (error) {
        throw explainWriteFailure(error, file);
      }
    },
    async write(batch) {
      const target = opened();
      const bytes = Buffer.from(encodeLines(batch));
      try {
        await target.appendFile(bytes);
        size += bytes.length;
      } catch (error) {
        await target.truncate(size);
        throw explainWriteFailure(error, file);
      }
    },
    async flush() {
      await opened().sync();
    },
    async close() {
      await handle?.close();
      handle = undefined;
    },
  };
}

function readPath(options: ExtensionOptions): string {
  const file = options['path'];
  if (typeof file === 'string' && file !== '') return file;
  throw new SentopsError('CONFIG_INVALID', 'stream sink jsonl needs the option path', {
    hint: 'give path, the file to append to',
  });
}

/** The size of the file once its last line is whole: a missing line end is added, half a JSON object is cut off. */
async function endOfLines(handle: FileHandle): Promise<number> {
  const { size } = await handle.stat();
  const tail = await readTail(handle, size);
  if (tail.length === 0) return size;
  if (isJson(tail)) {
    await handle.appendFile('\n');
    return size + 1;
  }
  await handle.truncate(size - tail.length);
  return size - tail.length;
}

/** What stands behind the last line end. */
async function readTail(handle: FileHandle, size: number): Promise<Buffer> {
  let tail = Buffer.alloc(0);
  for (let end = size; end > 0; end -= CHUNK) {
    const start = Math.max(0, end - CHUNK);
    const { buffer } = await handle.read(Buffer.alloc(end - start), 0, end - start, start);
    const newline = buffer.lastIndexOf(NEWLINE);
    tail = Buffer.concat([buffer.subarray(newline + 1), tail]);
    if (newline !== -1) break;
  }
  return tail;
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}
