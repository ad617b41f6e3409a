import type { Json, ProjectRequest } from '../lib/config/types.ts';
import type { Command } from './framework.ts';

/** A flag that stands in the field table carries the dotted path of its value. */
interface FieldFlag {
  readonly path?: string;
}

/** Turns parsed flags into what the configuration library is asked for. */
export function projectRequest(
  flags: Readonly<Record<string, unknown>>,
  command: typeof Command,
  proc: NodeJS.Process,
): ProjectRequest {
  const text = (name: string) => (typeof flags[name] === 'string' ? { [name]: flags[name] } : {});
  const list = (name: string) => (Array.isArray(flags[name]) ? flags[name].map(String) : []);
  return {
    cwd: proc.cwd(),
    env: proc.env,
    home: proc.env['HOME'] || proc.env['USERPROFILE'] || undefined,
    ...(typeof flags['config'] === 'string' ? { configFile: flags['config'] } : {}),
    ...text('target'),
    ...text('profile'),
    set: list('set'),
    vars: list('var'),
    flags: fieldValues(flags, command),
  };
}

function fieldValues(
  flags: Readonly<Record<string, unknown>>,
  command: typeof Command,
): NonNullable<ProjectRequest['flags']> {
  const definitions = { ...command.baseFlags, ...command.flags } as Record<string, FieldFlag | undefined>;
  const values: Record<string, { flag: string; value: Json }> = {};
  for (const [name, value] of Object.entries(flags)) {
    const path = name === 'backend' ? 'backend' : definitions[name]?.path;
    if (path && value !== undefined) values[path] = { flag: `--${name}`, value: value as Json };
  }
  return values;
}
