import { describe, expect, test } from 'vitest';
import { renderProfile, renderValidation } from '../../../../src/cli/views/dataset-profile.ts';
import { judge } from '../../../../src/lib/data/profile/checks/judge.ts';
import type { Rules } from '../../../../src/lib/data/profile/checks/rules.ts';
import type { DataProfile } from '../../../../src/lib/data/profile/types.ts';
import { sampleProfile } from '../../data/profile/sample-profile.ts';
import { draw } from './draw.ts';

const profiled = async (changes: Partial<DataProfile> = {}, reportFile: string | null = null) =>
  (await draw(renderProfile, { ...sampleProfile(changes), reportFile }, 160)).text;

async function validated(changes: Partial<DataProfile> = {}, rules: Partial<Rules> = {}) {
  const profile = sampleProfile(changes);
  const checks = judge(profile, { columns: [], ...rules });
  const failed = checks.filter(({ status }) => status === 'fail').length;
  const warnings = checks.filter(({ status }) => status === 'warn').length;
  const result = { ...profile, reportFile: null, ok: failed === 0, failed, warnings, checks };
  return (await draw(renderValidation, result, 160)).text;
}

describe('a profile on the terminal', () => {
  test('says what the file is, then columns and lengths; what was not found has no heading', async () => {
    const text = await profiled();
    expect(text).toMatch(/file: +reviews\.csv\n/);
    expect(text).toMatch(/rows: +1,000 in 60,000 bytes\n/);
    expect(text).toMatch(/labels: +0 500 \(50 %\), 1 500 \(50 %\)\n/);
    expect(text).toMatch(/label +label +integer +0 \(0 %\) +2 +0 +1\n/);
    expect(text).toMatch(/characters +3 +5 +38 +40\.5 +80 +88 +90\n/);
    for (const absent of ['Anomalies', 'Personal data', 'Report:', 'in the other file'])
      expect(text).not.toContain(absent);
  });

  test('shows oddities with an example, and where the report is', async () => {
    const examples = [{ row: 7, text: 'a <br> b' }];
    const text = await profiled(
      { anomalies: [{ name: 'html', what: 'x', rows: 1200, share: 0.012, examples }] },
      '/r.html',
    );
    expect(text).toMatch(/Anomalies\n/);
    expect(text).toMatch(/html +1,200 +1\.2 % +row 7: a <br> b\n/);
    expect(text).toContain('Report: /r.html');
  });

  test('an estimate is called one', async () => {
    const sample = sampleProfile();
    const text = await profiled({
      columns: sample.columns.map(column => ({ ...column, distinctExact: false })),
      duplicates: { ...sample.duplicates, rows: 3200, share: 0.32, exact: false, sampled: 0.5 },
    });
    expect(text).toContain('about 3,200 (32 %)');
    expect(text).toContain('≈ 1,000');
  });

  test('many labels are cut short, and a column of none says so', async () => {
    const labels = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`l${index}`, 100]));
    expect(await profiled({ labels })).toMatch(/l5 100 \(10 %\), and 3 more\n/);
    expect(await profiled({ labels: {} })).toMatch(/labels: +not readable as labels\n/);
    expect(await profiled({ labels: {}, labelling: null })).not.toContain('labels:');
  });

  test('texts of the other file stand beside it', async () => {
    const leakage = { against: 'train.csv', againstRows: 5, rows: 20, share: 0.02, exact: true, examples: [] };
    expect(await profiled({ leakage })).toMatch(/in the other file: +20 \(2 %\) also in train\.csv\n/);
  });
});

describe('a validation on the terminal', () => {
  test('a mark, what was expected and what was found for every check; then how many passed', async () => {
    const text = await validated();
    expect(text).toMatch(/✔ +readable +no rows that cannot be read +0 rows \(0 %\) +built in\n/);
    expect(text.trimEnd().split('\n').at(-1)).toBe('✔ 10 of 10 checks passed');
  });

  test('warnings are counted, and a hint is told below the table', async () => {
    const sample = sampleProfile();
    const labelling = { ...sample.labelling, order: 'the first 500 rows are all 0' } as DataProfile['labelling'];
    const text = await validated({ labelling });
    expect(text).toMatch(/⚠ +label-order/);
    expect(text).toContain('label-order: take samples with: sentops dataset sample');
    expect(text.trimEnd().split('\n').at(-1)).toBe('✔ 9 of 10 checks passed, 1 with a warning');
  });

  test('where one failed nothing says that all is well', async () => {
    const text = await validated({}, { minRows: { value: 2000, origin: '--min-rows' } });
    expect(text).toMatch(/✖ +min-rows +at least 2,000 rows +1,000 rows +--min-rows\n/);
    expect(text).not.toContain('checks passed');
  });
});
