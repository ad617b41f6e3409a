import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type FakeGcsServer, missingGo, startFakeGcsServer } from '../helpers/fake-gcs-server.ts';
import { crc32c, encodeCrc32c } from '../helpers/gcs-stand-in/crc32c.ts';
import { startKaggleStandIn } from '../helpers/kaggle-stand-in.ts';
import { installTarball } from '../helpers/pack.ts';
import { missingFor, pythonEnvironment, runPython } from '../helpers/python.ts';
import { repositoryRoot, runCli } from '../helpers/run-cli.ts';
import { sentiment140 } from '../helpers/sentiment140.ts';
import { zipBytes } from '../helpers/zip-bytes.ts';

/** On first use programs and packages come over the network. */
const PATIENCE = 1_800_000;
const BUCKET = 'sentiment-bucket-raw';
const missing = missingGo();
/** However large the file. */
const MOST_MEMORY = 250e6;

let server: FakeGcsServer;
let dir: string;
let bin: { readonly file: string };
beforeAll(async () => {
  if (missing !== undefined) return;
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-stack-dataset-'));
  bin = { file: (await installTarball()).bin };
  server = await startFakeGcsServer();
  const made = await fetch(`${server.uri}/storage/v1/b?project=p`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: BUCKET }),
  });
  expect(made.status).toBe(200);
}, PATIENCE);
afterAll(async () => {
  await server?.stop();
  if (dir) fs.rmSync(dir, { recursive: true, force: true });
});

interface Usage {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** The most memory that it held at a time. */
  readonly bytes: number;
}

/** Runs the packed program in a folder, expects success, and returns its JSON with what it took. */
async function sentops<Result>(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Result & { usage: Usage }> {
  const usageFile = path.join(dir, 'usage.json');
  const recorder = path.join(repositoryRoot, 'test/helpers/record-usage.cjs');
  const began = performance.now();
  const { code, stdout, stderr } = await runCli([...args, '--json'], {
    cwd,
    bin,
    home: dir,
    env: {
      ...env,
      ...emulator(),
      NODE_OPTIONS: `--require ${JSON.stringify(recorder)}`,
      RECORD_USAGE_TO: usageFile,
    },
  });
  const seconds = (performance.now() - began) / 1000;
  expect(code, `${args.join(' ')}\n${stdout}${stderr}`).toBe(0);
  const usage = { seconds, ...(JSON.parse(fs.readFileSync(usageFile, 'utf8')) as Omit<Usage, 'seconds'>) };
  return { ...(JSON.parse(stdout) as Result), usage };
}

function emulator(): Readonly<Record<string, string>> {
  return { STORAGE_EMULATOR_HOST: server.uri };
}

function tell(what: string, { seconds, cpuSeconds, bytes }: Usage): void {
  const memory = `${(bytes / 1e6).toFixed(0)} MB of memory`;
  console.log(`${what}: ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of processor time, ${memory}`);
}

function newFolder(name: string): string {
  const folder = path.join(dir, name);
  fs.mkdirSync(folder);
  return folder;
}

interface Synced {
  readonly fetchedBytes: number;
  readonly sentBytes: number;
  readonly objects: readonly { readonly uri: string; readonly state: string; readonly crc32c: string }[];
}

interface Validated {
  readonly ok: boolean;
  readonly rows: number;
  readonly sha256: string;
  readonly checks: readonly { readonly id: string; readonly status: string }[];
}

interface Trained {
  readonly data: { readonly train: number; readonly validation: number; readonly test: number };
}

describe.skipIf(missing)('1.6 million rows in the form of Sentiment140', () => {
  const FILE = 'training.1600000.processed.noemoticon.csv';
  const PREFIX = 'data_raw/sentiment140';
  const uri = `gs://${BUCKET}/${PREFIX}/${FILE}`;
  const SYNC = [
    ...['dataset', 'sync', '--dataset', 'kazanova/sentiment140', '--gcs-bucket', BUCKET],
    ...['--output-dir', 'data_raw/sentiment140', '--gcs-prefix', 'data_raw/sentiment140', '--unzip'],
  ];

  test('go from Kaggle to the bucket, are checked there and trained on', { timeout: PATIENCE }, async () => {
    const source = path.join(dir, FILE);
    sentiment140(source, 1_600_000);
    const content = fs.readFileSync(source);
    fs.rmSync(source);
    const packed = zlib.deflateRawSync(content, { level: 1 });
    const kaggle = await startKaggleStandIn({
      'kazanova/sentiment140': {
        versions: [{ [FILE]: content }],
        archives: [zipBytes([{ name: FILE, data: content, packed }])],
      },
    });
    onTestFinished(() => kaggle.close());
    const env = { KAGGLE_API_ENDPOINT: kaggle.url };
    const work = newFolder('work');
    const crc = encodeCrc32c(crc32c(content));
    const sha256 = createHash('sha256').update(content).digest('hex');

    const synced = await sentops<Synced>(work, SYNC, env);
    tell(`dataset sync of ${(content.length / 1e6).toFixed(0)} MB`, synced.usage);
    expect(synced.objects).toMatchObject([{ uri, crc32c: crc, state: 'stored' }]);
    const stored = await describeObject(`${PREFIX}/${FILE}`);
    expect(stored).toMatchObject({ size: String(content.length), crc32c: crc });
    expect(fs.readFileSync(path.join(work, PREFIX, FILE)).equals(content)).toBe(true);
    expect(fs.readFileSync(path.join(work, 'sentops.lock.yaml'), 'utf8')).toContain(sha256);
    const left = fs
      .readdirSync(work, { recursive: true, encoding: 'utf8' })
      .filter(name => /part|tmp|draft/.test(name));
    expect(left).toEqual([]);

    const sentOnce = sumOf(kaggle.downloads);
    expect(sentOnce).toBeLessThan(1.01 * kaggle.archive('kazanova/sentiment140').length);
    const again = await sentops<Synced>(work, SYNC, env);
    tell('the same again', again.usage);
    expect(again).toMatchObject({ fetchedBytes: 0, sentBytes: 0 });
    expect(sumOf(kaggle.downloads) - sentOnce, 'no more than a look at its beginning').toBeLessThan(10_000);
    expect(await describeObject(`${PREFIX}/${FILE}`)).toEqual(stored);

    const validated = await sentops<Validated>(work, ['dataset', 'validate', uri]);
    tell('dataset validate gs://', validated.usage);
    expect(validated).toMatchObject({ ok: true, rows: 1_600_000, sha256, bytes: content.length });
    expect(validated).toMatchObject({ labels: { '0': 800_000, '4': 800_000 } });
    expect(validated.checks).toContainEqual(expect.objectContaining({ id: 'label-order', status: 'warn' }));

    const verify = ['dataset', 'verify', 'kazanova/sentiment140', '--uploaded', '--gcs-bucket', BUCKET];
    const verified = await sentops<{ checks: { where: string; state: string }[] }>(work, verify, env);
    expect(verified.checks.map(({ where, state }) => `${where} ${state}`)).toEqual(['folder ok', 'bucket ok']);

    await replaceObject(`${PREFIX}/${FILE}`, content.subarray(1));
    expect(await runCli(verify, { cwd: work, bin, home: dir, env: { ...env, ...emulator() } })).toMatchObject({
      code: 9,
      stderr: expect.stringContaining(`${uri} changed`),
    });
    await replaceObject(`${PREFIX}/${FILE}`, content);

    const listed = await sentops<{ items: unknown[] }>(work, ['storage', 'ls', `gs://${BUCKET}/${PREFIX}/`]);
    expect(listed.items).toMatchObject([{ uri, bytes: content.length }]);

    const train = ['train', '--input', uri, '--max-rows', '1000', '--models', 'nb', '--min-accuracy', '0'];
    const trained = await sentops<Trained>(work, train);
    tell('train --max-rows 1000', trained.usage);
    expect(trained.data).toMatchObject({ input: uri, sha256, rows: 1_600_000 });
    expect(trained.data.train + trained.data.validation + trained.data.test).toBe(1000);
    for (const { usage } of [synced, validated, trained]) expect(usage.bytes).toBeLessThan(MOST_MEMORY);
  });
});

function sumOf(downloads: readonly { readonly sent: number }[]): number {
  return downloads.reduce((sum, { sent }) => sum + sent, 0);
}

async function describeObject(name: string): Promise<unknown> {
  const response = await fetch(`${server.uri}/storage/v1/b/${BUCKET}/o/${encodeURIComponent(name)}`);
  return await response.json();
}

/** As somebody else does it. */
async function replaceObject(name: string, body: Uint8Array<ArrayBuffer>): Promise<void> {
  const query = `uploadType=media&name=${encodeURIComponent(name)}`;
  const made = await fetch(`${server.uri}/upload/storage/v1/b/${BUCKET}/o?${query}`, { method: 'POST', body });
  expect(made.status).toBe(200);
}

const CONTENTS: Readonly<Record<string, Buffer>> = {
  'plain.txt': Buffer.from('plain'),
  'with two  spaces.txt': Buffer.from('spaces'),
  'ünïcode 日本語 🙂.txt': Buffer.from('unicode'),
  '100% sure %41 %2F.txt': Buffer.from('per cent'),
  'a+b&c=d;e@f,g.txt': Buffer.from('signs'),
  'what#is?this.txt': Buffer.from('signs of addresses'),
  '[x]{y}.txt': Buffer.from('signs of patterns'),
  'sub folder/deeper/file.txt': Buffer.from('deep'),
  'empty.bin': Buffer.alloc(0),
  'big.bin': randomBytes(12_000_001),
};

describe.skipIf(missing ?? missingFor('gcs'))('what we store and what the Python client sees', () => {
  type Seen = [name: string, size: number, crc32c: string, sha256: string];
  let given: string;
  let python: (args: readonly string[], input?: string) => Promise<string>;
  const listed = async (prefix: string) => JSON.parse(await python(['list', BUCKET, prefix])) as Seen[];

  beforeAll(async () => {
    given = newFolder('given');
    for (const [name, content] of Object.entries(CONTENTS)) {
      fs.mkdirSync(path.dirname(path.join(given, name)), { recursive: true });
      fs.writeFileSync(path.join(given, name), content);
    }
    const environment = await pythonEnvironment('gcs');
    const script = path.join(import.meta.dirname, 'python/gcs_names.py');
    const env = { ...emulator(), NO_PROXY: '127.0.0.1' };
    python = (args, input = '') => runPython(environment, script, args, { env, input });
  }, PATIENCE);

  /** As the client lists it: by the bytes of the names. */
  function expected(prefix: string, contents: Readonly<Record<string, Buffer>>): Seen[] {
    return Object.entries(contents)
      .map(([name, content]): Seen => {
        const sha256 = createHash('sha256').update(content).digest('hex');
        return [`${prefix}${name}`, content.length, encodeCrc32c(crc32c(content)), sha256];
      })
      .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  test('a folder that is copied, listed and deleted', { timeout: PATIENCE }, async () => {
    const copied = await sentops<{ copied: number; failed: number }>(dir, [
      ...['storage', 'cp', '-r', 'given/', `gs://${BUCKET}/copied/`],
    ]);
    expect(copied).toMatchObject({ copied: Object.keys(CONTENTS).length, failed: 0 });
    expect(await listed('copied/given/')).toEqual(expected('copied/given/', CONTENTS));
    const ls = await sentops<{ items: { uri: string }[] }>(dir, ['storage', 'ls', '-r', `gs://${BUCKET}/copied/`]);
    expect(ls.items.map(({ uri }) => uri)).toEqual(
      expected('copied/given/', CONTENTS).map(([name]) => `gs://${BUCKET}/${name}`),
    );
    const back = newFolder('back');
    await sentops(back, ['storage', 'cp', '-r', `gs://${BUCKET}/copied/given`, '.']);
    expectFolder(path.join(back, 'given'), CONTENTS);

    const { '100% sure %41 %2F.txt': _, ...others } = CONTENTS;
    await sentops(dir, ['storage', 'rm', `gs://${BUCKET}/copied/given/100% sure %41 %2F.txt`, '--yes']);
    expect(await listed('copied/given/')).toEqual(expected('copied/given/', others));
    await sentops(dir, ['storage', 'rm', '-r', `gs://${BUCKET}/copied`, '--yes']);
    expect(await listed('copied')).toEqual([]);
  });

  test('a folder that is kept the same', { timeout: PATIENCE }, async () => {
    const to = `gs://${BUCKET}/same`;
    const rsync = ['storage', 'rsync', '-r', 'given', to, '--delete-extra', '--yes'];
    const count = Object.keys(CONTENTS).length;
    expect(await sentops(dir, rsync)).toMatchObject({ copied: count, same: 0, deleted: 0, failed: 0 });
    expect(await listed('same/')).toEqual(expected('same/', CONTENTS));
    expect(await sentops(dir, rsync)).toMatchObject({ copied: 0, same: count, deleted: 0, failed: 0 });
    const changed = { ...CONTENTS, 'plain.txt': Buffer.from('other'), 'new ü.txt': Buffer.from('new') };
    await python(['put', BUCKET], JSON.stringify({ 'same/extra 100% ü.txt': 'extra', 'same/plain.txt': 'other' }));
    fs.writeFileSync(path.join(given, 'new ü.txt'), 'new');
    fs.writeFileSync(path.join(given, 'plain.txt'), 'other');
    expect(await sentops(dir, rsync)).toMatchObject({ copied: 1, same: count, deleted: 1, failed: 0 });
    expect(await listed('same/')).toEqual(expected('same/', changed));
  });

  test('objects that the client wrote', { timeout: PATIENCE }, async () => {
    const texts = Object.entries(CONTENTS).filter(([name]) => name !== 'big.bin');
    const objects = Object.fromEntries(texts.map(([name, content]) => [`theirs/${name}`, content.toString()]));
    await python(['put', BUCKET], JSON.stringify(objects));
    const into = newFolder('theirs');
    await sentops(into, ['storage', 'rsync', '-r', `gs://${BUCKET}/theirs`, '.']);
    expectFolder(into, Object.fromEntries(texts));
  });
});

function expectFolder(folder: string, contents: Readonly<Record<string, Buffer>>): void {
  const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  const names = files.map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)));
  expect(names.sort()).toEqual(Object.keys(contents).sort());
  for (const [name, content] of Object.entries(contents))
    expect(fs.readFileSync(path.join(folder, name)).equals(content), name).toBe(true);
}
