import { requiredArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { SentopsError } from '../../cli/errors.ts';
import { Flags } from '../../cli/framework.ts';
import type { View } from '../../cli/output/view.ts';
import type { NamedCheckReport } from '../../lib/extend/check-named.ts';

export type Result = NamedCheckReport;

export default class PluginCheck extends SentopsCommand<Result> {
  static override summary = 'Try an extension against the contract of its kind.';
  static override description =
    'A stream sink is opened, given three rows, flushed and closed; a stream source is read; and so on. Nothing is sent, and nothing is written but where --option points. Kinds that need a service are loaded and looked at, not tried.';
  static override examples = [
    '<%= config.bin %> plugin check stream-sink stdout',
    '<%= config.bin %> plugin check stream-sink jsonl --option path=rows.jsonl',
  ];
  static override args = {
    kind: requiredArg({ description: 'Kind of the extension, for instance stream-sink.' }),
    name: requiredArg({ description: 'Name of the extension; sentops plugin extensions lists them.' }),
  };
  static override flags = {
    option: Flags.string({
      summary: 'An option that the extension takes; may be repeated.',
      helpValue: 'KEY=VALUE',
      multiple: true,
      multipleNonGreedy: true,
    }),
  };

  protected async work({ args, flags, request, signal, report }: Context<typeof PluginCheck>): Promise<Result> {
    const { checkNamed } = await import('../../lib/extend/check-named.ts');
    const { stdin, platform } = process;
    return checkNamed({ ...args, options: flags.option ?? [], request, platform, signal, report, stdin });
  }

  protected render({ kind, name, plugin, depth, steps, printed }: Result, view: View): void {
    view.heading(`${kind} ${name} (${plugin})`);
    const mark = { ok: view.style.ok('ok'), fail: view.style.bad('FAIL') };
    for (const { title, status, detail } of steps) view.line(`${mark[status]}  ${title}${detail ? `: ${detail}` : ''}`);
    for (const line of printed) view.line(`printed: ${line}`);
    if (depth === 'shape') view.line('Only looked at: this kind cannot be tried without a service of its own.');
  }

  protected override verdict({ kind, name, plugin, steps }: Result): SentopsError | undefined {
    const failed = steps.find(({ status }) => status === 'fail');
    if (!failed) return undefined;
    return new SentopsError('CHECK_FAILED', `${kind} ${name} of ${plugin}: "${failed.title}" failed: ${failed.detail}`);
  }
}
