import { SentopsError, type SourcePlace } from '../core/errors.ts';
import { displayPath } from './display-path.ts';
import { toProblem } from './format-problem.ts';
import { normalizeKeys } from './normalize.ts';
import { parseValues } from './parse/parse-values.ts';
import type { Path } from './path.ts';
import { readText } from './read-text.ts';
import { getAt, isMap, type JsonMap } from './tree.ts';
import type { Json, Problem } from './types.ts';

export type SourceKind = 'file' | 'include' | 'local' | 'user';

/** One YAML file of the project: its values under the table's names, and where they are written. */
export interface SourceFile {
  readonly kind: SourceKind;
  /** Absolute. */
  readonly file: string;
  /** As messages call it. */
  readonly name: string;
  readonly values: JsonMap;
  /** Under the names that the file uses; what the raw check looks at. */
  readonly written: JsonMap;
  /** Syntax errors, and warnings about the spelling of keys. */
  readonly problems: readonly Problem[];
  /** From this line on a syntax error makes the values doubtful; infinite where there is none. */
  readonly brokenFrom: number;
  /** Only the file where places were not asked for. */
  place(path: Path, part?: 'key' | 'value'): SourcePlace;
  /** Whether the file itself says something at this path. */
  has(path: Path): boolean;
}

export interface ReadOptions {
  readonly cwd: string;
  readonly places: boolean;
  readonly texts: Texts;
}

/** What was read of each file, by its absolute path; undefined where there is no such file. */
export type Texts = Map<string, string | undefined>;

/** Reads a file of the project; undefined where it does not exist, syntax errors as its `problems`. */
export async function readSource(
  kind: SourceKind,
  file: string,
  options: ReadOptions,
): Promise<SourceFile | undefined> {
  const name = displayPath(file, options.cwd);
  const text = options.texts.has(file) ? options.texts.get(file) : readText(file, name);
  options.texts.set(file, text);
  if (text === undefined) return undefined;
  const values = options.places ? undefined : await parseValues(text);
  if (isMap(values)) {
    return makeSource({ kind, file, name, brokenFrom: Number.POSITIVE_INFINITY }, values, [], () => ({ file: name }));
  }
  // Loaded only when something is wrong or places are wanted: a start that goes well does without it.
  const { parseDocument } = await import('./parse/parse-document.ts');
  const document = await parseDocument(text, name);
  const problems = isMap(document.values)
    ? document.problems
    : [...document.problems, notAMap(name, document.place([]))];
  const place = (path: Path, part?: 'key' | 'value') => document.place(path, part);
  return makeSource(
    { kind, file, name, brokenFrom: document.brokenFrom },
    isMap(document.values) ? document.values : {},
    problems,
    place,
  );
}

type Identity = Pick<SourceFile, 'kind' | 'file' | 'name' | 'brokenFrom'>;

function makeSource(
  identity: Identity,
  written: JsonMap,
  syntax: readonly Problem[],
  placeOf: SourceFile['place'],
): SourceFile {
  const { values, findings, writtenPath } = normalizeKeys(written);
  const spelling = findings.map(finding => toProblem(finding, placeOf(finding.segments, finding.at)));
  return {
    ...identity,
    values: isMap(values) ? values : {},
    written,
    problems: [...syntax, ...spelling, ...ignoredInclude(identity, values, placeOf)],
    place: (path, part) => placeOf(writtenPath(path), part),
    has: path => hasPath(written, writtenPath(path)),
  };
}

/** Of the files only the project's own and those that it includes may include others. */
function ignoredInclude({ kind, name }: Identity, values: Json, placeOf: SourceFile['place']): Problem[] {
  if ((kind !== 'local' && kind !== 'user') || getAt(values, ['include']) === undefined) return [];
  const message = `include in ${name} has no effect: only the project file and what it includes include others`;
  const hint = 'move it into the project file';
  return [
    { severity: 'warning', code: 'KEY_UNKNOWN', path: 'include', message, hint, place: placeOf(['include'], 'key') },
  ];
}

function hasPath(values: Json, path: Path): boolean {
  let value: Json | undefined = values;
  for (const key of path) {
    if (Array.isArray(value)) value = value[Number(key)];
    else value = isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    if (value === undefined) return false;
  }
  return true;
}

function notAMap(name: string, place: SourcePlace): Problem {
  const message = `${name} must hold sections such as train: and serve:, not a list or a single value`;
  return { severity: 'error', code: 'CONFIG_SYNTAX', path: null, message, hint: 'write key: value lines', place };
}

/** The error for a file that an argument or another file names and that is not there. */
export function sourceMissing(name: string, place: SourcePlace | undefined, hint: string): SentopsError {
  return new SentopsError('CONFIG_UNREADABLE', `${name} does not exist`, { hint, place: place ?? { file: name } });
}
