import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadProject } from '../../../../src/lib/config/load.ts';
import type { Json } from '../../../../src/lib/config/types.ts';
import { silent } from '../../../../src/lib/core/report.ts';
import type { ProfileCall } from '../../../../src/lib/data/profile/run-profile.ts';
import { createTestContext } from '../../../helpers/extension-context.ts';

export function temporaryFolder(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-profile-'));
}

interface Given extends Partial<ProfileCall> {
  readonly dir: string;
  /** The project file; none where absent. */
  readonly yaml?: string;
  readonly flags?: Readonly<Record<string, readonly [flag: string, value: Json]>>;
  readonly input?: string;
}

/** A call of the commands in a folder, with a project or without one. */
export function callIn({ dir, yaml, flags = {}, input, ...more }: Given): ProfileCall & { readonly strict: boolean } {
  if (yaml !== undefined) fs.writeFileSync(path.join(dir, 'sentops.yaml'), yaml);
  const given = Object.fromEntries(Object.entries(flags).map(([key, [flag, value]]) => [key, { flag, value }]));
  const world = createTestContext({ cwd: dir, ...(input === undefined ? {} : { input }) });
  return {
    ...world,
    platform: process.platform,
    location: undefined,
    textColumn: undefined,
    labelColumn: undefined,
    against: undefined,
    output: undefined,
    dryRun: false,
    strict: false,
    report: silent,
    loadProject: sections => loadProject({ cwd: dir, env: {}, home: dir, sections, flags: given }),
    ...more,
  };
}

/** Rows as CSV with the header text,label. */
export function csvOf(rows: readonly (readonly [text: string, label: string])[]): string {
  const lines = rows.map(([text, label]) => `"${text.replaceAll('"', '""')}",${label}\n`);
  return `text,label\n${lines.join('')}`;
}

/** Rows in no order of their labels, no two alike. */
export function someRows(count: number): [string, string][] {
  return Array.from({ length: count }, (_, row) => [`text of row ${row}`, (row * 7) % 5 < 3 ? 'positive' : 'negative']);
}
