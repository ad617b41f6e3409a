/** Where `--` stands, or the end. */
export function passthroughIndex(argv: readonly string[]): number {
  const index = argv.indexOf('--');
  return index === -1 ? argv.length : index;
}

export type ScannedFlags = {
  json?: boolean;
  quiet?: boolean;
  verbose?: boolean;
  format?: string;
  'no-color'?: boolean;
  'log-format'?: string;
};

/** The flags that say how to print, read without the parser: for errors that happen before or in parsing. */
export function scanOutputFlags(argv: readonly string[]): ScannedFlags {
  const own = argv.slice(0, passthroughIndex(argv));
  const has = (name: string, char?: string) =>
    own.some(arg => arg === name || (char !== undefined && isInBundle(arg, char)));
  const format = textOf('--format', own);
  const logFormat = textOf('--log-format', own);
  return {
    json: has('--json') || format === 'json',
    quiet: has('--quiet', 'q'),
    verbose: has('--verbose', 'v'),
    'no-color': has('--no-color'),
    ...(format === undefined ? {} : { format }),
    ...(logFormat === undefined ? {} : { 'log-format': logFormat }),
  };
}

/** -q alone or among other short flags without a value: -qvy. */
function isInBundle(arg: string, char: string): boolean {
  return /^-[nqvy]+$/.test(arg) && arg.includes(char);
}

function textOf(flag: string, argv: readonly string[]): string | undefined {
  const index = argv.findLastIndex(arg => arg === flag || arg.startsWith(`${flag}=`));
  const arg = argv[index];
  if (arg === undefined) return undefined;
  return arg === flag ? argv[index + 1] : arg.slice(flag.length + 1);
}
