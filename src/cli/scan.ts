/** Where `--` stands, or the end. */
export function passthroughIndex(argv: readonly string[]): number {
  const index = argv.indexOf('--');
  return index === -1 ? argv.length : index;
}

export type ScannedFlags = {
  json?: boolean;
  quiet?: boolean;
  verbose?: boolean;
  'no-color'?: boolean;
};

/** The flags that say how to print, read without the parser: for errors that happen before or in parsing. */
export function scanOutputFlags(argv: readonly string[]): ScannedFlags {
  const own = argv.slice(0, passthroughIndex(argv));
  const has = (...names: string[]) => names.some(name => own.includes(name));
  return {
    json: has('--json', '--format=json') || own[own.indexOf('--format') + 1] === 'json',
    quiet: has('-q', '--quiet'),
    verbose: has('-v', '--verbose'),
    'no-color': has('--no-color'),
  };
}
