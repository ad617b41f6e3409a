import { optionalArg, requiredArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { SentopsError } from '../../cli/errors.ts';
import { Flags } from '../../cli/framework.ts';
import { changeRows, renderChanges } from '../../cli/output/changes.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import type { Change } from '../../lib/config/set.ts';

export interface Result {
  file: string;
  changes: Change[];
  /** False where the file said so already, and with --dry-run. */
  written: boolean;
  dryRun: boolean;
}

export default class ConfigSet extends SentopsCommand<Result> {
  static override summary = 'Change one value in the project file; comments and order stay.';
  static override description = 'With --target the value is written into that target, and holds for it only.';
  static override examples = [
    '<%= config.bin %> config set train.numFeatures 65536',
    '<%= config.bin %> config set train.maxRows 1000 --target test',
    '<%= config.bin %> config set kafka.bootstrap broker:9092 --local',
    '<%= config.bin %> config set train.schedule --unset',
  ];
  static override args = {
    path: requiredArg({ description: 'Dotted path of the value.' }),
    value: optionalArg({ description: 'New value: text, number, true or false, a list as a,b or JSON.' }),
  };
  static override flags = {
    local: Flags.boolean({ summary: 'Write into sentops.local.yaml, which is not committed.' }),
    unset: Flags.boolean({ summary: 'Remove the value from the file.' }),
  };

  protected async work({ args, flags, request }: Context<typeof ConfigSet>): Promise<Result> {
    if ((args.value === undefined) === (flags.unset !== true)) {
      throw new SentopsError(
        'USAGE',
        `config set ${args.path}: ${args.value === undefined ? 'there is no value' : '--unset takes no value'}`,
        { hint: hintFor(args.path) },
      );
    }
    const { parseSetting, setValue } = await import('../../lib/config/set.ts');
    const dryRun = flags['dry-run'] === true;
    const { file, changes, written } = await setValue({
      request,
      ...parseSetting(args.path, args.value ?? 'null'),
      local: flags.local === true,
      dryRun,
      ...(request.target === undefined ? {} : { target: request.target }),
    });
    return { file, changes: [...changes], written, dryRun };
  }

  protected render(result: Result, view: View): void {
    renderChanges(result, view);
  }

  protected override rows({ changes }: Result): Rows {
    return changeRows(changes);
  }

  protected override ids({ changes }: Result): readonly string[] {
    return changes.map(({ path }) => path);
  }
}

/** `path=value` is how --set takes it. */
function hintFor(given: string): string {
  const [, path, value] = /^([^=]+)=(.*)$/s.exec(given) ?? [];
  if (path === undefined || value === undefined) return 'give either a value or --unset';
  return `write it in two words: config set ${path} ${/^[\w.:/-]+$/.test(value) ? value : JSON.stringify(value)}`;
}
