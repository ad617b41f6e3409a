import { describe, expect, it } from 'vitest';
import { EXIT_MEANINGS } from '../../../../src/cli/help/exit-meanings.ts';
import { ERRORS } from '../../../../src/lib/core/errors.ts';

describe('exit codes in the help', () => {
  it('are the ones that the error table uses, success, and none else', () => {
    const used = new Set([0, ...Object.values(ERRORS).map(row => row.exit)]);
    expect(Object.keys(EXIT_MEANINGS).map(Number)).toEqual([...used].sort((a, b) => a - b));
  });

  it('fit side by side into 80 columns', () => {
    for (const meaning of Object.values(EXIT_MEANINGS)) expect(meaning.length).toBeLessThan(32);
  });
});
