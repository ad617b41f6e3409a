import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileModel } from '../../src/lib/model/compile/compile.ts';
import { loadModel } from '../../src/lib/model/load.ts';
import { differingRows, largestError, type ScoreBits, scoreAsColumn, scoreTexts } from '../helpers/score-bits.ts';
import { type ParityRow, renderParity } from './parity-page.ts';

/**
 * Models that a real Spark fitted, saved and scored (scripts/golden.ts). A new case is a new folder. Everything is
 * compared bit by bit; docs/parity.md is written from what is counted here.
 */
const folder = path.join(import.meta.dirname, 'spark');
const KINDS = ['ordinary', 'nasty'] as const;
type Kind = (typeof KINDS)[number];

const texts = Object.fromEntries(
  KINDS.map(kind => [kind, readJson(path.join(folder, 'rows', `${kind}.json`))]),
) as Record<Kind, readonly string[]>;
const names = fs
  .readdirSync(folder)
  .filter(name => fs.existsSync(path.join(folder, name, 'expected.json')))
  .sort();

function readJson(file: string): unknown {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}

/** Rows whose last bits are not Spark's: votes of boosted trees are summed in lanes (docs/parity.md). */
const LAST_BITS: Readonly<Record<string, Record<Kind, number>>> = {
  '3.3-boosted': { ordinary: 51, nasty: 159 },
};

const parity: ParityRow[] = [];

describe.each(names)('%s', name => {
  const expected = readJson(path.join(folder, name, 'expected.json')) as Record<Kind, ScoreBits>;
  const counted: Record<Kind, number> = { ordinary: 0, nasty: 0 };
  parity.push({ name, rows: { ordinary: texts.ordinary.length, nasty: texts.nasty.length }, differing: counted });
  const open = async () => compileModel(await loadModel(path.join(folder, name, 'model')));

  test.each(KINDS)('every double of every row is the one that Spark computed: %s', async kind => {
    const scorer = await open();
    const ours = scoreTexts(scorer, texts[kind]);
    const differing = differingRows(ours, expected[kind]);
    counted[kind] = differing.length;
    expect(expected[kind].prediction.length).toBe(texts[kind].length);
    const listed = LAST_BITS[name];
    if (listed) {
      expect(differing.length).toBe(listed[kind]);
      expect(ours.prediction).toEqual(expected[kind].prediction);
      expect(largestError(ours, expected[kind])).toBeLessThan(1e-15);
    } else {
      expect(differing.map(row => texts[kind][row])).toEqual([]);
    }
  });

  test('scoring UTF-8 bytes is scoring the text, nasty rows included', async () => {
    const scorer = await open();
    // Bytes cannot hold half a surrogate pair: such a row is read with a replacement character.
    const readable = [...texts.ordinary, ...texts.nasty].map(text => text.toWellFormed());
    expect(differingRows(scoreAsColumn(scorer, readable), scoreTexts(scorer, readable))).toEqual([]);
  });
});

test('a pipeline that was never fitted is refused with a reason', async () => {
  await expect(loadModel(path.join(folder, '4.3-unfitted', 'model'))).rejects.toMatchObject({
    code: 'DATA_INVALID',
    message: expect.stringMatching(/fitted/i),
  });
});

test('docs/parity.md says what was measured', async () => {
  expect(parity.length).toBe(names.length);
  expect(names.length).toBeGreaterThan(70);
  await expect(renderParity(parity)).toMatchFileSnapshot('../../docs/parity.md');
});
