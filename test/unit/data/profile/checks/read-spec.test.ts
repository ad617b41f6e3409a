import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadProject } from '../../../../../src/lib/config/load.ts';
import type { ProjectRequest } from '../../../../../src/lib/config/types.ts';
import {
  CHECK_SECTIONS,
  type CheckOptions,
  readCheckSpec,
} from '../../../../../src/lib/data/profile/checks/read-spec.ts';
import { temporaryFolder } from '../files.ts';

let dir: string;
beforeAll(() => {
  dir = temporaryFolder();
  fs.mkdirSync(path.join(dir, 'below'));
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

async function specOf(location: string | undefined, yaml: string, more: Partial<ProjectRequest & CheckOptions> = {}) {
  fs.writeFileSync(path.join(dir, 'sentops.yaml'), yaml);
  const { textColumn, labelColumn, ...request } = more;
  const cwd = path.join(dir, 'below');
  const project = await loadProject({ cwd, env: {}, home: dir, sections: CHECK_SECTIONS, ...request });
  return readCheckSpec(project, { cwd, location, textColumn, labelColumn });
}

const MINE = `backend: local
buckets: { raw: "gs://mine-raw" }
dataset: { ref: me/mine, outputDir: data, gcsPrefix: sets/mine, file: mine.csv }
`;

describe('which file is meant', () => {
  test('without a name it is that of the project, below the project', async () => {
    expect(await specOf(undefined, MINE)).toMatchObject({ location: path.join(dir, 'data/mine.csv'), isOwn: true });
  });

  test.each([
    ['../data/mine.csv', true],
    ['data/mine.csv', false],
    ['mine.csv', false],
    ['gs://mine-raw/sets/mine/mine.csv', true],
    ['gs://mine-raw/mine.csv', false],
    ['-', false],
  ])('%s, from a folder below: own %j', async (location, isOwn) => {
    expect(await specOf(location, MINE)).toMatchObject({ location, isOwn });
  });

  test('a bucket that is a folder', async () => {
    const yaml = MINE.replace('gs://mine-raw', '.sentops/buckets/raw');
    expect((await specOf('../.sentops/buckets/raw/sets/mine/mine.csv', yaml)).isOwn).toBe(true);
  });
});

describe('how it is read', () => {
  const yaml = MINE.replace(
    'file: mine.csv }',
    'file: mine.csv, format: { header: true, text: review, label: stars, labels: { good: 1, bad: 0 } } }',
  );

  test('the dataset of the project as the project says, another file as it looks', async () => {
    const own = await specOf(undefined, yaml);
    expect(own.table).toEqual({ header: true, textColumn: 'review', labelColumn: 'stars' });
    expect(own.labels).toEqual({ good: 1, bad: 0 });
    const other = await specOf('other.csv', yaml);
    expect([other.table, other.labels]).toEqual([{}, null]);
  });

  test('what the command line says holds for any file', async () => {
    const given = { set: ['dataset.format.encoding=latin1'], textColumn: 'body', labelColumn: 'mood' };
    expect((await specOf('other.csv', yaml, given)).table).toEqual({
      encoding: 'latin1',
      textColumn: 'body',
      labelColumn: 'mood',
    });
    expect((await specOf(undefined, yaml, given)).table).toMatchObject({
      encoding: 'latin1',
      textColumn: 'body',
      header: true,
    });
  });

  test('the defaults are those of Sentiment140 and say nothing', async () => {
    expect((await specOf(undefined, 'backend: local\n')).table).toEqual({});
  });
});

describe('what is demanded', () => {
  const LEAK = { value: 0.01, origin: 'default' };

  test('of a file given by hand nothing but not to hold the texts of the other file', async () => {
    expect((await specOf('a.csv', 'backend: local\n')).rules).toEqual({ maxLeakFraction: LEAK, columns: [] });
  });

  test('of another dataset than Sentiment140 nothing by default either', async () => {
    expect((await specOf(undefined, MINE)).rules).toEqual({ maxLeakFraction: LEAK, columns: [] });
  });

  test('of Sentiment140 its numbers', async () => {
    const { rules } = await specOf(undefined, 'backend: local\n');
    const origin = 'default of Sentiment140';
    expect(rules).toMatchObject({
      minRows: { value: 1_500_000, origin },
      maxNullFraction: { value: 0.01, origin },
      minLabelFraction: { value: 0.4, origin },
    });
  });

  test('who demanded it is told: the file, a variable, --set, a flag; the strongest counts', async () => {
    const yaml = 'dataset: { checks: { minRows: 10, maxRows: 20, maxBadFraction: 0, maxDuplicateFraction: 0.5 } }\n';
    const { rules } = await specOf('a.csv', yaml, {
      env: { SENTOPS_DATASET_CHECKS_MAX_ROWS: '30' },
      set: ['dataset.checks.maxBadFraction=0.1'],
      flags: { 'dataset.checks.maxDuplicateFraction': { flag: '--max-duplicates', value: 0.2 } },
    });
    expect(rules).toMatchObject({
      minRows: { value: 10, origin: 'dataset.checks.minRows in sentops.yaml' },
      maxRows: { value: 30, origin: expect.stringContaining('SENTOPS_DATASET_CHECKS_MAX_ROWS') },
      maxBadFraction: { value: 0.1, origin: expect.stringContaining('--set') },
      maxDuplicateFraction: { value: 0.2, origin: '--max-duplicates' },
    });
  });

  test('labels and values may be numbers in YAML, and are compared as the file writes them', async () => {
    const yaml =
      'dataset: { checks: { labels: [0, "4"], columns: { stars: { values: [1, 2.5, x], required: false } } } }\n';
    const { rules } = await specOf('a.csv', yaml);
    expect(rules.labels?.value).toEqual(['0', '4']);
    expect(rules.columns).toEqual([
      {
        name: 'stars',
        required: false,
        values: ['1', '2.5', 'x'],
        origin: 'dataset.checks.columns.stars in sentops.yaml',
      },
    ]);
  });

  test('a rule for a column has what was written and nothing else', async () => {
    const rule =
      '{ type: number, maxNullFraction: 0, unique: true, min: 0, max: 9, minLength: 1, maxLength: 3, pattern: "^a" }';
    const { rules } = await specOf('a.csv', `dataset: { checks: { columns: { x: ${rule} } } }\n`);
    expect(rules.columns[0]).toEqual({
      ...{
        name: 'x',
        required: true,
        origin: 'dataset.checks.columns.x in sentops.yaml',
        type: 'number',
        unique: true,
      },
      ...{ maxNullFraction: 0, min: 0, max: 9, minLength: 1, maxLength: 3, pattern: /^a/u },
    });
  });

  test.each([
    ['minRows: -1', 'minRows'],
    ['maxNullFraction: 1.5', 'maxNullFraction'],
    ['columns: { x: { type: float } }', 'columns.x.type'],
    ['columns: { x: { typ: text } }', '"typ"'],
    ['labels: []', 'labels'],
  ])('%s is refused as a fault of the project file', async (checks, place) => {
    await expect(specOf('a.csv', `dataset: { checks: { ${checks} } }\n`)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(place),
    });
  });
});
