import { SentopsError } from '../core/errors.ts';
import { suggest } from '../core/suggest.ts';
import type { DoctorCheck } from './types.ts';

/** The checks that `--only` names: an id, or the group before its first dot. Nothing named: all. */
export function selectChecks(checks: readonly DoctorCheck[], only: readonly string[]): DoctorCheck[] {
  if (only.length === 0) return [...checks];
  const groups = [...new Set(checks.map(check => groupOf(check.id)))];
  for (const name of only) {
    const isKnown = checks.some(check => matches(check.id, name));
    if (isKnown) continue;
    const near = suggest(name, [...groups, ...checks.map(check => check.id)]);
    throw new SentopsError(
      'FLAG_INVALID',
      `--only: no check is called ${JSON.stringify(name)}${near ? `; did you mean ${near}?` : ''}`,
      {
        hint: `choose among: ${groups.join(', ')}`,
        details: { checks: checks.map(check => check.id) },
      },
    );
  }
  return checks.filter(check => only.some(name => matches(check.id, name)));
}

function matches(id: string, name: string): boolean {
  return id === name || id.startsWith(`${name}.`);
}

function groupOf(id: string): string {
  return id.split('.')[0] ?? id;
}
