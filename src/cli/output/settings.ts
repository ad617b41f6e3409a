import { type Ci, detectCi } from '../ci/detect.ts';
import { decideColor, decideUnicode, decideWidth, isTerminal } from './streams.ts';

export const FORMATS = ['table', 'json', 'jsonl', 'csv', 'yaml', 'md', 'ids'] as const;
type Format = (typeof FORMATS)[number];

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

/** What one stream can show. */
interface StreamSettings {
  readonly terminal: boolean;
  readonly color: boolean;
  /** Columns of the terminal, or of the page that a pipe is given. */
  readonly width: number;
}

/** What --columns, --sort, --filter and --limit ask of a list. */
export interface ListSettings {
  readonly columns?: string;
  readonly sort?: string;
  readonly filter?: readonly string[];
  readonly limit?: number;
}

/** How this process prints: decided once, from flags, environment and what the streams are. */
export interface OutputSettings extends StreamSettings {
  readonly format: Format;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** Standard error: where progress, prompts and errors are drawn. */
  readonly stderr: StreamSettings;
  /** ✔ and box characters can be shown. */
  readonly unicode: boolean;
  /** Somebody can be asked: stderr and stdin are terminals and nobody said no. */
  readonly interactive: boolean;
  /** Spinners and bars can be drawn: stderr is a terminal that can move its cursor. */
  readonly animated: boolean;
  readonly ci: Ci | undefined;
  readonly logFormat: 'text' | 'json';
  readonly logLevel: LogLevel;
  readonly list: ListSettings;
}

export function resolveOutput(flags: Readonly<Record<string, unknown>>, proc: NodeJS.Process): OutputSettings {
  const { env } = proc;
  const json = flags['json'] === true || flags['format'] === 'json';
  const ci = detectCi(env);
  const stdout = once(() => describeStream(1, flags, proc));
  const stderr = once(() => describeStream(2, flags, proc));
  const animated = once(() => !json && !ci && env['TERM'] !== 'dumb' && stderr().terminal);
  const interactive = once(() => flags['no-input'] !== true && animated() && isTerminal(0, proc));
  return {
    format: json ? 'json' : ((flags['format'] as Format | undefined) ?? 'table'),
    json,
    quiet: flags['quiet'] === true,
    verbose: flags['verbose'] === true,
    ci,
    logFormat: (flags['log-format'] ?? env['LOG_FORMAT']?.toLowerCase()) === 'json' ? 'json' : 'text',
    logLevel: chooseLevel(flags, env['LOG_LEVEL']),
    unicode: decideUnicode(env, proc.platform),
    list: listSettings(flags),
    // What the streams are is found out when it matters: a plain command that prints JSON never asks.
    get terminal() {
      return stdout().terminal;
    },
    get color() {
      return stdout().color;
    },
    get width() {
      return stdout().width;
    },
    get stderr() {
      return stderr();
    },
    get interactive() {
      return interactive();
    },
    get animated() {
      return animated();
    },
  };
}

/**
 * LOG_LEVEL is a name that many programs share: INFO, trace or verbose there is meant for somebody else and no reason
 * to refuse the command.
 */
function chooseLevel(flags: Readonly<Record<string, unknown>>, fromEnv: string | undefined): LogLevel {
  if (flags['verbose'] === true) return 'debug';
  const wanted = flags['log-level'] ?? fromEnv?.toLowerCase().replace(/^warning$/, 'warn');
  return LOG_LEVELS.find(level => level === wanted) ?? 'info';
}

function describeStream(fd: 1 | 2, flags: Readonly<Record<string, unknown>>, proc: NodeJS.Process): StreamSettings {
  const terminal = isTerminal(fd, proc);
  const stream = fd === 1 ? 'stdout' : 'stderr';
  return {
    terminal,
    color: decideColor(proc.env, flags['no-color'] === true, terminal),
    width: decideWidth(proc.env, terminal ? proc[stream].columns : undefined),
  };
}

function listSettings(flags: Readonly<Record<string, unknown>>): ListSettings {
  const { columns, sort, filter, limit } = flags;
  return {
    ...(typeof columns === 'string' ? { columns } : {}),
    ...(typeof sort === 'string' ? { sort } : {}),
    ...(Array.isArray(filter) ? { filter: filter.map(String) } : {}),
    ...(typeof limit === 'number' ? { limit } : {}),
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
