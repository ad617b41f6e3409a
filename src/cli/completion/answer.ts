import type { Interfaces } from '@oclif/core';
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
  const typed = words.slice(1);
  const commands = all.filter(command => !command.hidden).flatMap(describeCommand);
  const completion = await complete(typed, commands, lookUp);
  const prefix = shell === 'bash' ? brokenPrefix(typed.at(-1) ?? '', given[1] ?? '') : '';
  const candidates = completion.candidates.map(({ value, description }) => ({
    value: value.startsWith(prefix) ? value.slice(prefix.length) : value,
    description: firstLine(description),
  }));
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

function firstLine(text: string): string {
  return text.split('\n')[0]?.replaceAll('\t', ' ') ?? '';
}
