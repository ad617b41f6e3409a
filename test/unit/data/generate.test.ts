import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { generateReviews, type ReviewsRequest } from '../../../src/lib/data/generate/generate-reviews.ts';
import { addTypos } from '../../../src/lib/data/generate/typos.ts';
import { type GenerateRequest, writeReviews } from '../../../src/lib/data/generate/write-reviews.ts';
import { openSource } from '../../../src/lib/data/open-source.ts';
import { openTable } from '../../../src/lib/data/open-table.ts';
import { createRandom } from '../../../src/lib/data/random.ts';
import { failure, readAll } from './tables.ts';

const make = (request: Partial<ReviewsRequest> = {}) => [
  ...generateReviews({ rows: 2000, seed: 1, classes: 2, ...request }),
];

/** Naive Bayes over words, trained on the first three quarters: the accuracy on the rest. */
function learn(reviews: ReturnType<typeof make>, cut = Math.floor(reviews.length * 0.75)): number {
  const labels = [...new Set(reviews.map(({ label }) => label))].sort();
  const words = (text: string) => [...new Set(text.toLowerCase().split(/\W+/))];
  const counts = new Map<string, number[]>();
  const totals = labels.map(() => 1);
  for (const { text, label } of reviews.slice(0, cut)) {
    const at = labels.indexOf(label);
    for (const word of words(text)) {
      const row = counts.get(word) ?? labels.map(() => 0.5);
      row[at] = (row[at] ?? 0) + 1;
      counts.set(word, row);
      totals[at] = (totals[at] ?? 0) + 1;
    }
  }
  const rest = reviews.slice(cut);
  const score = (text: string, at: number) =>
    words(text).reduce((sum, word) => sum + Math.log((counts.get(word)?.[at] ?? 0.5) / (totals[at] ?? 1)), 0);
  const best = (text: string) => {
    const scores = labels.map((_, at) => score(text, at));
    return labels[scores.indexOf(Math.max(...scores))];
  };
  return rest.filter(({ text, label }) => best(text) === label).length / rest.length;
}

describe('synthetic reviews', () => {
  test('are the same for the same seed, and fewer are the beginning of more', () => {
    expect(make({ rows: 50 })).toEqual(make().slice(0, 50));
    expect(make({ rows: 50, seed: 2 })).not.toEqual(make({ rows: 50 }));
    expect(make({ rows: 50, seed: 1 + 2 ** 32 })).not.toEqual(make({ rows: 50 }));
  });

  test('are varied: hardly one comes twice, and negations, contrasts, typing errors and emoji are among them', () => {
    const texts = make({ rows: 5000 }).map(({ text }) => text);
    expect(new Set(texts).size).toBeGreaterThan(4500);
    for (const sign of [
      / not /,
      /, (but|although|however) /,
      /[\u{1f300}-\u{1faff}]/u,
      /!!!/,
      /^[^a-z]+$/,
      /^[^A-Z]+$/,
    ]) {
      const share = texts.filter(text => sign.test(text)).length / texts.length;
      expect(share, String(sign)).toBeGreaterThan(0.005);
      expect(share, String(sign)).toBeLessThan(0.5);
    }
    expect(texts.every(text => text.length > 5 && text.trim() === text && !text.includes('undefined'))).toBe(true);
  });

  test.each([2, 3, 4, 5])('of %i classes can be learned, but not without mistakes', classes => {
    const accuracy = learn(make({ rows: 8000, classes }));
    expect(accuracy).toBeGreaterThan(classes < 5 ? 0.8 : 0.7);
    expect(accuracy).toBeLessThan(0.97);
  });

  test('have the shares of labels and of wrong labels that were asked for', () => {
    const share = (label: string, request: Partial<ReviewsRequest>) =>
      make({ rows: 8000, ...request }).filter(review => review.label === label).length / 8000;
    expect(share('positive', {})).toBeCloseTo(0.5, 1);
    expect(share('positive', { positiveShare: 0.9 })).toBeCloseTo(0.9, 1);
    expect(share('neutral', { classes: 3, positiveShare: 0.8 })).toBeCloseTo(0.1, 1);
    const right = make({ rows: 8000, classes: 3 });
    const wrong = make({ rows: 8000, classes: 3, labelNoise: 0.2 });
    expect(wrong.map(({ text }) => text)).toEqual(right.map(({ text }) => text));
    expect(wrong.filter(({ label }, row) => label !== right[row]?.label).length / 8000).toBeCloseTo(0.2, 1);
  });

  test('come in two to five classes', () => {
    expect(() => make({ classes: 1 })).toThrow(RangeError);
    expect(() => make({ classes: 6 })).toThrow(RangeError);
  });

  test('typing errors change a letter or two of some words and leave short ones alone', () => {
    const random = createRandom(1, 1);
    const words = 'wonderful evening indeed'.split(' ');
    const changed = Array.from({ length: 400 }, () => addTypos(words.join(' '), random)).filter(
      text => text !== words.join(' '),
    );
    expect(changed.length).toBeGreaterThan(5);
    expect(changed.length).toBeLessThan(80);
    for (const text of changed) expect(Math.abs(text.length - words.join(' ').length)).toBeLessThan(3);
    for (let i = 0; i < 200; i++) expect(addTypos('it is so 100% ok', random)).toBe('it is so 100% ok');
  });
});

describe('writing them', () => {
  let dir: string;
  beforeEach(() => {
    dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-generate-'));
  });
  afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

  const request = (output: string, more: Partial<GenerateRequest> = {}): GenerateRequest => ({
    rows: 300,
    seed: 5,
    classes: 2,
    cwd: dir,
    output,
    force: false,
    dryRun: false,
    signal: new AbortController().signal,
    report: () => {},
    stream: async () => {},
    ...more,
  });
  async function* nothing() {}
  const read = async (file: string) => readAll(await openTable(await openSource(file, { cwd: dir, stdin: nothing() })));

  test.each(['a.csv', 'a.jsonl', 'sub/a.csv.gz', 'a.ndjson.zst'])('%s holds what was told', async name => {
    const result = await writeReviews(request(name));
    expect(result).toMatchObject({ path: path.join(dir, name), rows: 300, seed: 5, synthetic: true, written: true });
    const rows = await read(name);
    expect(rows).toEqual(make({ rows: 300, seed: 5 }).map(({ text, label }) => [text, label]));
    const positive = rows.filter(([, label]) => label === 'positive').length;
    expect(result.labels).toEqual({ negative: 300 - positive, positive });
  });

  test('a file that is there stays, unless it is to be replaced', async () => {
    fs.writeFileSync(path.join(dir, 'a.csv'), 'mine');
    expect(await failure(writeReviews(request('a.csv')))).toMatch(/^CONFLICT a.csv is there already .* --force/);
    expect(fs.readFileSync(path.join(dir, 'a.csv'), 'utf8')).toBe('mine');
    await writeReviews(request('a.csv', { force: true, rows: 3 }));
    expect((await read('a.csv')).length).toBe(3);
  });

  test('an abort leaves nothing behind, a trial run writes nothing', async () => {
    const abort = new AbortController();
    let pieces = 0;
    const report = () => {
      if (++pieces === 2) abort.abort(new Error('enough'));
    };
    await expect(writeReviews(request('a.csv.gz', { rows: 200_000, signal: abort.signal, report }))).rejects.toThrow(
      'enough',
    );
    expect(await writeReviews(request('b.csv', { dryRun: true }))).toMatchObject({ written: false, rows: 300 });
    expect(fs.readdirSync(dir)).toEqual([]);
  });

  test('a name that does not say its type is refused, and taken where the type is told', async () => {
    expect(await failure(writeReviews(request('reviews')))).toMatch(/^FLAG_INVALID/);
    await writeReviews(request('reviews', { type: 'jsonl', rows: 2 }));
    expect(fs.readFileSync(path.join(dir, 'reviews'), 'utf8').split('\n').length).toBe(3);
  });

  test('- gives the lines to the stream', async () => {
    const lines: Uint8Array[] = [];
    const stream = async (some: Uint8Array) => void lines.push(some);
    expect(await writeReviews(request('-', { rows: 2, stream }))).toMatchObject({ path: '-', rows: 2 });
    expect(Buffer.concat(lines).toString()).toMatch(/^text,label\n.+,(positive|negative)\n.+,(positive|negative)\n$/);
  });
});
