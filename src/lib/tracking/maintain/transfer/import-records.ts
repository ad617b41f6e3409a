import path from 'node:path';
import { SentopsError } from '../../../core/errors.ts';
import type { World } from '../../../extend/world.ts';
import type { Artifacts } from '../../types.ts';
import { type Counting, noCounts } from './counts.ts';
import type { ImportTarget, Outcome } from './import-target.ts';
import { readRecords } from './read-records.ts';
import type { FileRecord, RecordOf, TransferRecord } from './records.ts';

/** Writes every record of a file, which was found whole before. Says what was not there yet. */
export async function importRecords(
  file: string,
  target: ImportTarget,
  artifacts: Artifacts,
  { signal, report }: World,
): Promise<Counting> {
  const made = noCounts();
  const listed = new Map<string, Map<string, number>>();
  let done = 0;
  const stream = new Pushback(readRecords(file, signal));
  for (let record = await stream.next(); record !== undefined; record = await stream.next()) {
    signal?.throwIfAborted();
    if (record.type === 'file') await putFile(record, stream, target, artifacts, listed, made);
    else await putRecord(record, target, made);
    if (++done % 100 === 0) report?.({ type: 'progress', id: 'import', label: 'importing', done, unit: 'items' });
  }
  await target.finish();
  return made;
}

async function putRecord(record: TransferRecord, target: ImportTarget, made: Counting): Promise<void> {
  switch (record.type) {
    case 'experiment':
      return note(made, 'experiments', await target.experiment(record));
    case 'run':
      return note(made, 'runs', await target.run(record));
    case 'loggedModel':
      return note(made, 'loggedModels', await target.loggedModel(record));
    case 'metrics':
      made.metricValues += await target.metrics(record);
      return;
    case 'outputs':
      return target.outputs(record);
    case 'model':
      return note(made, 'models', await target.model(record));
    case 'version':
      return note(made, 'versions', await target.version(record));
    default:
      return;
  }
}

function note(made: Counting, what: keyof Counting, outcome: Outcome): void {
  if (outcome === 'made') made[what] += 1;
}

/** A file of the same size is taken for the same; the lines of its content are passed over. */
async function putFile(
  record: FileRecord,
  stream: Pushback,
  target: ImportTarget,
  artifacts: Artifacts,
  listed: Map<string, Map<string, number>>,
  made: Counting,
): Promise<void> {
  const root = target.rootOf(record);
  if (root === '')
    throw new SentopsError('DATA_INVALID', `the file ${record.path} belongs to ${record.id}, which was not imported`);
  const body = contentOf(stream, record);
  const folder = path.posix.dirname(record.path);
  const key = `${root}\n${folder}`;
  const sizes = listed.get(key) ?? (await sizesIn(artifacts, root, folder === '.' ? '' : folder));
  listed.set(key, sizes);
  if (sizes.get(record.path) === record.bytes) {
    for await (const _ of body);
    return;
  }
  await artifacts.write(root, record.path, body, record.bytes);
  made.files += 1;
  made.bytes += record.bytes;
}

async function sizesIn(artifacts: Artifacts, root: string, folder: string): Promise<Map<string, number>> {
  const files = await artifacts.list(root, folder);
  return new Map(files.flatMap(({ path: name, bytes }): [string, number][] => (bytes === null ? [] : [[name, bytes]])));
}

async function* contentOf(stream: Pushback, { path: name, bytes }: FileRecord): AsyncGenerator<Uint8Array> {
  let left = bytes;
  for (let record = await stream.next(); record !== undefined; record = await stream.next()) {
    if (record.type !== 'bytes') {
      stream.back(record);
      break;
    }
    const chunk = decode(record);
    left -= chunk.length;
    yield chunk;
  }
  if (left !== 0) throw new SentopsError('DATA_INVALID', `the content of ${name} is not ${bytes} bytes long`);
}

function decode({ data }: RecordOf<'bytes'>): Uint8Array {
  return Buffer.from(data, 'base64');
}

/** Records, one of which can be put back. */
class Pushback {
  private readonly records: AsyncGenerator<TransferRecord>;
  private held: TransferRecord | undefined;

  constructor(records: AsyncGenerator<TransferRecord>) {
    this.records = records;
  }

  async next(): Promise<TransferRecord | undefined> {
    const held = this.held;
    this.held = undefined;
    if (held !== undefined) return held;
    const { value, done } = await this.records.next();
    return done === true ? undefined : value;
  }

  back(record: TransferRecord): void {
    this.held = record;
  }
}
