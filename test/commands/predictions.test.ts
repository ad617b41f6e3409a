import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../helpers/run-cli.ts';
import { lines, sparkFile } from '../unit/predictions/predictions-world.ts';

let folder: string;
beforeAll(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-predictions-')));
  const put = (name: string, content: string | Uint8Array) => {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
    fs.utimesSync(file, 1_763_000_000, 1_763_000_000);
  };
  put('sentops.yaml', 'version: 1\nproject: { name: reviews }\nserve: { outputPath: out }\n');
  const row = {
    text: 'Good film',
    label: '1',
    prediction: 1,
    sentiment: 'positive',
    confidence: 0.9,
    model_version: '3',
  };
  put('out/date=2026-11-20/part-0.jsonl', lines(row, row, row));
  const spark = { text: 'Bad film', prediction: 0, probability: [0.75, 0.25], version: '4' };
  put('out/date=2026-11-21/part-0.parquet', sparkFile([spark]));
  put('out/_spark_metadata/0', 'v1');
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const predictions = (...args: string[]) => runCli(['predictions', ...args], { cwd: folder });
const ok = async (...args: string[]) => {
  const { stdout, code } = await predictions(...args);
  expect(code).toBe(0);
  return stdout;
};

describe.concurrent('predictions', () => {
  test('list is a table of days', async () => {
    const [head, ...rows] = (await ok('list')).trimEnd().split('\n');
    expect(head).toMatch(/^date +files +rows +size +newest$/);
    expect(rows.map(row => row.split(/ {2,}/).slice(0, 3))).toEqual([
      ['2026-11-21', '1', '1'],
      ['2026-11-20', '1', '3'],
    ]);
  });

  test('list gives days to scripts, and one of them', async () => {
    expect(await ok('list', '-q')).toBe('2026-11-21\n2026-11-20\n');
    expect(await ok('list', '--date', '2026-11-20', '--format', 'csv', '--columns', 'date,rows')).toBe(
      'date,rows\r\n2026-11-20,3\r\n',
    );
    expect(JSON.parse(await ok('ls', '--json'))).toMatchObject({ items: [{ rows: 1 }, { rows: 3 }] });
  });

  test('show gives rows, newest first', async () => {
    expect(await ok('show', '--head', '2')).toBe(
      'date        prediction  confidence  label  version  text\n' +
        '2026-11-21  0               0.7500  -      4        Bad film\n' +
        '2026-11-20  positive        0.9000  1      3        Good film\n',
    );
    const { items } = JSON.parse(await ok('show', '--head', '1', '--json'));
    expect(items).toMatchObject([{ probability: [0.75, 0.25], file: 'out/date=2026-11-21/part-0.parquet' }]);
  });

  test('stats counts by label, version and day', async () => {
    const text = await ok('stats');
    expect(text).toContain('4 rows in 2 files at out/\nmean confidence 0.8625\n');
    expect(text).toMatch(/positive +3 +75\.0 % +0\.9000\n/);
    expect(await ok('stats', '--format', 'csv')).toBe(
      'by,value,rows,share,meanConfidence\r\n' +
        'label,positive,3,0.75,0.9\r\nlabel,0,1,0.25,0.75\r\n' +
        'modelVersion,4,1,0.25,0.75\r\nmodelVersion,3,3,0.75,0.9\r\n' +
        'date,2026-11-21,1,0.25,0.75\r\ndate,2026-11-20,3,0.75,0.9\r\n',
    );
    expect(await ok('stats', '-q')).toBe('positive\n0\n');
  });

  test('where there are none, that is said; where there is no place, it is an error', async () => {
    const empty = await predictions('list', '--output-path', 'nothing-yet');
    expect([empty.code, empty.stdout, empty.stderr]).toEqual([0, '', 'There are no predictions.\n']);
    const none = await predictions('stats', '--output-path', 'nothing-yet');
    expect([none.code, none.stderr]).toEqual([0, 'There are no predictions at nothing-yet/\n']);
    const missing = await predictions('show', 'nowhere');
    expect(missing.code).toBe(5);
    expect(missing.stderr).toContain('there is nothing at nowhere');
    expect((await predictions('list', '--date', 'yesterday')).code).toBe(2);
    expect((await predictions('stats', 'sentops.yaml')).code).toBe(9);
  });
});
