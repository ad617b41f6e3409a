import { type Context, SentopsCommand } from '../cli/base-command.ts';
import { SentopsError } from '../cli/errors.ts';
import { Flags } from '../cli/framework.ts';
import type { Rows } from '../cli/output/records.ts';
import type { View } from '../cli/output/view.ts';
import type { CheckResult, DoctorReport } from '../lib/doctor/run.ts';

export type Result = DoctorReport;

export default class Doctor extends SentopsCommand<Result> {
  static override summary = 'Check that everything the project needs is there.';
  static override description =
    'Checks run side by side, each with its own time limit. The exit code is 0 when none failed: usable as a step in CI.';
  static override examples = [
    '<%= config.bin %> doctor',
    '<%= config.bin %> doctor --only project,spark',
    '<%= config.bin %> doctor --fix --json',
  ];
  static override flags = {
    fix: Flags.boolean({ summary: 'Mend what can be mended safely.' }),
    only: Flags.string({
      summary: 'Checks or groups of checks to run.',
      helpValue: 'ID,ID',
      multiple: true,
      delimiter: ',',
    }),
  };

  protected async work({ flags, request, signal, report }: Context<typeof Doctor>): Promise<Result> {
    const { examineProject } = await import('../lib/doctor/examine.ts');
    const fix = flags.fix === true && flags['dry-run'] !== true;
    return examineProject({ request, signal, report, fix, only: flags.only ?? [] });
  }

  protected render({ checks, ok }: Result, view: View): void {
    const mark = {
      ok: view.style.ok('ok'),
      warn: view.style.warn('warn'),
      fail: view.style.bad('FAIL'),
      skip: view.style.dim('skip'),
    };
    view.table(checks, [
      { title: 'status', value: check => mark[check.status] },
      { title: 'check', value: check => check.id },
      { title: 'found', value: describeFinding },
    ]);
    const open = checks.filter(check => check.fix && (check.status === 'fail' || check.status === 'warn'));
    for (const check of open) view.line(`  ${check.id}: ${check.fix}`);
    const isAnySound = checks.some(check => check.status === 'ok');
    if (ok) view.line(isAnySound && open.length === 0 ? 'All is well.' : 'No check failed.');
  }

  protected override rows({ checks }: Result): Rows {
    return { columns: ['id', 'status', 'detail', 'fix', 'repaired'], items: checks };
  }

  /** What needs a hand; nothing where all is well. */
  protected override ids({ checks }: Result): readonly string[] {
    return checks.filter(({ status }) => status === 'fail' || status === 'warn').map(({ id }) => id);
  }

  protected override verdict({ checks, ok }: Result): SentopsError | undefined {
    if (ok) return undefined;
    const failed = checks.filter(check => check.status === 'fail').map(check => check.id);
    return new SentopsError('CHECK_FAILED', `failed: ${failed.join(', ')}`, { details: { failed } });
  }
}

function describeFinding({ detail, repaired }: CheckResult): string {
  return repaired ? `${detail} (${repaired})` : detail;
}
