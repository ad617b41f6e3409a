export type Format = 'table' | 'json' | 'jsonl' | 'csv' | 'yaml' | 'md' | 'ids';

/** How this process prints: decided once, from flags, environment and what the streams are. */
export interface OutputSettings {
  readonly format: Format;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
  /** Columns of the terminal, or of the page that a pipe is given. */
  readonly width: number;
  /** stdout is a terminal. */
  readonly terminal: boolean;
  /** Spinners, bars and prompts are possible: stderr and stdin are terminals and nobody said no. */
  readonly interactive: boolean;
  readonly ci: 'github' | 'gitlab' | 'other' | undefined;
  readonly logFormat: 'text' | 'json';
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly list: { readonly columns?: string; readonly sort?: string; readonly filter?: readonly string[]; readonly limit?: number };
}

export function resolveOutput(flags: Readonly<Record<string, unknown>>, proc: NodeJS.Process): OutputSettings {
  const json = flags['json'] === true || flags['format'] === 'json';
  return {
    format: json ? 'json' : ((flags['format'] as Format | undefined) ?? 'table'),
    json,
    quiet: flags['quiet'] === true,
    verbose: flags['verbose'] === true,
    color: false,
    width: 80,
    terminal: false,
    interactive: false,
    ci: undefined,
    logFormat: flags['log-format'] === 'json' ? 'json' : 'text',
    logLevel: 'info',
    list: {},
  };
}
