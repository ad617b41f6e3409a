import createGs from '../../../../src/lib/storage/gs/storage.ts';
import { downloadObject } from '../../../../src/lib/storage/transfer/download-object.ts';
import { fileSessions } from '../../../../src/lib/storage/transfer/file-sessions.ts';
import { uploadFile } from '../../../../src/lib/storage/transfer/upload-file.ts';
import { createTestContext } from '../../../helpers/extension-context.ts';

/** What it says on a line, before the result on the last one. */
export interface Told {
  /** Bytes that are under way or stored. */
  readonly at: number;
}

/** A process of its own that can be killed: tells each megabyte that is under way, and its result at the end. */
const [direction, file = '', uri = '', endpoint = '', folder = '', threshold = '0'] = process.argv.slice(2);
const storage = await createGs({ endpoint, auth: 'none', retryDelayMs: 20 }, createTestContext());
let told = 0;
const options = {
  signal: new AbortController().signal,
  sessions: fileSessions(folder),
  parallelThreshold: Number(threshold),
  onBytes(bytes: number) {
    told += bytes;
    const line: Told = { at: told };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  },
};
const result =
  direction === 'up'
    ? await uploadFile(file, uri, storage, options)
    : await downloadObject(uri, file, storage, options);
process.stdout.write(`${JSON.stringify(result)}\n`);
