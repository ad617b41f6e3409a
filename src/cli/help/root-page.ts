import type { Command, Interfaces } from '@oclif/core';
import { HelpFormatter } from '@oclif/core/help';
import { EXIT_MEANINGS } from './exit-meanings.ts';
import { FIRST_STEPS, GROUPS, REST } from './groups.ts';

/** The page for `sentops` alone: what it is, where to begin, what there is, and what the exit codes mean. */
export class RootPage extends HelpFormatter {
  draw(topics: readonly Interfaces.Topic[], commands: readonly Command.Loadable[]): string {
    const { bin, version, pjson } = this.config;
    const usage = [`$ ${bin} COMMAND [FLAGS]`, `$ ${bin} COMMAND --help`].join('\n');
    const sections = [
      this.wrap(`${bin} ${version} - ${pjson.description}.`, 0),
      this.section('USAGE', usage),
      this.section('FIRST STEPS', this.align(FIRST_STEPS.map(([command, why]) => [`$ ${bin} ${command}`, why]))),
      ...this.groups(summaries(topics, commands)),
      this.section('EXIT CODES', this.exitCodes()),
    ];
    return `${sections.join('\n\n')}\n`;
  }

  private groups(all: ReadonlyMap<string, string>): string[] {
    const left = new Map(all);
    const take = (names: readonly string[]) =>
      names.flatMap(name => {
        const summary = left.get(name);
        left.delete(name);
        return summary === undefined ? [] : [[name, summary] as const];
      });
    const groups = GROUPS.map(({ title, names }) => ({ title, rows: take(names) }));
    const rest = { title: REST, rows: take([...left.keys()]) };
    return [...groups, rest]
      .filter(({ rows }) => rows.length > 0)
      .map(({ title, rows }) => this.section(title, this.align(rows)));
  }

  /** Two columns, the second wrapped in its place. */
  private align(rows: readonly (readonly [string, string])[]): string {
    const width = Math.max(...rows.map(([left]) => left.length)) + 2;
    return rows
      .map(([left, right]) => {
        const lines = this.wrap(right, width + this.indentSpacing).split('\n');
        return `${left.padEnd(width)}${lines.join(`\n${' '.repeat(width)}`)}`;
      })
      .join('\n');
  }

  /** In two halves side by side: read down, then on at the right. */
  private exitCodes(): string {
    const entries = Object.entries(EXIT_MEANINGS).map(([code, meaning]) => `${code.padStart(3)} ${meaning}`);
    const half = Math.ceil(entries.length / 2);
    const width = Math.max(...entries.slice(0, half).map(entry => entry.length)) + 2;
    return entries
      .slice(0, half)
      .map((entry, at) => `${entry.padEnd(width)}${entries[half + at] ?? ''}`.trimEnd())
      .join('\n');
  }
}

/** One line per first word: a topic's description where it has one, else the summary of the command of that name. */
function summaries(topics: readonly Interfaces.Topic[], commands: readonly Command.Loadable[]): Map<string, string> {
  const all = new Map(commands.map(command => [command.id, firstLine(command.summary ?? command.description)]));
  for (const topic of topics) if (topic.description) all.set(topic.name, firstLine(topic.description));
  return all;
}

function firstLine(text = ''): string {
  return text.split('\n', 1)[0] ?? '';
}
