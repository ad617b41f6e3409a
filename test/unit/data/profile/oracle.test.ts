import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { silent } from '../../../../src/lib/core/report.ts';
import type { Input } from '../../../../src/lib/data/open-input.ts';
import { type ProfileRequest, profileTable, readOtherTexts } from '../../../../src/lib/data/profile/profile-table.ts';
import { open } from '../tables.ts';

type Row = readonly [text: string | null, label: string | null, other: string | null];

const known = fc.constantFrom('good', 'bad', 'so so', ' ', 'NaN', 'a@b.org', 'x <br> y', 'Привет', 'ok 😀');
const anything = fc.string({ unit: 'grapheme', maxLength: 20 }).map(each => each.replaceAll(/[\0\ufeff]/g, ''));
const text: fc.Arbitrary<string> = fc.oneof(known, known, known, anything);
const anyRow = fc.tuple(
  fc.option(text),
  fc.option<string>(fc.constantFrom('0', '1', ' 1', ' ')),
  fc.option<string>(fc.constantFrom('1', '2.5', 'x', '-3', '')),
);
/** Both labels are there, so that they can be read. */
const anyRows = fc
  .array(anyRow, { maxLength: 40 })
  .map((rows): Row[] => [['first', '0', '7'], ['second', '1', '8'], ...rows]);

const SPACE = /^[ \t-\r]*$/;
const isBlank = (value: string | null) => value === null || SPACE.test(value);

/** What the profile must say, by strings and maps. */
function expectedOf(rows: readonly Row[]) {
  const texts = rows.map(([value]) => value).filter((value): value is string => !isBlank(value));
  const lengths = texts.map(value => Array.from(value).length);
  const labelOf = (label: string | null) => (isBlank(label) ? null : (label as string).trim());
  const labelsByText = new Map<string, Set<string>>();
  for (const [value, label] of rows) {
    if (isBlank(value)) continue;
    const known = labelsByText.get(value as string) ?? new Set();
    const named = labelOf(label);
    if (named !== null) known.add(named);
    labelsByText.set(value as string, known);
  }
  const mixed = texts.filter(value => (labelsByText.get(value)?.size ?? 0) > 1);
  const labels = rows.flatMap(([, label]) => labelOf(label) ?? []);
  const others = rows.map(([, , other]) => other).filter(value => !isBlank(value));
  return {
    rows: rows.length,
    incomplete: rows.filter(([value, label]) => isBlank(value) || isBlank(label)).length,
    blank: rows.length - texts.length,
    least: Math.min(...lengths),
    most: Math.max(...lengths),
    words: texts.reduce((sum, value) => sum + value.split(/[ \t-\r]+/).filter(word => word !== '').length, 0),
    distinct: labelsByText.size,
    repeated: texts.length - labelsByText.size,
    contradictingTexts: new Set(mixed).size,
    contradictingRows: mixed.length,
    labels: { 0: labels.filter(label => label === '0').length, 1: labels.filter(label => label === '1').length },
    otherNulls: rows.length - others.length,
    otherDistinct: new Set(others).size,
    mails: texts.filter(value => value.includes('a@b.org')).length,
  };
}

async function profileOf(rows: readonly Row[], more: Partial<ProfileRequest> = {}) {
  const request = {
    labels: null,
    rules: {},
    against: null,
    signal: new AbortController().signal,
    report: silent,
    ...more,
  };
  const profile = await profileTable(await inputOf(rows), request);
  const [, , other] = profile.columns;
  return {
    profile,
    found: {
      rows: profile.rows,
      incomplete: profile.incomplete,
      blank: profile.text.blank,
      least: profile.text.characters.min,
      most: profile.text.characters.max,
      words: Math.round(profile.text.words.mean * (profile.rows - profile.text.blank)),
      distinct: profile.duplicates.distinct,
      repeated: profile.duplicates.rows,
      contradictingTexts: profile.duplicates.contradictingTexts,
      contradictingRows: profile.duplicates.contradictingRows,
      labels: profile.labels,
      otherNulls: other?.nulls,
      otherDistinct: other?.distinct,
      mails: profile.personal.find(({ name }) => name === 'mail')?.rows ?? 0,
    },
  };
}

async function inputOf(rows: readonly Row[]): Promise<Input> {
  const lines = rows.map(([value, label, other]) => `${JSON.stringify({ text: value, label, other })}\n`);
  const table = await open(lines.join(''), {}, 'rows.jsonl');
  return { location: 'rows.jsonl', table, again: null, describe: () => 'JSON lines' };
}

describe('the profile of any rows', () => {
  test('is what strings and maps give', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, async rows => {
        expect((await profileOf(rows)).found).toEqual(expectedOf(rows));
      }),
      { numRuns: 150 },
    );
  });

  test('each row is of one script or blank, and no share is above one', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, async rows => {
        const { profile } = await profileOf(rows);
        const scripted = profile.scripts.reduce((sum, each) => sum + each.rows, 0);
        expect(scripted + profile.text.blank).toBe(rows.length);
        for (const { rows: count, share, examples } of [...profile.anomalies, ...profile.personal]) {
          expect(share).toBe(count / rows.length);
          expect(examples.length).toBe(Math.min(3, count));
          for (const { row } of examples) expect(row).toBeLessThanOrEqual(rows.length);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('the texts that it shares with another file are those of a set', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, anyRows, async (rows, others) => {
        const signal = new AbortController().signal;
        const against = await readOtherTexts(await inputOf(others), { signal, report: silent });
        const known = new Set(others.map(([value]) => value).filter(value => !isBlank(value)));
        const { profile } = await profileOf(rows, { against });
        expect(against.rows).toBe(others.length);
        expect(profile.leakage?.rows).toBe(rows.filter(([value]) => known.has(value)).length);
      }),
      { numRuns: 60 },
    );
  });
});
