import type { Command } from '@oclif/core';
import type { Context } from '../cli/base-command.ts';
import { Flags } from '../cli/framework.ts';
import { ListCommand, type ListResult, listColumns } from '../cli/list-command.ts';

interface Row {
  /** As it is typed. */
  id: string;
  summary: string;
  topic: string | null;
  aliases: string[];
  hidden: boolean;
  pluginName: string | null;
  flags: string[];
  args: string[];
}

export type Result = ListResult<Row>;

export default class Commands extends ListCommand<Row> {
  static override summary = 'List all commands, those of plugins included.';
  static override examples = ['<%= config.bin %> commands', '<%= config.bin %> commands --filter topic=config --json'];
  static override columns = listColumns<Row>({
    id: { title: 'command', id: true },
    summary: {},
    topic: { extra: true },
    aliases: { extra: true },
    hidden: { extra: true },
    pluginName: { title: 'plugin', extra: true },
    flags: { extra: true },
    args: { extra: true },
  });
  static override flags = {
    hidden: Flags.boolean({ summary: 'Also the ones that only programs call.' }),
  };
  static wholeCatalog = true;

  protected async work({ flags }: Context<typeof Commands>): Promise<Result> {
    const visible = this.config.commands.filter(command => flags.hidden || command.hidden !== true);
    const commands = visible.toSorted((one, other) => (one.id < other.id ? -1 : 1));
    return { items: commands.map(describe), nextPageToken: null };
  }
}

function describe(command: Command.Loadable): Row {
  const typed = (id: string) => id.replaceAll(':', ' ');
  return {
    id: typed(command.id),
    summary: command.summary ?? command.description?.split('\n', 1)[0] ?? '',
    topic: command.id.includes(':') ? typed(command.id.slice(0, command.id.lastIndexOf(':'))) : null,
    aliases: command.aliases.map(typed),
    hidden: command.hidden === true,
    pluginName: command.pluginName ?? null,
    flags: names(command.flags),
    args: names(command.args),
  };
}

function names(all: Readonly<Record<string, { hidden?: boolean }>>): string[] {
  return Object.keys(all).filter(name => all[name]?.hidden !== true);
}
