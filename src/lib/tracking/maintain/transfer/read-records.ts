import fs from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline, type Transform } from 'node:stream';
import zlib from 'node:zlib';
import { SentopsError } from '../../../core/errors.ts';
import { FORMAT, type RecordOf, readRecord, type TransferRecord } from './records.ts';

const LONGEST_LINE = 256 * 1024 * 1024;

/** The records of a file, packed or not. Throws DATA_INVALID with the line for one that is damaged or ends too early. */
export async function* readRecords(file: string, signal: AbortSignal | undefined): AsyncGenerator<TransferRecord> {
  let line = 0;
  let ended = false;
  let hasFiles = false;
  for await (const text of readLines(file, signal)) {
    line += 1;
    if (ended) throw damaged(file, line, 'something follows the end');
    const record = readRecord(text);
    if ('wrong' in record) throw damaged(file, line, record.wrong);
    if (line === 1) hasFiles = demandStore(file, record).artifacts;
    else if (record.type === 'store') throw damaged(file, line, 'a second store begins');
    if (record.type === 'file' && !hasFiles)
      throw damaged(file, line, 'it has files, and its first line says that it has none');
    if (record.type === 'end' && record.records !== line - 1)
      throw damaged(file, line, `${record.records} lines were written and ${line - 1} are there`);
    ended = record.type === 'end';
    yield record;
  }
  if (!ended) throw damaged(file, line + 1, 'the file ends too early');
}

function demandStore(file: string, record: TransferRecord): RecordOf<'store'> {
  if (record.type !== 'store') throw damaged(file, 1, 'it is not the beginning of an exported store');
  if (record.format === FORMAT) return record;
  throw new SentopsError('DATA_INVALID', `${file} has format ${record.format}, and this sentops reads ${FORMAT}`, {
    hint: 'update sentops',
    place: { file, line: 1 },
  });
}

function damaged(file: string, line: number, why: string, cause?: unknown): SentopsError {
  return new SentopsError('DATA_INVALID', why, {
    hint: 'copy or export it again; nothing was imported from it',
    place: { file, line },
    details: { file, line },
    ...(cause === undefined ? {} : { cause }),
  });
}

async function* readLines(file: string, signal: AbortSignal | undefined): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  let length = 0;
  let line = 1;
  for await (const chunk of unpack(file, signal, () => line)) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      yield Buffer.concat([...rest, chunk.subarray(start, end)]).toString('utf8');
      rest = [];
      length = 0;
      line += 1;
      start = end + 1;
    }
    rest.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > LONGEST_LINE) throw damaged(file, line, 'the line does not end');
  }
  if (length > 0) yield Buffer.concat(rest).toString('utf8');
}

async function* unpack(file: string, signal: AbortSignal | undefined, line: () => number): AsyncGenerator<Buffer> {
  const unpacker = await chooseUnpacker(file);
  const source = fs.createReadStream(file, { highWaterMark: 1 << 18, ...(signal === undefined ? {} : { signal }) });
  // The error comes out of the loop below.
  const chunks = unpacker === null ? source : pipeline(source, unpacker, () => {});
  try {
    for await (const chunk of chunks) yield chunk as Buffer;
  } catch (error) {
    signal?.throwIfAborted();
    const isPacked = error instanceof Error && 'code' in error && /^(Z_|ZSTD_|ERR_ZSTD)/.test(String(error.code));
    throw isPacked ? damaged(file, line(), `what is packed is damaged: ${error.message}`, error) : error;
  } finally {
    source.destroy();
  }
}

async function chooseUnpacker(file: string): Promise<Transform | null> {
  const handle = await open(file, 'r').catch(error => {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw isMissing
      ? new SentopsError('NOT_FOUND', `there is no file ${file}`, { place: { file }, cause: error })
      : error;
  });
  try {
    if ((await handle.stat()).isDirectory())
      throw new SentopsError('DATA_INVALID', `${file} is a folder, not an exported store`, { place: { file } });
    const magic = Buffer.alloc(4);
    await handle.read(magic, 0, 4, 0);
    if (magic[0] === 0x1f && magic[1] === 0x8b) return zlib.createGunzip();
    return magic.readUInt32LE(0) === 0xfd2fb528 ? zlib.createZstdDecompress() : null;
  } finally {
    await handle.close();
  }
}
