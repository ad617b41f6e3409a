import { describe, expect, test } from 'vitest';
import { judge } from '../../../../../src/lib/data/profile/checks/judge.ts';
import type { Rules } from '../../../../../src/lib/data/profile/checks/rules.ts';
import type { Check, DataProfile } from '../../../../../src/lib/data/profile/types.ts';
import { sampleProfile } from '../sample-profile.ts';

const rule = <T>(value: T) => ({ value, origin: 'sentops.yaml' });

function judged(changes: Partial<DataProfile>, rules: Partial<Rules> = {}): Map<string, Check> {
  const checks = judge(sampleProfile(changes), { columns: [], ...rules });
  expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
  return new Map(checks.map(check => [check.id, check]));
}

/** The checks that are not passed. */
function faults(changes: Partial<DataProfile>, rules: Partial<Rules> = {}): [string, string][] {
  return [...judged(changes, rules).values()]
    .filter(({ status }) => status !== 'pass')
    .map(({ id, status }) => [id, status]);
}

const sample = sampleProfile();

describe('where nobody demands anything', () => {
  test('a good file passes everything', () => {
    expect(faults({})).toEqual([]);
    expect([...judged({}).keys()]).toEqual([
      ...['readable', 'characters', 'file', 'nulls', 'labels', 'label-balance', 'label-order'],
      ...['duplicates', 'contradictions', 'personal-data'],
    ]);
  });

  const labelling = sample.labelling as NonNullable<DataProfile['labelling']>;
  const layout = sample.layout;
  const duplicates = sample.duplicates;
  const odd = { what: 'odd things', examples: [] };
  test.each<[string, Partial<DataProfile>, [string, string][]]>([
    [
      'rows that cannot be read',
      { badRows: 1, badExamples: [{ line: 7, reason: '3 fields instead of 2' }] },
      [['readable', 'warn']],
    ],
    ['bytes that are not valid', { replacedFields: 3 }, [['characters', 'warn']]],
    ['a share of rows without a text', { incomplete: 11 }, [['nulls', 'warn']]],
    ['few rows without a text', { incomplete: 10 }, []],
    [
      'labels that cannot be read',
      { labelling: { ...labelling, scheme: null, classes: {}, rarest: null, problem: 'one class only' } },
      [['labels', 'fail']],
    ],
    [
      'labels that training leaves out',
      { labelling: { ...labelling, dropped: [{ value: '3', rows: 9, why: 'neither' }] } },
      [['labels-left-out', 'warn']],
    ],
    ['a rare label', { labelling: { ...labelling, rarest: 0.09 } }, [['label-balance', 'warn']]],
    ['an uneven label', { labelling: { ...labelling, rarest: 0.1 } }, []],
    [
      'rows in the order of their labels',
      { labelling: { ...labelling, order: 'the first 500 rows are all 0' } },
      [['label-order', 'warn']],
    ],
    ['no labels', { labelling: null, labels: {} }, []],
    ['many repeated texts', { duplicates: { ...duplicates, rows: 51, share: 0.051 } }, [['duplicates', 'warn']]],
    ['few repeated texts', { duplicates: { ...duplicates, rows: 50, share: 0.05 } }, []],
    ['a contradiction', { duplicates: { ...duplicates, contradictingRows: 2 } }, [['contradictions', 'warn']]],
    [
      'a shared text',
      { leakage: { against: 'b.csv', againstRows: 5, rows: 1, share: 0.001, exact: true, examples: [] } },
      [['leakage', 'warn']],
    ],
    [
      'a mail address',
      { personal: [{ name: 'mail', rows: 1, share: 0.001, ...odd }] },
      [['personal-data.mail', 'warn']],
    ],
    [
      'an anomaly in a hundredth',
      { anomalies: [{ name: 'html', rows: 10, share: 0.01, ...odd }] },
      [['anomaly.html', 'warn']],
    ],
    ['an anomaly in fewer', { anomalies: [{ name: 'html', rows: 9, share: 0.009, ...odd }] }, []],
    [
      'a header between the rows',
      { anomalies: [{ name: 'header-again', rows: 1, share: 0.001, ...odd }] },
      [['anomaly.header-again', 'warn']],
    ],
    ['a name of another type', { location: 'a.jsonl' }, [['file', 'warn']]],
    ['a name of another packing', { location: 'a.csv.gz' }, [['file', 'warn']]],
    ['no suffix at all', { location: 'gs://bucket/reviews' }, []],
    ['tabs in a .csv', { layout: { ...layout, delimiter: '\t' } }, [['file', 'warn']]],
    ['tabs in a .tsv', { location: 'a.tsv', layout: { ...layout, delimiter: '\t' } }, []],
    ['commas in a .tsv', { location: 'a.tsv' }, [['file', 'warn']]],
    ['UTF-16', { layout: { ...layout, encoding: 'utf16le' } }, [['file', 'warn']]],
    ['a packed file with its suffix', { location: 'a.CSV.GZ', layout: { ...layout, compression: 'gzip' } }, []],
  ])('%s', (_name, changes, expected) => {
    expect(faults(changes)).toEqual(expected);
    for (const { origin } of judged(changes).values()) expect(origin).toBe('built in');
  });

  test('text_len and word_count: no number fails, another number is a warning', () => {
    const contract = (notNumbers: number, different: number) => ({
      text: { ...sample.text, contract: [{ name: 'text_len', rows: 1000, notNumbers, different }] },
    });
    expect(faults(contract(0, 0))).toEqual([]);
    expect(faults(contract(0, 2))).toEqual([['contract.text_len', 'warn']]);
    expect(faults(contract(1, 2))).toEqual([['contract.text_len', 'fail']]);
    expect(judged(contract(1, 2)).get('contract.text_len')?.found).toBe(
      '1 value that is no number, 2 numbers other than the text gives',
    );
  });
});

describe('a bound that somebody set', () => {
  const duplicates = { ...sample.duplicates, rows: 20, share: 0.02, contradictingRows: 20 };
  const leakage = { against: 'b.csv', againstRows: 5, rows: 20, share: 0.02, exact: true, examples: [] };
  const personal = [{ name: 'mail', what: 'mail addresses', rows: 20, share: 0.02, examples: [] }];
  test.each<[string, Partial<DataProfile>, (bound: number) => Partial<Rules>]>([
    ['readable', { rows: 980, badRows: 20 }, bound => ({ maxBadFraction: rule(bound) })],
    ['nulls', { incomplete: 20 }, bound => ({ maxNullFraction: rule(bound) })],
    ['duplicates', { duplicates }, bound => ({ maxDuplicateFraction: rule(bound) })],
    ['contradictions', { duplicates }, bound => ({ maxContradictionFraction: rule(bound) })],
    ['leakage', { leakage }, bound => ({ maxLeakFraction: rule(bound) })],
    ['personal-data.mail', { personal }, bound => ({ maxPersonalFraction: rule(bound) })],
    [
      'anomaly.mojibake',
      { anomalies: [{ name: 'mojibake', what: 'x', rows: 20, share: 0.02, examples: [] }] },
      bound => ({ maxAnomalyFraction: rule({ mojibake: bound }) }),
    ],
  ])('%s is met at the bound and fails above it', (id, changes, rules) => {
    expect(judged(changes, rules(0.02)).get(id)).toMatchObject({ status: 'pass', origin: 'sentops.yaml' });
    expect(judged(changes, rules(0.0199)).get(id)).toMatchObject({
      status: 'fail',
      found: expect.stringContaining('20 rows (2 %)'),
    });
    expect(judged(changes, rules(0)).get(id)?.expected).toMatch(/^no rows/);
  });

  test.each<[string, Partial<Rules>, string, string]>([
    ['min-rows', { minRows: rule(1000) }, 'pass', 'at least 1,000 rows'],
    ['min-rows', { minRows: rule(1001) }, 'fail', 'at least 1,001 rows'],
    ['max-rows', { maxRows: rule(1000) }, 'pass', 'at most 1,000 rows'],
    ['max-rows', { maxRows: rule(999) }, 'fail', 'at most 999 rows'],
    ['label-balance', { minLabelFraction: rule(0.5) }, 'pass', 'at least 50 % of the rarest class'],
    ['label-balance', { minLabelFraction: rule(0.51) }, 'fail', 'at least 51 % of the rarest class'],
    ['label-set', { labels: rule(['0', '1', '2']) }, 'pass', 'only 0, 1, 2'],
    ['label-set', { labels: rule(['0']) }, 'fail', 'only 0'],
    ['encoding', { encoding: rule('utf8') }, 'pass', 'UTF-8'],
    ['encoding', { encoding: rule('latin1') }, 'fail', 'Latin-1'],
  ])('%s by %j: %s', (id, rules, status, expected) => {
    expect(judged({}, rules).get(id)).toMatchObject({ status, expected, origin: 'sentops.yaml' });
  });

  test('labels are demanded and there are none', () => {
    expect(faults({ labelling: null, labels: {} }, { minLabelFraction: rule(0.4) })).toEqual([['labels', 'fail']]);
  });

  test('labels that the project names are not told twice', () => {
    const labelling = {
      ...sample.labelling,
      dropped: [{ value: '2', rows: 9, why: 'neutral' }],
    } as DataProfile['labelling'];
    const changes = { labelling, labels: { 0: 500, 1: 491, 2: 9 } };
    expect(faults(changes, { labels: rule(['0', '1']) })).toEqual([['label-set', 'fail']]);
    expect(judged(changes, { labels: rule(['0', '1']) }).get('label-set')?.found).toBe('"2" in 9 rows');
  });

  test('an anomaly that is bounded and not there is a check that is passed', () => {
    expect(judged({}, { maxAnomalyFraction: rule({ html: 0 }) }).get('anomaly.html')).toMatchObject({
      status: 'pass',
      found: '0 rows (0 %)',
    });
  });

  test('a column: nulls, and numbers within bounds', () => {
    const column = { name: 'label', origin: 'here', required: true };
    expect(judged({}, { columns: [{ ...column, maxNullFraction: 0 }] }).get('column.label.nulls')?.status).toBe('pass');
    expect(faults({}, { columns: [{ ...column, min: 0, max: 1 }] })).toEqual([]);
    expect(faults({}, { columns: [{ ...column, min: 1 }] })).toEqual([['column.label.range', 'fail']]);
    expect(faults({}, { columns: [{ ...column, name: 'text', max: 5 }] })).toEqual([['column.text.range', 'fail']]);
    expect(faults({}, { columns: [{ ...column, name: 'text_len', min: 3, max: 90 }] })).toEqual([]);
    expect(faults({}, { columns: [{ ...column, name: 'text_len', max: 89 }] })).toEqual([
      ['column.text_len.range', 'fail'],
    ]);
  });
});

describe('what a stranger should understand', () => {
  const { layout, labelling } = sample;
  const finding = (name: string, rows: number) => [{ name, what: name, rows, share: rows / 1000, examples: [] }];

  test('labels that no scheme explains are taken as written', () => {
    const check = judged({ labelling: labelling && { ...labelling, scheme: 'as written' } }).get('labels');
    expect(check?.found).toMatch(/^label, taken as written: /);
  });

  test('two columns of one name are a warning: other programs take another one, or none', () => {
    const columns = ['text', 'text_c1', 'label', 'note_c7', '_c4'];
    expect(faults({ layout: { ...layout, columns } })).toEqual([['column-names', 'warn']]);
    expect(judged({ layout: { ...layout, columns } }).get('column-names')?.found).toBe(
      'several columns are called text',
    );
    expect(faults({ layout: { ...layout, columns: ['text', 'label', 'text_c1'] } })).toEqual([]);
    expect(faults({ layout: { ...layout, columns, header: false } })).toEqual([]);
  });

  test('control characters of a file in Latin-1 are mostly letters of Windows-1252', () => {
    const anomalies = finding('control-characters', 30);
    const hintOf = (encoding: 'latin1' | 'utf8') =>
      judged({ anomalies, layout: { ...layout, encoding } }).get('anomaly.control-characters')?.hint;
    expect([hintOf('latin1'), hintOf('utf8')]).toEqual([expect.stringContaining('iconv -f WINDOWS-1252'), null]);
  });

  test('rows that a quote swallowed are a warning however few they are', () => {
    expect(faults({ anomalies: finding('swallowed-rows', 1) })).toEqual([['anomaly.swallowed-rows', 'warn']]);
    expect(faults({ anomalies: finding('very-long', 1) })).toEqual([]);
  });

  test('a single text of a million characters is a warning', () => {
    const characters = { ...sample.text.characters, max: 1_000_001 };
    const changes = { anomalies: finding('very-long', 1), text: { ...sample.text, characters } };
    expect(faults(changes)).toEqual([['anomaly.very-long', 'warn']]);
    expect(judged(changes).get('anomaly.very-long')?.found).toBe('1 row (0.1 %), the longest of 1,000,001 characters');
  });
});
