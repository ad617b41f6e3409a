import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SentopsError } from '../../../../src/lib/core/errors.ts';
import { parseFilter } from '../../../../src/lib/tracking/filter/parse-filter.ts';
import { type Clause, LANGUAGES, type LanguageName } from '../../../../src/lib/tracking/filter/types.ts';

/** Filters that MLflow 3.17's own client was asked about, with what it made of them; null where it refused. */
type Case = readonly [LanguageName, string, readonly (readonly [string, string, string, unknown])[] | null];
const CASES = JSON.parse(fs.readFileSync(path.join(import.meta.dirname, 'mlflow-cases.json'), 'utf8')) as Case[];

function parsed(language: LanguageName, text: string): unknown[][] | null {
  try {
    return parseFilter(language, text).map(toRow);
  } catch (error) {
    if (error instanceof SentopsError && error.code === 'FLAG_INVALID') return null;
    throw error;
  }
}

function toRow(clause: Clause): unknown[] {
  const given = 'value' in clause ? clause.value : 'values' in clause ? clause.values : null;
  const value = typeof given === 'bigint' ? String(given) : given;
  return [clause.kind, clause.key, clause.comparator, value];
}

function refusal(language: LanguageName, text: string): SentopsError {
  try {
    parseFilter(language, text);
  } catch (error) {
    if (error instanceof SentopsError) return error;
    throw error;
  }
  throw new Error(`${text} was taken`);
}

describe('what MLflow accepts and refuses', () => {
  test.each(LANGUAGES)('%s', language => {
    const own = CASES.filter(([of]) => of === language);
    expect(own.length).toBeGreaterThan(20);
    expect(own.some(([, , clauses]) => clauses === null) && own.some(([, , clauses]) => clauses !== null)).toBe(true);
    for (const [, text, clauses] of own) expect({ text, clauses: parsed(language, text) }).toEqual({ text, clauses });
  });

  test('a filter of nothing holds for everything', () => {
    for (const language of LANGUAGES) expect(parseFilter(language, ' \n ')).toEqual([]);
  });

  test('whole numbers beyond the doubles keep their digits, and fractions of them do not', () => {
    expect(parseFilter('runs', 'start_time > 9007199254740993')[0]).toMatchObject({ value: 9007199254740993n });
    expect(parseFilter('runs', 'metrics.a > 99999999999999999999')[0]).toMatchObject({ value: 1e20 });
    expect(parseFilter('modelVersions', "version_number = '12'")[0]).toMatchObject({ value: 12 });
  });
});

test('what there is, is named once', () => {
  expect(refusal('runs', 'accuracy > 1').hint).not.toMatch(/run name|created/i);
});

describe('a refusal points at the place', () => {
  test.each<[LanguageName, string, number, string, string]>([
    ['runs', 'metrcs.accuracy > 1', 1, 'unknown field "metrcs"', 'did you mean metrics?'],
    ['runs', "params.a = 'x' AND metrcs.a > 1", 20, 'unknown field "metrcs"', 'metrics'],
    ['runs', "attributes.statsu = 'x'", 12, 'unknown attribute "statsu"', 'did you mean status?'],
    ['runs', "stats = 'x'", 1, 'unknown attribute "stats"', 'did you mean status?'],
    ['runs', "metrics.a > 1 adn params.b = 'x'", 15, 'unknown attribute "adn"', 'did you mean AND?'],
    [
      'runs',
      'accuracy > 1',
      1,
      'unknown attribute "accuracy"',
      'a metric is called metrics.accuracy; what there is: run_id',
    ],
    ['runs', 'adn > 1', 1, 'unknown attribute "adn"', 'end_time, metrics.…, params.…, tags.…'],
    ['experiments', 'accuracy > 1', 1, 'unknown attribute "accuracy"', 'what there is: name'],
    ['runs', "dataset.nam = 'x'", 9, 'unknown dataset field "nam"', 'did you mean name?'],
    ['runs', 'metrics.a == 1', 11, '== does not work with metrics.a', 'did you mean =?'],
    ['runs', 'metrics.a <> 1', 11, '<> does not work', 'did you mean !=?'],
    ['runs', "params.a LIK 'x'", 10, 'LIK does not work', 'did you mean LIKE?'],
    ['runs', "params.a > 'x'", 10, '> does not work with params.a', '=, !=, LIKE, ILIKE, IS NULL, IS NOT NULL'],
    ['runs', "status IN ('a')", 8, 'IN does not work with status', 'LIKE'],
    ['runs', "run_id = 'a' OR run_id = 'b'", 14, 'there is no OR', "OR is not part of MLflow's filter language"],
    ['runs', "NOT params.a = 'x'", 1, 'NOT before a comparison', '!='],
    ['runs', '(metrics.a > 1)', 1, 'unexpected (', 'no groups'],
    ['runs', 'metrics.a > 1, metrics.b > 2', 14, 'unexpected ,', 'AND'],
    ['runs', 'metrics.a-b > 1', 10, 'unexpected "-"', 'backticks'],
    ['runs', 'params.a = x', 12, 'has no quotes', "did you mean 'x'?"],
    ['runs', 'params.a = `x`', 12, 'has no quotes', "did you mean 'x'?"],
    ['runs', "metrics.a > '1'", 13, 'compared with a number', 'without quotes'],
    ['runs', "params.a = 'x", 12, 'does not end', "close it with another '"],
    ['runs', 'params.a', 9, 'a comparator behind params.a is missing', 'params.a'],
    ['runs', 'params.a = ', 11, 'a value for params.a is missing', '^'],
    ['runs', "run_id IN 'a'", 11, 'a list of values is missing', "IN ('a', 'b')"],
    ['runs', 'run_id IN ()', 12, 'a list takes quoted texts', 'at least one value'],
    ['runs', "run_id IN ('a' b)", 16, 'a , or ) is missing', '^'],
    ['runs', "run_id = ('a')", 10, 'compared with one value', 'IN and NOT IN'],
    ['experiments', "attributes.name = 'x'", 1, 'unknown field "attributes"', 'did you mean attribute?'],
    ['experiments', 'creation_time > 1.5', 17, 'a whole number', '^'],
    ['experiments', "experiment_id = 'x'", 17, 'a whole number', '^'],
    ['experiments', "name > 'x'", 6, '> does not work with name', 'LIKE'],
    ['registeredModels', "version = '1'", 1, 'unknown attribute "version"', 'what there is: name'],
    ['modelVersions', "version = '1'", 1, 'unknown attribute "version"', 'version_number'],
    ['modelVersions', "version_number = '99999999999999999999'", 18, 'fits 64 bits', '^'],
    ['loggedModels', 'metric.a > 1', 1, 'unknown field "metric"', 'did you mean metrics?'],
    ['runs', "tags.é = '😀' and x.y = 1", 18, 'unknown field "x"', '^'],
  ])('%s: %s', (language, text, column, message, hint) => {
    const error = refusal(language, text);
    expect(error).toMatchObject({ code: 'FLAG_INVALID', details: { filter: text, column } });
    expect(error.message).toContain(`filter, column ${column}: `);
    expect(error.message).toContain(message);
    expect(error.hint).toContain(hint);
  });

  test('the hint shows the filter with a mark below the words', () => {
    const { hint } = refusal('runs', 'start_time > 1 AND metrcs.accuracy > 1');
    expect(hint.split('\n').slice(-2)).toEqual([
      '  start_time > 1 AND metrcs.accuracy > 1',
      `  ${' '.repeat(19)}${'^'.repeat(6)}`,
    ]);
  });

  test('of a long filter the surroundings are shown', () => {
    const { hint, details } = refusal('runs', `${"params.a = 'x' AND ".repeat(200)}foo.b = 1`);
    const [shown = '', mark = ''] = hint.split('\n').slice(-2);
    expect(shown.length).toBeLessThan(110);
    expect(shown.slice(mark.indexOf('^'), mark.indexOf('^') + 5)).toBe('foo.b');
    expect(details['column']).toBe(200 * 19 + 1);
  });

  test('names of the language itself are no fields by accident', () => {
    for (const name of ['constructor', '__proto__', 'toString'])
      expect(refusal('runs', `${name} = 'x'`).message).toContain('unknown attribute');
    expect(refusal('runs', "constructor.a = 'x'").message).toContain('unknown field');
  });

  test('a filter without end is refused before it costs time', () => {
    expect(refusal('runs', 'a'.repeat(200_000)).message).toContain('100000 characters');
  });
});

describe('texts', () => {
  test.each([
    [`params.a = 'it''s'`, `it''s`],
    [`params.a = "it's"`, `it's`],
    [`params.a = 'C:\\data\\'`, 'C:\\data\\'],
    [`params.a = ''`, ''],
    [`params.a = "a" `, 'a'],
    [`params.a = ' 1 AND x'`, ' 1 AND x'],
  ])('%s', (text, value) => {
    expect(parseFilter('runs', text)).toEqual([{ kind: 'param', key: 'a', comparator: '=', value }]);
  });

  test('in lists backslashes escape, as in Python', () => {
    const [clause] = parseFilter('runs', String.raw`run_id IN ('a\'b', "\n\x41\u00e9\101\q", 'c' 'd',)`);
    expect(clause).toMatchObject({ comparator: 'IN', values: ["a'b", '\nAéA\\q', 'cd'] });
  });

  test('keys keep everything behind the first dot', () => {
    const keys = ['metrics.a.b > 1', 'metrics.`a.b` > 1', 'metrics."a b/c" > 1', '`metrics`.x > 1'];
    expect(keys.map(text => parseFilter('runs', text)[0]?.key)).toEqual(['a.b', 'a.b', 'a b/c', 'x']);
  });
});

test('what is written is what is read, whatever keys and values are', () => {
  const key = fc.string({ minLength: 1, maxLength: 12 }).filter(text => !/[`"']/.test(text));
  const value = fc.string({ maxLength: 12 }).filter(text => !/['\\]/.test(text));
  const text = fc.record({
    kind: fc.constantFrom('param', 'tag'),
    key,
    comparator: fc.constantFrom('=', '!=', 'LIKE', 'ILIKE'),
    value,
  });
  const number = fc.record({
    kind: fc.constant('metric'),
    key,
    comparator: fc.constantFrom('=', '!=', '<', '<=', '>', '>='),
    value: fc.double({ noNaN: true, noDefaultInfinity: true }).filter(value => !String(value).includes('+')),
  });
  fc.assert(
    fc.property(fc.array(fc.oneof(text, number), { maxLength: 5 }), clauses => {
      const words = clauses.map(({ kind, key: name, comparator, value: given }) => {
        const shown = typeof given === 'string' ? `'${given}'` : String(given);
        return `${kind}s.\`${name}\` ${comparator} ${shown}`;
      });
      const read = parseFilter('runs', words.join(' and ')).map(toRow);
      const plain = (row: unknown[]) => row.map(part => (typeof part === 'number' ? String(part) : part));
      expect(read.map(plain)).toEqual(
        clauses.map(clause => plain([clause.kind, clause.key, clause.comparator, clause.value])),
      );
    }),
    { numRuns: 300 },
  );
});

test('whatever is typed, the answer is clauses or a place', () => {
  const pieces = fc.constantFrom(
    'metrics.a',
    "'x'",
    '"y',
    '`',
    '>',
    '=',
    ' ',
    'and',
    'IN',
    '(',
    ')',
    ',',
    '1',
    '-',
    '.',
    '\\',
    'é',
    '😀',
  );
  fc.assert(
    fc.property(fc.constantFrom(...LANGUAGES), fc.array(pieces, { maxLength: 12 }), (language, words) => {
      const text = words.join('');
      const clauses = parsed(language, text);
      if (clauses !== null) return;
      const { column } = refusal(language, text).details;
      expect(column).toBeGreaterThanOrEqual(1);
      expect(column).toBeLessThanOrEqual([...text].length + 1);
    }),
    { numRuns: 500 },
  );
});
