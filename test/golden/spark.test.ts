import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileModel } from '../../src/lib/model/compile/compile.ts';
import { loadModel } from '../../src/lib/model/load.ts';
import { differingRows, largestErrors, type ScoreBits, scoreAsColumn, scoreTexts } from '../helpers/score-bits.ts';
import { readLiveParity } from './live-parity.ts';
import { KINDS, type Kind, type ParityRow, renderParity } from './parity-page.ts';

/**
 * Models that a real Spark fitted, saved and scored (scripts/golden.ts). A new case is a new folder. Everything is
 * compared bit by bit; docs/parity.md is written from what is counted here.
 */
const folder = path.join(import.meta.dirname, 'spark');

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

/** How many rows have other last bits than Spark's, which multiplies dense vectors in lanes (docs/parity.md). */
const LAST_BITS: Readonly<Record<string, Record<Kind, number>>> = {
  '3.3-boosted': { ordinary: 51, nasty: 159 },
  '3.3-boosted-20': { ordinary: 33, nasty: 21 },
  '3.3-narrow': { ordinary: 32, nasty: 1 },
  '3.3-narrow-bayes-3': { ordinary: 14, nasty: 1 },
  '4.3-boosted-20': { ordinary: 30, nasty: 14 },
  '4.3-narrow': { ordinary: 32, nasty: 1 },
  '4.3-narrow-bayes-3': { ordinary: 51, nasty: 2 },
};

/** What was compared and came out as expected. */
const parity = new Map<string, Partial<Record<Kind, ParityRow[Kind]>>>();

describe.each(names)('%s', name => {
  const expected = readJson(path.join(folder, name, 'expected.json')) as Record<Kind, ScoreBits>;
  const open = async () => compileModel(await loadModel(path.join(folder, name, 'model')));

  test.each(KINDS)('every prediction is the one that Spark made, and every double but those listed: %s', async kind => {
    const scorer = await open();
    const ours = scoreTexts(scorer, texts[kind]);
    const differing = differingRows(ours, expected[kind]);
    const errors = largestErrors(ours, expected[kind]);
    expect(expected[kind].prediction.length).toBe(texts[kind].length);
    expect(ours.prediction).toEqual(expected[kind].prediction);
    const listed = LAST_BITS[name];
    if (listed) {
      expect(differing.length).toBe(listed[kind]);
      expect(errors.rawPrediction).toBeLessThan(1e-12);
      expect(errors.probability).toBeLessThan(1e-13);
    } else {
      expect(differing.map(row => texts[kind][row])).toEqual([]);
    }
    const measured = { rows: texts[kind].length, differing: differing.length, ...errors };
    parity.set(name, { ...parity.get(name), [kind]: measured });
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
  const measured = names.flatMap(name => {
    const { ordinary, nasty } = parity.get(name) ?? {};
    return ordinary && nasty ? [{ name, ordinary, nasty }] : [];
  });
  // Before the page: it is not written from a part of the tests, nor from tests that failed.
  expect(measured.map(({ name }) => name)).toEqual(names);
  expect(names.length).toBeGreaterThan(70);
  await expect(renderParity(measured, readLiveParity())).toMatchFileSnapshot('../../docs/parity.md');
});
