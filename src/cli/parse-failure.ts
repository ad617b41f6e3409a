import { ERRORS, type ErrorCode, SentopsError } from '../lib/core/errors.ts';
import { suggest } from '../lib/core/suggest.ts';
import type { Command } from './framework.ts';
import { stripColor } from './output/cell.ts';

interface FlagShape {
  readonly type?: string;
  readonly char?: string;
  readonly aliases?: readonly string[];
  readonly hidden?: boolean;
  readonly options?: readonly string[];
  readonly allowNo?: boolean;
}

interface ArgShape {
  readonly name?: string;
  readonly description?: string;
  readonly options?: readonly string[];
}

/** The parser's errors by what they hold; their classes may come from another copy of the framework. */
interface ParseErrorShape extends Error {
  readonly parse?: unknown;
  readonly flags?: readonly string[];
  readonly args?: readonly (string | ArgShape)[];
  readonly oclif?: { readonly exit?: number };
  readonly suggestions?: readonly string[];
}

/** The framework's error for a wrong command line in our words; undefined for everything else. */
export function explainParseError(
  error: unknown,
  command?: typeof Command,
  argv: readonly string[] = [],
): SentopsError | undefined {
  if (!(error instanceof Error)) return undefined;
  const shape = error as ParseErrorShape;
  const isParserFault = /^Parsing --[\w-]+ \n\t/.test(error.message);
  if (!('parse' in shape) && !shape.oclif && !isParserFault) return undefined;
  const message = stripColor(error.message)
    .replace(/\n?See more help with --help$/, '')
    .trim();
  const flags = flagsOf(command);
  const value = explainValue(message, flags, command);
  // The value of a mistyped flag falls to the next argument, and the parser finds fault with that first.
  const unknown = Array.isArray(shape.flags) ? shape.flags.map(String) : value ? listUnknownFlags(argv, flags) : [];
  return (
    explainUnknownFlags(unknown, flags) ??
    explainArguments(shape, message) ??
    value ??
    explainRelations(message) ??
    explainOther(shape, message)
  );
}

function listUnknownFlags(argv: readonly string[], flags: Readonly<Record<string, FlagShape>>): string[] {
  const types = new Map(
    Object.entries(flags).flatMap(([name, flag]) => spellings(name, flag).map(text => [text, flag.type])),
  );
  const unknown: string[] = [];
  for (let index = 0; index < argv.length && argv[index] !== '--'; index += 1) {
    const [, name, value] = /^--([^=]+)(=.*)?$/s.exec(argv[index] ?? '') ?? [];
    if (name === undefined) continue;
    if (!types.has(name)) unknown.push(`--${name}`);
    else if (types.get(name) === 'option' && value === undefined) index += 1;
  }
  return unknown;
}

function flagsOf(command: typeof Command | undefined): Readonly<Record<string, FlagShape>> {
  return { ...command?.baseFlags, ...command?.flags } as Record<string, FlagShape>;
}

function explainUnknownFlags(
  unknown: readonly string[],
  flags: Readonly<Record<string, FlagShape>>,
): SentopsError | undefined {
  if (unknown.length === 0) return undefined;
  const names = unknown.map(flag => String(flag).replace(/=.*$/s, ''));
  const known = Object.entries(flags)
    .filter(([, { hidden }]) => !hidden)
    .flatMap(([name, flag]) => spellings(name, flag));
  const near = names.map(name => (name.startsWith('--') ? suggest(name.slice(2), known) : undefined));
  const meant = [...new Set(near.filter(name => name !== undefined))].map(name => `--${name}`);
  const subject = names.length === 1 ? `there is no flag ${names[0]}` : `there are no flags ${names.join(', ')}`;
  return new SentopsError('FLAG_UNKNOWN', subject + didYouMean(meant), {
    details: { flags: names, ...(meant.length > 0 ? { suggestions: meant } : {}) },
  });
}

function spellings(name: string, { type, allowNo, aliases = [] }: FlagShape): string[] {
  const negated = type === 'boolean' && allowNo ? [`no-${name}`] : [];
  return [name, ...aliases.filter(alias => alias.length > 1), ...negated];
}

function didYouMean(candidates: readonly string[]): string {
  return candidates.length > 0 ? `; did you mean ${candidates.join(' and ')}?` : '';
}

function explainArguments({ args }: ParseErrorShape, message: string): SentopsError | undefined {
  if (!Array.isArray(args) || message.startsWith('Invalid argument spec')) return undefined;
  if (message.startsWith('Missing')) {
    const missing = args.map(arg => (typeof arg === 'string' ? { name: arg } : (arg as ArgShape)));
    const names = missing.map(({ name }) => String(name).toUpperCase());
    const wanted = missing.map(
      ({ name, description, options }) =>
        `${String(name).toUpperCase()}: ${options ? options.join(' | ') : (description ?? '')}`,
    );
    const subject =
      names.length === 1 ? `the argument ${names[0]} is missing` : `the arguments ${names.join(', ')} are missing`;
    return new SentopsError('USAGE', subject, {
      hint: `give ${wanted.join('; ')}`,
      details: { missing: missing.map(({ name }) => name) },
    });
  }
  const extra = args.map(String);
  const subject =
    extra.length === 1
      ? `the argument ${quote(extra[0])} is one too many`
      : `the arguments ${extra.map(quote).join(', ')} are too many`;
  return new SentopsError('USAGE', subject, {
    hint: 'run the command with --help for its arguments; quote a value that holds spaces',
    details: { extra },
  });
}

function explainValue(
  message: string,
  flags: Readonly<Record<string, FlagShape>>,
  command: typeof Command | undefined,
): SentopsError | undefined {
  const option = /^Expected --([\w-]+)=(.*) to be one of: (.*)$/s.exec(message);
  if (option)
    return notAllowed(
      `--${option[1]}`,
      option[2] ?? '',
      flags[option[1] ?? '']?.options ?? (option[3] ?? '').split(', '),
    );
  const argument = /^Expected (.*) to be one of: (.*)$/s.exec(message);
  if (argument) {
    const values = (argument[2] ?? '').split(', ');
    return notAllowed(argumentWith(values, command), argument[1] ?? '', values);
  }
  const missing = /^Flag (--[\w-]+) expects (a value|one of these values: (.*))$/s.exec(message);
  if (missing) {
    const allowed = missing[3]?.split(', ');
    return new SentopsError('FLAG_INVALID', `${missing[1]} needs a value`, {
      hint: allowed ? `give one of ${allowed.join(', ')}` : `write ${missing[1]} VALUE`,
      details: { flag: missing[1], ...(allowed ? { allowed } : {}) },
    });
  }
  const twice = /^Flag (--[\w-]+) can only be specified once$/.exec(message);
  if (twice)
    return new SentopsError('FLAG_INVALID', `${twice[1]} is given twice`, {
      hint: `give ${twice[1]} once`,
      details: { flag: twice[1] },
    });
  const parsing = /^Parsing (--[\w-]+) \n\t(.*)$/s.exec(message);
  if (parsing)
    return new SentopsError('FLAG_INVALID', `${parsing[1]}: ${rephrase(parsing[2] ?? '')}`, {
      details: { flag: parsing[1] },
    });
  return undefined;
}

/** The parser does not say which argument it was; the one that takes these values. */
function argumentWith(values: readonly string[], command: typeof Command | undefined): string {
  const args = Object.entries((command?.args ?? {}) as Record<string, ArgShape>);
  const found = args.find(([, { options }]) => options?.join(', ') === values.join(', '));
  return found ? `the argument ${found[0].toUpperCase()}` : 'the argument';
}

function notAllowed(what: string, value: string, allowed: readonly string[]): SentopsError {
  const near = suggest(value, allowed);
  return new SentopsError(
    'FLAG_INVALID',
    `${what} does not take ${quote(value)}${didYouMean(near === undefined ? [] : [near])}`,
    {
      hint: `give one of ${allowed.join(', ')}`,
      details: {
        ...(what.startsWith('--') ? { flag: what } : {}),
        value,
        allowed,
        ...(near === undefined ? {} : { suggestion: near }),
      },
    },
  );
}

function rephrase(message: string): string {
  return message.replace(
    /^Expected an? (.*?) but received: (.*)$/s,
    (_, wanted: string, value: string) => `${quote(value)} is not ${article(wanted)}${wanted}`,
  );
}

function article(noun: string): string {
  return /^[aeiou]/i.test(noun) ? 'an ' : 'a ';
}

/** Flags that need each other or exclude each other, and required ones: one or several sentences. */
function explainRelations(message: string): SentopsError | undefined {
  const list = /^The following errors? occurred:\s+(.*)$/s.exec(message);
  if (!list) return undefined;
  const reasons = (list[1] ?? '').split('\n').map(reason => restateRelation(reason.trim()));
  return new SentopsError('USAGE', reasons.join('; '), { details: { reasons } });
}

function restateRelation(reason: string): string {
  return reason
    .replace(/^Missing required flag (.*)$/, 'the flag --$1 is missing')
    .replace(/^(--[\w-]+)=.* cannot also be provided when using (--[\w-]+)$/s, '$2 and $1 cannot be used together')
    .replace(/^(--[\w-]+) cannot also be provided when using (--[\w-]+)$/, '$2 and $1 cannot be used together')
    .replace(/^All of the following must be provided when using (--[\w-]+): (.*)$/, '$1 needs $2')
    .replace(/^One of the following must be provided when using (--[\w-]+): (.*)$/, '$1 needs one of $2')
    .replace(/^Only the following can be provided when using (--[\w-]+): (.*)$/, 'beside $1 only $2 can be used')
    .replace(/^Exactly one of the following must be provided: (.*)$/, 'give exactly one of $1')
    .replace(/^At least one of the following must be provided: (.*)$/, 'give at least one of $1');
}

/** `this.error()` of a plugin's command and whatever else the framework says: the code that its exit code stands for. */
function explainOther(shape: ParseErrorShape, message: string): SentopsError {
  const exit = shape.oclif?.exit ?? ERRORS.USAGE.exit;
  const code = 'parse' in shape ? 'USAGE' : (PREFERRED[exit] ?? codeWithExit(exit) ?? 'UNEXPECTED');
  const hint = shape.suggestions?.join('; ');
  return new SentopsError(code, message, { cause: shape, ...(hint ? { hint } : {}) });
}

const PREFERRED: Readonly<Record<number, ErrorCode>> = {
  1: 'UNEXPECTED',
  2: 'USAGE',
  3: 'CONFIG_INVALID',
  4: 'PERMISSION_DENIED',
};

function codeWithExit(exit: number): ErrorCode | undefined {
  return (Object.keys(ERRORS) as ErrorCode[]).find(code => ERRORS[code].exit === exit);
}

function quote(value: string | undefined): string {
  return JSON.stringify(value ?? '');
}
