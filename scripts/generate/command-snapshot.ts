import type { CommandDefinition, InputDefinition } from './commands.ts';

/** The command line as a contract: what is here, scripts rely on. A change shows up in review as a diff of this file. */
export function renderSnapshot(commands: readonly CommandDefinition[]): string {
  const shape = commands.map(({ id, aliases, hidden, args, flags }) => ({
    command: id,
    ...(aliases.length > 0 ? { aliases } : {}),
    ...(hidden ? { hidden } : {}),
    args: Object.entries(args).map(([name, arg]) => `${name}${arg.required ? '' : '?'}${renderOptions(arg)}`),
    flags: Object.entries(flags)
      .map(([name, flag]) => renderFlag(name, flag))
      .sort(),
  }));
  const globals = Object.entries(commands[0]?.globalFlags ?? {}).map(([name, flag]) => renderFlag(name, flag));
  return `${JSON.stringify({ globalFlags: globals.sort(), commands: shape }, null, 2)}\n`;
}

function renderFlag(name: string, flag: InputDefinition): string {
  const char = flag.char ? `, -${flag.char}` : '';
  const value = flag.type === 'boolean' ? '' : ` ${flag.helpValue ?? 'VALUE'}`;
  const marks = `${flag.multiple ? ' (repeatable)' : ''}${flag.required ? ' (required)' : ''}`;
  return `--${name}${char}${value}${renderOptions(flag)}${marks}`;
}

function renderOptions({ options }: InputDefinition): string {
  return options ? ` {${options.join('|')}}` : '';
}
