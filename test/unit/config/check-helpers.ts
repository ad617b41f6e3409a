import { expect } from 'vitest';
import { checkValues } from '../../../src/lib/config/check.ts';
import type { Finding } from '../../../src/lib/config/findings.ts';

export function check(values: unknown, stage: 'raw' | 'resolved' = 'raw', allowPartial = false): Finding[] {
  return checkValues(values, { stage, allowPartial });
}

/** The only problem of a configuration. */
export function onlyProblem(values: unknown, stage: 'raw' | 'resolved' = 'raw'): Finding {
  const findings = check(values, stage);
  const [first] = findings;
  expect(findings.map(finding => finding.message)).toHaveLength(1);
  if (first === undefined) throw new Error('no problem found');
  return first;
}
