import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { PRESETS } from '../../src/lib/data/presets.ts';
import { startKaggleStandIn } from '../helpers/kaggle-stand-in.ts';
import { runCli } from '../helpers/run-cli.ts';

/** The file of a preset as it is at Kaggle, with made-up rows. */
function rowsOf({ format }: (typeof PRESETS)[number]): Buffer {
  const { header, columns, text, label, labels, encoding } = format;
  const cellOf = (column: string, row: number, written: string, isGood: boolean) => {
    if (column === label) return written;
    return column === text ? `${isGood ? 'a lovely, good café' : 'an awful, bad café'} no ${row}` : `${column} ${row}`;
  };
  const names = Object.entries(labels);
  const rows = Array.from({ length: 400 }, (_, row) => {
    const [written, label] = names[row % names.length] ?? ['', 0];
    return columns.map(column => `"${cellOf(column, row, written, label === 1)}"`).join(',');
  });
  const lines = header ? [columns.join(','), ...rows] : rows;
  return Buffer.from(`${lines.join('\n')}\n`, encoding);
}

test.for(PRESETS)('a project of $name trains on exactly what sync has stored', { timeout: 60_000 }, async preset => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-template-'));
  const content = rowsOf(preset);
  const kaggle = await startKaggleStandIn({ [preset.ref]: { versions: [{ [preset.file]: content }] } });
  onTestFinished(async () => {
    await kaggle.close();
    fs.rmSync(dir, { recursive: true, force: true });
  });
  const env = { KAGGLE_API_ENDPOINT: kaggle.url };
  const init = await runCli(['init', 'p', '--template', preset.name, '--backend', 'local', '--no-input', '--json'], {
    cwd: dir,
    env,
    home: dir,
  });
  expect([init.code, init.stderr]).toEqual([0, expect.anything()]);
  const run = (...args: readonly string[]) => runCli(args, { cwd: path.join(dir, 'p'), env, home: dir });
  const sync = await run('dataset', 'sync', '--json');
  const { training, objects } = JSON.parse(sync.stdout);
  expect([objects.length, training.isConfigured]).toEqual([1, true]);
  expect(fs.readFileSync(path.join(dir, 'p', training.uri)).equals(content)).toBe(true);
  // Nothing of the download is left that training could read in its place.
  fs.rmSync(path.join(dir, 'p/data_raw'), { recursive: true });
  const train = await run('train', '--models', 'logisticregression', '--json');
  expect([train.code, train.stderr]).toEqual([0, expect.anything()]);
  const { data } = JSON.parse(train.stdout);
  const sha256 = createHash('sha256').update(content).digest('hex');
  expect(data).toMatchObject({ input: expect.stringContaining(training.uri), sha256, rows: 400, badRows: 0 });
});
