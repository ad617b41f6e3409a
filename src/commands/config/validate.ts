import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { SentopsError } from '../../cli/errors.ts';
import { Flags } from '../../cli/framework.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import type { Problem } from '../../lib/config/types.ts';

export interface Result {
  file: string | null;
  ok: boolean;
  errors: number;
  warnings: number;
  problems: Problem[];
}

export default class ConfigValidate extends SentopsCommand<Result> {
  static override summary = 'Check the project file and everything that it includes.';
  static override description =
    'Reports every problem at once, each with file, line and column: YAML syntax, unknown keys, wrong types, references that lead nowhere, literals that look like credentials.';
  static override examples = [
    '<%= config.bin %> config validate',
    '<%= config.bin %> config validate --target production --strict',
    '<%= config.bin %> config validate --config other.yaml --json',
  ];
  static override flags = {
    strict: Flags.boolean({ summary: 'Warnings count as errors.' }),
  };

  protected async work({ flags, request }: Context<typeof ConfigValidate>): Promise<Result> {
    const { validateProject } = await import('../../lib/config/validate.ts');
    const { file, problems } = await validateProject({ ...request, requireFile: true });
    const errors = problems.filter(problem => problem.severity === 'error').length;
    const warnings = problems.length - errors;
    return {
      file,
      ok: errors === 0 && (warnings === 0 || flags.strict !== true),
      errors,
      warnings,
      problems: [...problems],
    };
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { formatProblem } = await import('../../lib/config/format-problem.ts');
    for (const problem of result.problems) {
      const mark = problem.severity === 'error' ? view.style.bad('error') : view.style.warn('warning');
      view.line(`${mark} ${formatProblem(problem)}`);
    }
    if (result.ok)
      view.line(`${result.file} is valid${result.warnings > 0 ? `, ${count(result.warnings, 'warning')}` : ''}`);
  }

  protected override rows({ problems }: Result): Rows {
    const items = problems.map(({ place, ...problem }) => ({ ...place, ...problem }));
    return { columns: ['severity', 'file', 'line', 'column', 'path', 'code', 'message', 'hint'], items };
  }

  protected override findings({ problems }: Result): readonly Problem[] {
    return problems;
  }

  protected override verdict({ ok, errors, warnings, file }: Result): SentopsError | undefined {
    if (ok) return undefined;
    const found = [
      ...(errors > 0 ? [count(errors, 'error')] : []),
      ...(warnings > 0 ? [count(warnings, 'warning')] : []),
    ];
    return new SentopsError('CONFIG_INVALID', `${file}: ${found.join(', ')}`, {
      hint: 'mend the places that are listed and run the command again',
      details: { errors, warnings },
    });
  }
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
