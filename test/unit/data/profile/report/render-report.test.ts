import { describe, expect, test } from 'vitest';
import { judge } from '../../../../../src/lib/data/profile/checks/judge.ts';
import { readReportFormat, renderReport } from '../../../../../src/lib/data/profile/report/render-report.ts';
import type { DataProfile } from '../../../../../src/lib/data/profile/types.ts';
import { findAll, readMarkup, textOf } from '../../../../helpers/read-markup.ts';
import { sampleProfile } from '../sample-profile.ts';

const HOSTILE = '<script>alert(1)</script> & "quotes" \u202e';

/** Everything that comes from the file is made to break out of its place. */
function hostileProfile(): DataProfile {
  const sample = sampleProfile();
  const examples = [{ row: 1, text: HOSTILE }];
  const finding = { name: HOSTILE, what: HOSTILE, rows: 3, share: 0.003, examples };
  return sampleProfile({
    location: `/srv/somebody/data/${HOSTILE.replaceAll('/', '')}.csv`,
    layout: { ...sample.layout, columns: [HOSTILE, 'label'] },
    columns: sample.columns.map(column => ({ ...column, name: HOSTILE })),
    labels: { [HOSTILE]: 10 },
    labelling: {
      ...{ column: HOSTILE, blank: 1, scheme: 'as written', classes: { [HOSTILE]: 10, b: 3 }, rarest: 0.2 },
      ...{ problem: null, order: HOSTILE, dropped: [{ value: HOSTILE, rows: 2, why: 'neutral' }] },
    },
    badRows: 1,
    badExamples: [{ line: 3, reason: HOSTILE }],
    duplicates: { ...sample.duplicates, rows: 3, examples, exact: false, sampled: 0.25 },
    leakage: { against: HOSTILE, againstRows: 5, rows: 1, share: 0.001, exact: true, examples },
    personal: [finding],
    anomalies: [finding],
  });
}

describe('the report on data', () => {
  test.each([
    ['a.html', 'html'],
    ['a.HTM', 'html'],
    ['b.md', 'md'],
    ['c.JSON', 'json'],
  ])('%s is %s', (file, format) => {
    expect(readReportFormat(file)).toBe(format);
  });

  test('a name that says nothing is refused', () => {
    expect(() => readReportFormat('report')).toThrow('--output: report does not say what kind of report');
  });

  test('is one page that needs no other file, with plots, for light and dark screens', () => {
    const profile = sampleProfile();
    const page = renderReport('html', profile, judge(profile, { columns: [] }));
    const markup = readMarkup(page);
    expect(findAll(markup, 'svg').length).toBe(3);
    expect(page).not.toMatch(/<(script|link|img)|src=|url\(/);
    expect(page).toContain('prefers-color-scheme:dark');
    expect(findAll(markup, 'h2').map(textOf)).toEqual([
      ...['Checks', 'Labels', 'Texts', 'Columns', 'Repetition', 'Anomalies', 'Personal data', 'Scripts', 'File'],
    ]);
    expect(findAll(markup, 'dd').map(textOf)).toEqual(['1,000', '60.0 kB', '0 %', '50 %', '0 %', '38']);
  });

  test('says what failed first, and the failed checks come before the others', () => {
    const profile = sampleProfile({ replacedFields: 2 });
    const checks = judge(profile, { columns: [], minRows: { value: 5000, origin: '--min-rows' } });
    const markup = readMarkup(renderReport('html', profile, checks));
    const callout = findAll(markup, 'p').find(each => each.attributes['class']?.startsWith('callout'));
    expect(callout && textOf(callout)).toBe(`Failed: 1 check of ${checks.length} (min-rows), 1 warning.`);
    expect(callout?.attributes['class']).toBe('callout bad');
    const [table] = findAll(markup, 'tbody');
    const ids = table ? findAll(table, 'th').map(textOf) : [];
    expect(ids.slice(0, 2)).toEqual(['min-rows', 'characters']);
  });

  test('a profile without checks has no verdict', () => {
    const page = renderReport('html', sampleProfile(), []);
    expect(page).not.toContain('class="callout');
    expect(page).not.toContain('>Checks<');
  });

  test('nothing in the data breaks out of its place, and no path of this machine is told', () => {
    const profile = hostileProfile();
    const checks = judge(profile, { columns: [] });
    const page = renderReport('html', profile, checks);
    expect(() => readMarkup(page)).not.toThrow();
    expect(page).not.toContain('<script');
    expect(page).not.toContain('/srv/somebody');
    expect(page).toContain('estimated from 25 % of the texts');
    const markdown = renderReport('md', profile, checks);
    expect(markdown).not.toContain('<script');
    expect(markdown).not.toContain('/srv/somebody');
  });

  test('as JSON is the profile with its checks', () => {
    const profile = sampleProfile();
    const checks = judge(profile, { columns: [] });
    expect(JSON.parse(renderReport('json', profile, checks))).toEqual({ schemaVersion: 1, ...profile, checks });
  });

  test('data without labels, and with a single text', () => {
    const profile = sampleProfile({ labels: {}, labelling: null, rows: 1, scripts: [] });
    expect(() => readMarkup(renderReport('html', profile, judge(profile, { columns: [] })))).not.toThrow();
    expect(renderReport('md', profile, [])).not.toContain('## Labels');
  });
});
