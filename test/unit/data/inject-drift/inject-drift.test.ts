import { describe, expect, test } from 'vitest';
import { addNoise, shiftVocabulary, shorten } from '../../../../src/lib/data/inject-drift/drift-text.ts';
import { type DriftKind, injectDrift } from '../../../../src/lib/data/inject-drift/inject-drift.ts';
import { createRandom } from '../../../../src/lib/data/random.ts';
import { useRowTools } from '../../../helpers/row-tools.ts';

const bench = useRowTools();
type More = Parameters<typeof bench.request>[1] & { strength?: number; seed?: number };

const inject = (input: string, output: string, kind: DriftKind, more: More = {}) => {
  const { strength = 0.5, seed = 42, ...request } = more;
  return injectDrift({ ...bench.request(bench.at(input), request), output, kind, strength, seed });
};

const TEXT = 'The battery of this phone lasts about two days, and I like it very much!';
const wordsOf = (text: string) => text.toLowerCase().match(/[a-z']+/g) ?? [];
const random = () => createRandom(1, 6);

describe('texts', () => {
  test('of no strength stay as they are', () => {
    for (const drift of [shiftVocabulary, shorten, addNoise]) expect(drift(TEXT, 0, random())).toBe(TEXT);
  });

  test('vocabulary: all words are new, the same one always the same, the rest stays', () => {
    const once = shiftVocabulary(`${TEXT} THE battery`, 1, random());
    const [words, before] = [wordsOf(once), wordsOf(TEXT)];
    for (const word of before) expect(words).not.toContain(word);
    expect(words.at(-1)).toBe(words[1]);
    expect(words.at(-2)).toBe(words[0]);
    expect(once.replaceAll(/[a-z']+/gi, '')).toBe(`${TEXT} THE battery`.replaceAll(/[a-z']+/gi, ''));
    expect(once).toMatch(/^[A-Z][a-z]/);
  });

  test('vocabulary: at half strength about half of them', () => {
    const long = `${TEXT} `.repeat(100);
    const [before, after] = [wordsOf(long), wordsOf(shiftVocabulary(long, 0.5, random()))];
    const changed = after.filter((word, index) => word !== before[index]).length / before.length;
    expect(changed).toBeGreaterThan(0.45);
    expect(changed).toBeLessThan(0.55);
  });

  test.for([
    [0.5, 8],
    [1, 1],
    [0.01, 15],
  ])('length: strength %s keeps %s of 15 words', ([strength, kept]) => {
    const short = shorten(TEXT, strength as number, random());
    expect(TEXT.startsWith(short)).toBe(true);
    expect(wordsOf(short)).toHaveLength(kept as number);
  });

  test('length: one word is left of a text, and nothing of what has none', () => {
    expect(shorten('one', 1, random())).toBe('one');
    expect(shorten('!?', 1, random())).toBe('!?');
  });

  test('noise: every word is another one by a letter or two, also beyond ASCII', () => {
    const text = 'good aaa é 日本 😀 Zoo I';
    for (let seed = 0; seed < 200; seed++) {
      const noisy = addNoise(text, 1, createRandom(seed, 6));
      const [before, after] = [text.split(' '), noisy.split(' ')];
      expect(after).toHaveLength(before.length);
      for (const [index, word] of after.entries()) {
        if (word !== '😀') expect(word).not.toBe(before[index]);
        expect(Math.abs(word.length - (before[index]?.length ?? 0))).toBeLessThanOrEqual(1);
      }
      expect(noisy.isWellFormed()).toBe(true);
    }
  });
});

describe('tables', () => {
  const rows = Array.from({ length: 900 }, (_, row) => ({
    id: row,
    text: `${TEXT} (${row})`,
    label: row % 3 === 0 ? 'bad' : 'good',
  }));
  const file = () => bench.write('a.jsonl', rows.map(row => `${JSON.stringify(row)}\n`).join(''));

  test.for(['vocabulary', 'length', 'noise'] as const)('%s changes texts and nothing else', async kind => {
    file();
    const result = await inject('a.jsonl', 'b.jsonl', kind, { strength: 0.3 });
    const after = await bench.records('b.jsonl');
    expect(after.map(({ id, label }) => ({ id, label }))).toEqual(rows.map(({ id, label }) => ({ id, label })));
    expect(after.filter(({ text }, row) => text !== rows[row]?.text)).toHaveLength(result.changed);
    expect(result.changed).toBeGreaterThan(850);
    expect(result).toMatchObject({ dropped: 0, before: { rows: 900 }, after: { rows: 900 }, written: true });
  });

  test('lengths are counted in code points, as text_len is', async () => {
    bench.write('a.csv', 'text,label\n😀😀 ab,0\néé,1\n');
    const { before } = await inject('a.csv', 'b.csv', 'noise', { strength: 0 });
    expect(before.textLength).toBe(3.5);
  });

  test('what is told of both sides is what a monitor would see', async () => {
    file();
    const { before, after } = await inject('a.jsonl', 'b.jsonl', 'length', { strength: 0.5 });
    expect(before.wordCount).toBe(16);
    expect(after.wordCount).toBeLessThan(10);
    expect(after.textLength).toBeLessThan(before.textLength * 0.6);
    expect(after.labels).toEqual({ bad: 300, good: 600 });
  });

  test('label: others are left out, so that the rarest grows; what stays is true', async () => {
    file();
    const result = await inject('a.jsonl', 'b.csv', 'label', { strength: 0.5 });
    expect(result.after.labels['bad']).toBe(300);
    expect(result.after.labels['good']).toBeGreaterThan(250);
    expect(result.after.labels['good']).toBeLessThan(350);
    expect(result.dropped).toBe(900 - result.after.rows);
    const after = await bench.records('b.csv');
    expect(after).toHaveLength(result.after.rows);
    for (const { id, text, label } of after) expect({ id: Number(id), text, label }).toEqual(rows[Number(id)]);
  });

  test('label: of one label only there is no balance', async () => {
    bench.write('a.jsonl', '{"text":"a","label":1}\n'.repeat(10));
    await expect(inject('a.jsonl', 'b.jsonl', 'label')).rejects.toMatchObject({ code: 'DATA_INVALID' });
  });

  test('the same seed gives the same rows, in any format; another one does not', async () => {
    file();
    await inject('a.jsonl', 'b.jsonl', 'noise');
    await inject('a.jsonl', 'c.parquet', 'noise');
    await inject('a.jsonl', 'd.jsonl', 'noise', { seed: 43 });
    expect(await bench.records('c.parquet')).toEqual(await bench.records('b.jsonl'));
    expect(bench.text('d.jsonl')).not.toBe(bench.text('b.jsonl'));
  });

  test('a row drifts alike whatever stands before it has for a text', async () => {
    bench.write('a.csv', `text,label\nshort,1\n"${TEXT}",0\n`);
    bench.write('b.csv', `text,label\n"${TEXT} ${TEXT}",1\n"${TEXT}",0\n`);
    await inject('a.csv', 'c.csv', 'noise');
    await inject('b.csv', 'd.csv', 'noise');
    expect(bench.text('c.csv').split('\n')[2]).toBe(bench.text('d.csv').split('\n')[2]);
  });

  test('rows without a text pass', async () => {
    bench.write('a.csv', 'text,label\n,1\nsome text,0\n,1\n');
    const { changed } = await inject('a.csv', 'b.csv', 'vocabulary', { strength: 1 });
    expect(changed).toBe(1);
    expect(bench.text('b.csv').split('\n')[1]).toBe(',1');
  });
});
