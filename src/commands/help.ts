import { type Context, SentopsCommand } from '../cli/base-command.ts';
import { Args } from '../cli/framework.ts';
import type { View } from '../cli/output/view.ts';

export interface Result {
  /** What the help is about; empty for sentops itself. */
  command: string;
  text: string;
}

export default class Help extends SentopsCommand<Result> {
  static override summary = 'Show the help of a command or a topic.';
  static override examples = ['<%= config.bin %> help', '<%= config.bin %> help config show'];
  static override args = {
    command: Args.string({ description: 'Words of the command.', multiple: true, ignoreStdin: true }),
  };
  static wholeCatalog = true;

  protected async work({ args }: Context<typeof Help>): Promise<Result> {
    const { renderHelp } = await import('../cli/help.ts');
    const words = args.command ?? [];
    return { command: words.join(' '), text: await renderHelp(this.config, words) };
  }

  protected render({ text }: Result, view: View): void {
    view.line(text);
  }
}
