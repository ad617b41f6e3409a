import { describe, expect, test } from 'vitest';
import {
  renderConversion,
  renderDifference,
  renderInspection,
  renderVerification,
} from '../../../../src/cli/views/model.ts';
import type { ModelDifference } from '../../../../src/lib/model/diff.ts';
import type { Inspection } from '../../../../src/lib/model/inspect.ts';
import type { Verification } from '../../../../src/lib/model/verify.ts';
import { draw, widthOf } from './draw.ts';

const INSPECTION: Inspection = {
  path: 'models/best',
  format: 'mlflow',
  bytes: 1_234_567,
  files: 1,
  name: 'naivebayes',
  version: null,
  writtenBy: 'sentops 1.0.0',
  createdAt: '2026-01-02T03:04:05Z',
  trainedOn: { file: 'rows.csv', rows: 1000, sha256: 'ab' },
  seed: 1,
  gitCommit: null,
  labels: ['negative', 'positive'],
  labelMapping: { 0: 'negative', 2: null, 4: 'positive' },
  calibration: { slope: -1.5, offset: 0.25 },
  stages: [
    {
      index: 0,
      kind: 'HashingTF',
      uid: 'h',
      params: { inputCol: 'words', outputCol: 'tf', numFeatures: 1024, binary: false, x: null },
      arrays: [],
    },
    {
      index: 1,
      kind: 'LogisticRegression',
      uid: 'l',
      params: { threshold: 0.5, family: 'auto' },
      arrays: [
        { name: 'coefficients', length: 1024, nonzero: 37, rows: 1, columns: 1024 },
        { name: 'intercepts', length: 1, nonzero: 1 },
        { name: 'stopWords', length: 181, nonzero: null },
      ],
    },
  ],
  topFeatures: [
    { label: 'positive', features: [{ index: 12, weight: 1.23456, tokens: ['great', 'groovy'] }] },
  ] as never,
};

describe('a model that is looked at', () => {
  test('says what it is, where it comes from and what is in it', async () => {
    const { text } = await draw(renderInspection, INSPECTION, 160);
    expect(text).toMatch(/form: +MLflow folder, 1 file, 1235 kB/);
    expect(text).toMatch(/trained on: +rows\.csv, 1,000 rows/);
    expect(text).toMatch(/read as: +0 = negative, 2 = left out, 4 = positive/);
    expect(text).toContain('1 / (1 + exp(-1.5 · raw + 0.25))');
    expect(text).toMatch(/0 +HashingTF +- +numFeatures=1024 binary=false\n/);
    expect(text).toMatch(
      /coefficients 1 × 1,024 \(37 not zero\), intercepts 1, stopWords 181 +threshold=0\.5 family=auto/,
    );
    expect(text).toMatch(/Speaks most for positive\nfeature +weight +tokens\n +12 +1\.235 +great \| groovy\n/);
  });

  test('leaves out what is not known', async () => {
    const bare = {
      ...INSPECTION,
      name: null,
      writtenBy: null,
      createdAt: null,
      trainedOn: null,
      labelMapping: null,
      calibration: null,
      topFeatures: null,
    };
    const { text } = await draw(renderInspection, bare, 160);
    expect(text).not.toMatch(/name:|written by|created|trained on|read as|calibration|Speaks|null|undefined/);
  });

  test.each([
    [9999, '9999 B'],
    [10_000, '10 kB'],
    [9_999_400, '9999 kB'],
    [25_000_000, '25.0 MB'],
  ])('%i bytes are %s', async (bytes, shown) => {
    expect((await draw(renderInspection, { ...INSPECTION, bytes }, 160)).text).toContain(`1 file, ${shown}`);
  });

  test.each([40, 80])('fits a terminal of %i columns', async width => {
    expect(widthOf((await draw(renderInspection, INSPECTION, width)).lines)).toBeLessThanOrEqual(width);
  });
});

describe('a model that is compared with Spark', () => {
  const result = (mismatches: number, examples: unknown[] = []): Verification =>
    ({
      path: 'm',
      against: 'Spark 4.3.0',
      stages: [],
      parity: {
        rows: 5,
        mismatches,
        maxUlp: mismatches > 0 ? 1 : 0,
        columns: [
          { name: 'prediction', rows: 5, mismatches: 0, maxUlp: 0 },
          { name: 'probabilities', rows: 5, mismatches, maxUlp: mismatches > 0 ? null : 0 },
        ],
        examples,
      },
    }) as never;

  test('and gives the same says so', async () => {
    const { text } = await draw(renderVerification, result(0));
    expect(text).toContain('✔ Every double is the same, to the last bit.');
    expect(text).not.toContain('Examples');
  });

  test('and differs shows where, with both values', async () => {
    const examples = [{ row: 3, column: 'probabilities', ours: [0.1, 0.9], theirs: null, text: 'a\nb' }];
    const { text } = await draw(renderVerification, result(1, examples), 120);
    expect(text).not.toContain('✔');
    expect(text).toMatch(/probabilities +5 +1 +no number/);
    expect(text).toMatch(/Examples\nrow +column +here +there +text\n +3 +probabilities +\[0\.1,0\.9\] +null +a/);
  });
});

test('a conversion says what was written, or would be', async () => {
  const conversion = {
    from: { path: 'a', format: 'spark' as const },
    to: { path: 'b', format: 'native' as const },
    files: [{ path: 'model.sentops', bytes: 20_000 }],
    stages: [],
    written: true,
  };
  const { text } = await draw(renderConversion, conversion);
  expect(text).toMatch(/^✔ Wrote b \(our own\) from a \(Spark pipeline\)\n/);
  expect(text).toMatch(/model\.sentops +20 kB/);
  expect(text).toContain('sentops model inspect b');
  const dry = (await draw(renderConversion, { ...conversion, written: false })).text;
  expect(dry).toMatch(/^Would write b/);
  expect(dry).not.toContain('Next');
});

describe('two models side by side', () => {
  const SAME: ModelDifference = {
    from: 'a',
    to: 'b',
    same: true,
    labels: null,
    calibrationChanged: false,
    stages: [],
    predictions: null,
  };

  test('that are the same', async () => {
    expect((await draw(renderDifference, SAME)).text).toContain('✔ The two are the same, to the last bit.');
  });

  test('that differ in everything', async () => {
    const { text } = await draw(
      renderDifference,
      {
        ...SAME,
        same: false,
        labels: { from: ['a', 'b'], to: ['b', 'a'] },
        calibrationChanged: true,
        stages: [
          {
            index: 2,
            from: 'HashingTF',
            to: 'HashingTF',
            params: [{ name: 'numFeatures', from: 16, to: 32 }],
            arrays: [],
          },
          {
            index: 3,
            from: 'IDF',
            to: null,
            params: [],
            arrays: [
              {
                name: 'idf',
                fromLength: 1600,
                toLength: 1600,
                changed: 1200,
                maxDifference: 0.012345,
                relativeDistance: 0.5,
              },
              {
                name: 'docFreq',
                fromLength: 1600,
                toLength: 10,
                changed: null,
                maxDifference: null,
                relativeDistance: null,
              },
            ],
          },
        ] as never,
        predictions: {
          rows: 1,
          changed: 1,
          maxProbabilityChange: 0.25,
          moves: [{ from: 'a', to: 'b', rows: 1 }],
          examples: [{ row: 0, text: 'hm', from: 'a', to: 'b' }],
        },
      },
      120,
    );
    expect(text).not.toContain('✔');
    expect(text).toMatch(/labels: +a, b → b, a/);
    expect(text).toContain('The calibration differs.');
    expect(text).toContain('Stage 2: HashingTF\n  numFeatures: 16 → 32');
    expect(text).toContain(
      'Stage 3: IDF → none\n  idf: 1,200 of 1,600 entries differ, by at most 0.0123 (relative distance 0.500)',
    );
    expect(text).toContain('docFreq: 1,600 → 10 entries');
    expect(text).toMatch(/changed: +1 of 1 row\n/);
    expect(text).toContain('  a → b: 1 row\n');
    expect(text).toMatch(/row +was +is +text\n +0 +a +b +hm\n/);
  });
});
