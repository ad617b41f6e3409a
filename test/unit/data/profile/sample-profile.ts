import type { DataProfile } from '../../../../src/lib/data/profile/types.ts';

/** A profile in which nothing is wrong, with what a test changes in it. */
export function sampleProfile(changes: Partial<DataProfile> = {}): DataProfile {
  const lengths = { min: 3, max: 90, mean: 40.5, p05: 5, median: 38, p95: 80, p99: 88 };
  return {
    location: 'reviews.csv',
    layout: {
      ...{ type: 'csv', compression: 'none', encoding: 'utf8', header: true, delimiter: ',', quoteEscape: 'double' },
      ...{ known: null, columns: ['text', 'label'], textColumn: 'text', labelColumn: 'label' },
    },
    description: 'CSV, UTF-8, with a header; text in text, label in label',
    ...{ bytes: 60_000, sha256: 'ab'.repeat(32), rows: 1000, badRows: 0, badExamples: [], replacedFields: 0 },
    columns: [
      {
        ...{ name: 'text', role: 'text', type: 'text', nulls: 0, distinct: 1000, distinctExact: true },
        ...{ min: null, max: null, meanBytes: 41, broken: null },
      },
      {
        ...{ name: 'label', role: 'label', type: 'integer', nulls: 0, distinct: 2, distinctExact: true },
        ...{ min: 0, max: 1, meanBytes: 1, broken: null },
      },
    ],
    columnsSkipped: 0,
    text: {
      ...{ column: 'text', blank: 0, characters: lengths, words: { ...lengths, max: 20 }, contract: [] },
      histogram: { edges: [0, 50, 100], rows: [600, 400] },
    },
    labels: { 0: 500, 1: 500 },
    labelling: {
      ...{ column: 'label', blank: 0, scheme: '0/1', classes: { negative: 500, positive: 500 }, rarest: 0.5 },
      ...{ problem: null, order: null, dropped: [] },
    },
    incomplete: 0,
    duplicates: {
      ...{ rows: 0, share: 0, distinct: 1000, contradictingTexts: 0, contradictingRows: 0 },
      ...{ exact: true, sampled: 1, examples: [] },
    },
    scripts: [{ name: 'Latin', rows: 1000, share: 1 }],
    personal: [],
    anomalies: [],
    leakage: null,
    ...changes,
  } as DataProfile;
}
