import type { Project } from '../../config/types.ts';
import { SentopsError } from '../../core/errors.ts';
import { writeTextFile } from '../../core/write-text.ts';
import { type Input, type InputWorld, openInput } from '../open-input.ts';
import { judge } from './checks/judge.ts';
import { CHECK_SECTIONS, type CheckSpec, readCheckSpec } from './checks/read-spec.ts';
import { profileTable, readOtherTexts } from './profile-table.ts';
import type { Check, DataProfile } from './types.ts';

/** One call of `dataset profile` or `dataset validate`. */
export interface ProfileCall extends InputWorld {
  /** The dataset of the project where absent. */
  readonly location: string | undefined;
  readonly textColumn: string | undefined;
  readonly labelColumn: string | undefined;
  /** A file whose texts must not be in this one. */
  readonly against: string | undefined;
  /** Where the report goes: a name that ends in .html, .md or .json. */
  readonly output: string | undefined;
  readonly dryRun: boolean;
  loadProject(sections: readonly string[]): Promise<Project>;
}

export interface ProfileReport extends DataProfile {
  /** The file that the report was written to. */
  readonly reportFile: string | null;
}

export interface ValidationReport extends ProfileReport {
  readonly ok: boolean;
  readonly failed: number;
  readonly warnings: number;
  readonly checks: readonly Check[];
}

export async function runProfile(call: ProfileCall): Promise<ProfileReport> {
  const target = await readTarget(call);
  const { profile } = await look(call);
  const reportFile = await target(profile, []);
  return { ...profile, reportFile };
}

export async function runValidation(call: ProfileCall & { readonly strict: boolean }): Promise<ValidationReport> {
  const target = await readTarget(call);
  const { profile, spec } = await look(call);
  const checks = judge(profile, spec.rules);
  const failed = checks.filter(({ status }) => status === 'fail').length;
  const warnings = checks.filter(({ status }) => status === 'warn').length;
  const reportFile = await target(profile, checks);
  return { ...profile, reportFile, ok: failed === 0 && (warnings === 0 || !call.strict), failed, warnings, checks };
}

type WriteReport = (profile: DataProfile, checks: readonly Check[]) => Promise<string | null>;

/** A name that says no format is refused before the file is read. */
async function readTarget({ output, cwd, dryRun }: ProfileCall): Promise<WriteReport> {
  if (output === undefined) return async () => null;
  const { readReportFormat, renderReport } = await import('./report/render-report.ts');
  const format = readReportFormat(output);
  return async (profile, checks) => {
    const text = renderReport(format, profile, checks);
    writeTextFile(cwd, output, text, dryRun);
    return output;
  };
}

async function look(call: ProfileCall): Promise<{ profile: DataProfile; spec: CheckSpec }> {
  const project = await call.loadProject(CHECK_SECTIONS);
  const spec = readCheckSpec(project, call);
  const { signal, report } = call;
  const other = call.against === undefined ? null : await openInput(call.against, spec.table, call);
  const input = await openOwn(spec, call);
  const against = other && (await readOtherTexts(other, { signal, report }));
  const rules = Object.fromEntries(spec.rules.columns.map(rule => [rule.name, rule]));
  const profile = await profileTable(input, { labels: spec.labels, rules, against, signal, report });
  return { profile, spec };
}

/** A dataset that was never fetched is the likeliest reason for its file to be missing. */
async function openOwn({ location, isOwn, table }: CheckSpec, call: ProfileCall): Promise<Input> {
  try {
    return await openInput(location, table, call);
  } catch (error) {
    if (!isOwn || !(error instanceof SentopsError) || error.code !== 'NOT_FOUND') throw error;
    throw new SentopsError('NOT_FOUND', error.message, {
      hint: 'fetch the dataset of the project with: sentops dataset download, or name a file',
      details: error.details,
      cause: error,
    });
  }
}
