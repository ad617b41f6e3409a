import { expect, test } from 'vitest';
import { showMoment } from '../../../../src/cli/output/moment.ts';

test.for([
  ['2026-11-21T18:02:33.456Z', '2026-11-21 18:02Z'],
  ['2026-11-21T18:02:33Z', '2026-11-21 18:02Z'],
  ['2026-11-21T18:02Z', '2026-11-21 18:02Z'],
  // What is written in another way stays: half of it would be another time.
  ['2026-11-21T18:02:33+02:00', '2026-11-21T18:02:33+02:00'],
  ['yesterday', 'yesterday'],
] as const)('%s in a table is %s', ([time, shown]) => {
  expect(showMoment(time)).toBe(shown);
});

test('a time that nobody gave is a dash', () => {
  expect(showMoment(null)).toBe('-');
});
