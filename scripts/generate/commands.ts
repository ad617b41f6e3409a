import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** A flag or argument as the framework keeps it; only what documents and snapshots use. */
export interface InputDefinition {
  readonly type?: 'boolean' | 'option';
  readonly char?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly options?: readonly string[];
  readonly required?: boolean;
  readonly multiple?: boolean;
  readonly hidden?: boolean;
  readonly helpValue?: string;
  readonly helpGroup?: string;
  readonly aliases?: readonly string[];
  readonly default?: unknown;
  readonly defaultHelp?: unknown;
}

export interface CommandDefinition {
  /** With spaces, as it is typed: `config show`. */
  readonly id: string;
  readonly file: string;
  readonly summary: string;
  readonly description: string | undefined;
  readonly examples: readonly string[];
  readonly aliases: readonly string[];
  readonly hidden: boolean;
  readonly args: Readonly<Record<string, InputDefinition>>;
  readonly flags: Readonly<Record<string, InputDefinition>>;
  readonly globalFlags: Readonly<Record<string, InputDefinition>>;
}

interface CommandClass {
  summary?: string;
  description?: string;
  examples?: (string | { command: string; description: string })[];
  aliases?: string[];
  hidden?: boolean;
  args?: Record<string, InputDefinition>;
  flags?: Record<string, InputDefinition>;
  baseFlags?: Record<string, InputDefinition>;
}

export const root = path.resolve(import.meta.dirname, '..', '..');

/** Every command of src/commands: the path is the command. */
export async function loadCommands(): Promise<CommandDefinition[]> {
  const base = path.join(root, 'src', 'commands');
  const files = fs.readdirSync(base, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'));
  const commands = await Promise.all(files.map(file => loadCommand(base, file)));
  return commands.sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function loadCommand(base: string, file: string): Promise<CommandDefinition> {
  const module = (await import(pathToFileURL(path.join(base, file)).href)) as { default: CommandClass };
  const {
    summary = '',
    description,
    examples = [],
    aliases = [],
    hidden = false,
    args = {},
    flags = {},
    baseFlags = {},
  } = module.default;
  return {
    id: file.replace(/\.ts$/, '').split(path.sep).join(' '),
    file: `src/commands/${file.split(path.sep).join('/')}`,
    summary,
    description,
    examples: examples.map(example => fillExample(typeof example === 'string' ? example : example.command)),
    aliases: aliases.map(alias => alias.replaceAll(':', ' ')),
    hidden,
    args,
    flags,
    globalFlags: baseFlags,
  };
}

function fillExample(example: string): string {
  return example.replaceAll('<%= config.bin %>', 'sentops').trim();
}
