import type { Interfaces } from '@oclif/core';
import { Help } from '@oclif/core/help';
import { CommandPage } from './help/command-page.ts';
import { RootPage } from './help/root-page.ts';

/**
 * The help of sentops: the framework's, with the command's own flags first, the global ones in short, and a root page
 * that says where to begin and what the exit codes mean.
 */
export class SentopsHelp extends Help {
  override CommandHelpClass = CommandPage;

  override async showHelp(argv: string[]): Promise<void> {
    try {
      await super.showHelp(argv);
    } catch (error) {
      const id = unknownSubject(error);
      if (id === undefined) throw error;
      await this.reportUnknown(id, argv);
    }
  }

  /** The framework prints a summary in one line, however long. */
  protected override log(...args: string[]): void {
    super.log(...args.map(text => (/^[^\n]+\n$/.test(text) ? this.wrap(text, 0) : text)));
  }

  protected override async showRootHelp(): Promise<void> {
    const topics = this.sortedTopics.filter(topic => !topic.name.includes(':'));
    const commands = this.sortedCommands.filter(command => command.id && !command.id.includes(':'));
    this.log(new RootPage(this.config, this.opts).draw(topics, commands));
  }

  /** The same words and the same exit code as for a command that is run. */
  private async reportUnknown(id: string, argv: string[]): Promise<void> {
    const { failures } = await this.config.runHook('command_not_found', { id, argv });
    if (failures[0]) throw failures[0].error;
  }
}

/** The framework tells an unknown command in help by a message only. */
function unknownSubject(error: unknown): string | undefined {
  return /^Command (.+) not found\.$/.exec(error instanceof Error ? error.message : '')?.[1];
}

/** The help of one command, of a topic, or the root page for no words, as text. */
export async function renderHelp(config: Interfaces.Config, words: string[]): Promise<string> {
  const lines: string[] = [];
  const help = new SentopsHelp(config, config.pjson.oclif.helpOptions);
  const reportUnknown = async (id: string): Promise<never> => {
    const { explainUnknown } = await import('./help/explain-unknown.ts');
    throw explainUnknown(id, config);
  };
  Object.assign(help, { log: (text = '') => void lines.push(text), reportUnknown });
  await help.showHelp(words);
  return lines.join('\n');
}
