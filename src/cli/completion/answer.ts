import type { Interfaces } from '@oclif/core';
import { countLeadingFlags } from '../start/leading-flags.ts';
import {
  type CompletableCommand,
  type CompletableFlag,
  type Completion,
  complete,
  type ValueSource,
} from './complete.ts';
import { brokenPrefix, splitLine } from './words.ts';

/** Answers the script of one shell. bash gives the line up to the cursor and its word breaks, the others the words. */
export async function answer(
  shell: string,
  given: readonly string[],
  all: Interfaces.Config['commands'],
  lookUp: ValueSource,
): Promise<Completion> {
  const words = shell === 'bash' ? splitLine(given[0] ?? '') : given;
  // Flags may stand before the command; the word under the cursor stays, and a flag that waits for it.
  const behind = words.slice(1);
  const leading = countLeadingFlags(behind.slice(0, -1));
  const typed = behind.slice(leading < behind.length ? leading : 0);
  const commands = all.filter(command => !command.hidden).flatMap(describeCommand);
  const completion = await complete(typed, commands, lookUp);
  const prefix = shell === 'bash' ? brokenPrefix(typed.at(-1) ?? '', given[1] ?? '') : '';
  // A line is a candidate: a name with a line break in it would be two, or an order to the script.
  const printable = completion.candidates.filter(({ value }) => !/\p{Cc}/u.test(value));
  const candidates = printable.map(({ value, description }) => {
    const rest = value.startsWith(prefix) ? value.slice(prefix.length) : value;
    return { value: shell === 'bash' ? quoteForBash(rest) : rest, description: firstLine(description) };
  });
  return { ...completion, candidates };
}

type Loadable = Interfaces.Config['commands'][number];

function describeCommand(command: Loadable): CompletableCommand[] {
  const flags = Object.entries(command.flags ?? {}).filter(([, flag]) => !flag.hidden);
  const described = {
    summary: command.summary ?? command.description ?? '',
    flags: Object.fromEntries(flags.map(([name, flag]) => [name, describeFlag(name, flag)])),
    args: Object.values(command.args ?? {}).map(arg => ({
      name: arg.name,
      ...(arg.options ? { options: arg.options } : {}),
    })),
  };
  return [command.id, ...(command.aliases ?? [])].map(id => ({ id: id.replaceAll(':', ' '), ...described }));
}

function describeFlag(name: string, flag: Loadable['flags'][string]): CompletableFlag {
  return {
    name,
    summary: flag.summary ?? flag.description ?? '',
    takesValue: flag.type === 'option',
    multiple: flag.type === 'option' && flag.multiple === true,
    ...(flag.char ? { char: flag.char } : {}),
    ...(flag.type === 'option' && flag.options ? { options: flag.options } : {}),
  };
}

/** The other shells quote what they put on the line; bash would run a `$(…)` that a project file has as a name. */
function quoteForBash(value: string): string {
  return value.replace(/[^\p{L}\p{N}_@%+=:,./-]/gu, '\\$&');
}

function firstLine(text: string): string {
  return text.split('\n')[0]?.replaceAll('\t', ' ') ?? '';
}
