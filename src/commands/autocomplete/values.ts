import { requiredArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import type { Completion } from '../../cli/completion/complete.ts';
import { SHELLS } from '../../cli/completion/scripts.ts';
import type { View } from '../../cli/output/view.ts';

export interface Result {
  candidates: { value: string; description: string }[];
  files: boolean;
  open: boolean;
}

/** What the completion scripts call at every Tab. Silence is the answer to everything that goes wrong. */
export default class AutocompleteValues extends SentopsCommand<Result> {
  static override summary = 'Answer a completion script.';
  static override hidden = true;
  static override passthrough = true;
  /** The short way into a command knows that one command only. */
  static wholeCatalog = true;
  static override args = {
    shell: requiredArg({ description: 'Shell that asks.', options: SHELLS }),
  };

  protected async work({ args, passthrough, request }: Context<typeof AutocompleteValues>): Promise<Result> {
    const { answer } = await import('../../cli/completion/answer.ts');
    const { listValues } = await import('../../lib/project/values.ts');
    const completion: Completion = await answer(args.shell, passthrough, this.config.commands, key =>
      listValues(key, request),
    );
    return { ...completion, candidates: [...completion.candidates] };
  }

  protected render({ candidates, files, open }: Result, view: View): void {
    for (const { value, description } of candidates) view.verbatim(`${value}\t${description}`);
    if (files) view.verbatim('\tfiles');
    if (open) view.verbatim('\topen');
  }
}
