import fs from 'node:fs';
import path from 'node:path';
import type { Json } from '../../config/types.ts';
import { SentopsError } from '../../core/errors.ts';
import type { ExtensionContext, ExtensionOptions } from '../../extend/contract.ts';
import type { Positions, SourceBatch, StreamRecord, StreamSource } from '../types.ts';
import { type Chunks, createLineReader, type LineReader } from './line-reader.ts';

/**
 * Standard input (`path: -` or no path) or a file, one row per line: a JSON object, or the text itself. Positions
 * are byte offsets, so a file can be read again from anywhere; standard input cannot.
 */
export default function createLinesSource(options: ExtensionOptions, { cwd, stdin }: ExtensionContext): StreamSource {
  const given = options['path'];
  const file = typeof given === 'string' && given !== '-' && given !== '' ? path.resolve(cwd, given) : undefined;
  const partition = file ?? '-';
  let reader: LineReader | undefined;
  return {
    replayable: file !== undefined,
    async open(positions) {
      const start = readStart(positions, partition);
      if (file === undefined && start > 0) {
        throw new SentopsError('DATA_INVALID', 'standard input cannot be read again from an earlier position', {
          hint: 'read a file, or begin without a checkpoint',
        });
      }
      const chunks: Chunks = file === undefined ? stdin : openFile(file, start);
      reader = createLineReader(chunks, start);
    },
    async read({ maxRecords, maxWaitMs, signal }) {
      if (reader === undefined) throw new Error('the source is not open');
      // A file never has to be waited for: what it holds is at hand.
      const lines = await reader.take(maxRecords, file === undefined ? maxWaitMs : Number.POSITIVE_INFINITY, signal);
      if (lines === null) return null;
      const records = lines
        .filter(line => line.text.trim() !== '')
        .map(line => toRecord(line.text, partition, line.start));
      const end = lines.at(-1)?.end ?? reader.position;
      return { records, positions: { [partition]: String(end) } } satisfies SourceBatch;
    },
    async commit() {},
    async close() {
      reader?.close();
      reader = undefined;
    },
  };
}

function readStart(positions: Positions, partition: string): number {
  const position = positions[partition];
  if (position === undefined) return 0;
  const start = Number(position);
  if (/^\d+$/.test(position) && Number.isSafeInteger(start)) return start;
  throw new SentopsError('DATA_INVALID', `${JSON.stringify(position)} is no position in ${partition}`, {
    hint: 'reset the checkpoint',
  });
}

function openFile(file: string, start: number): Chunks {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (stat === undefined)
    throw new SentopsError('NOT_FOUND', `${file} does not exist`, { hint: 'check the path of the stream source' });
  if (stat.isDirectory()) throw new SentopsError('DATA_INVALID', `${file} is a folder`, { hint: 'give a file' });
  if (stat.isFile() && start > stat.size) {
    throw new SentopsError('DATA_INVALID', `${file} is shorter than the position to go on from (${start})`, {
      hint: 'the file was replaced: reset the checkpoint',
    });
  }
  // Opened here, not by the stream: its error would come as an event before anybody listens.
  return fs.createReadStream(file, { start, fd: openForReading(file) });
}

function openForReading(file: string): number {
  try {
    return fs.openSync(file, 'r');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
    throw new SentopsError('PERMISSION_DENIED', `${file} may not be read`, {
      hint: 'change its permissions',
      cause: error,
    });
  }
}

function toRecord(line: string, partition: string, offset: number): StreamRecord {
  const origin = { partition, offset: String(offset) };
  if (!line.trimStart().startsWith('{')) return { fields: { text: line }, origin };
  try {
    const fields = JSON.parse(line) as Record<string, Json>;
    return { fields, origin };
  } catch (error) {
    return {
      fields: { raw: line },
      origin,
      error: `not valid JSON: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}
