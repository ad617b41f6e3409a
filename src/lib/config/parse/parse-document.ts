import type { Document, LineCounter, Scalar, YAMLError } from 'yaml';
import type { SourcePlace } from '../../core/errors.ts';
import type { Path } from '../path.ts';
import type { Json, Problem } from '../types.ts';
import { checkQuickly } from './check-quickly.ts';
import { collectValues, type Finding } from './collect-values.ts';
import { findPlace, type Part } from './find-place.ts';
import { isBlank } from './parse-values.ts';
import { describeSyntaxError, mendReferences, restoreReferences } from './syntax-hints.ts';

export interface ParsedDocument {
  readonly values: Json;
  readonly problems: readonly Problem[];
  /** From this line on the values may be consequences of a syntax error; infinite where there is none. */
  readonly brokenFrom: number;
  /** The nearest place that the file has for a path: its own, or that of the closest map or list around it. */
  place(path: Path, part?: Part): SourcePlace;
  /** Whether the file says anything at this very path. */
  has(path: Path): boolean;
}

type YamlDocument = Document.Parsed;

/**
 * The thorough way: values with their places, and every syntax problem that can be told apart from the consequences
 * of an earlier one. An unquoted reference inside braces is mended in place and parsing goes on, so that what follows
 * is judged by itself.
 */
export async function parseDocument(source: string, file: string): Promise<ParsedDocument> {
  const text = source.replace(/\r(?!\n)/g, '\n');
  if (isBlank(text)) return nothing(file, []);
  const quick = await checkQuickly(text, file);
  if (quick?.final === true) return nothing(file, [quick.problem]);
  const yaml = await import('yaml');
  const mended = mendReferences(text, source => firstErrors(yaml, source));
  const lines = new yaml.LineCounter();
  const document = read(yaml, mended.text, lines);
  const toPlace = (offset: number) => placeOf(file, lines, offset);
  const collected = collectValues(yaml, document, restoreReferences);
  const problems = [
    ...mended.offsets.map(offset => describeSyntaxError('UNQUOTED_REFERENCE', '', text, toPlace(offset))),
    ...independent(document.errors, lines).map(error => describe(yaml, document, error, text, toPlace)),
    ...document.warnings.map(warning => describe(yaml, document, warning, text, toPlace)),
    ...collected.findings.map(finding => problemOf(finding, toPlace)),
  ];
  if (problems.length === 0 && quick?.lenient === false) problems.push(quick.problem);
  return {
    values: collected.values,
    problems: problems.sort(byPlace),
    brokenFrom:
      document.errors[0] === undefined ? Number.POSITIVE_INFINITY : lines.linePos(document.errors[0].pos[0]).line,
    place: (path, part = 'value') => toPlace(findPlace(yaml, document, path, part).offset),
    has: path => findPlace(yaml, document, path, 'value').exact,
  };
}

type Yaml = typeof import('yaml');

function read(yaml: Yaml, text: string, lineCounter: LineCounter): YamlDocument {
  return yaml.parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    uniqueKeys: false,
    resolveKnownTags: false,
    prettyErrors: false,
    logLevel: 'error',
    lineCounter,
  });
}

function firstErrors(yaml: Yaml, text: string): readonly number[] {
  return read(yaml, text, new yaml.LineCounter()).errors.map(error => error.pos[0]);
}

/** After the first error a parser stumbles: only errors of later lines that are no mere leftovers are reported. */
function independent(errors: readonly YAMLError[], lines: LineCounter): YAMLError[] {
  const kept: YAMLError[] = [];
  for (const error of errors) {
    const last = kept.at(-1);
    const isLater = last === undefined || lines.linePos(error.pos[0]).line > lines.linePos(last.pos[0]).line;
    if (isLater && (last === undefined || error.code !== 'UNEXPECTED_TOKEN')) kept.push(error);
  }
  return kept;
}

function describe(
  yaml: Yaml,
  document: YamlDocument,
  error: YAMLError,
  text: string,
  toPlace: (offset: number) => SourcePlace,
): Problem {
  const isOpenQuote = error.code === 'MISSING_CHAR' && error.message.includes('quote');
  const offset = isOpenQuote ? startOfOpenQuote(yaml, document, error.pos[0]) : error.pos[0];
  return describeSyntaxError(isOpenQuote ? 'OPEN_QUOTE' : error.code, error.message, text, toPlace(offset), offset);
}

/** The parser notices a quote that is never closed at the end of the file; the user has to look at its start. */
function startOfOpenQuote(yaml: Yaml, document: YamlDocument, end: number): number {
  let start = end;
  yaml.visit(document, {
    Scalar(_key, node: Scalar) {
      const range = node.range;
      if (range && node.type?.startsWith('QUOTE') && range[0] < end && range[2] >= end) start = range[0];
    },
  });
  return start;
}

function problemOf(finding: Finding, toPlace: (offset: number) => SourcePlace): Problem {
  const first = finding.relatedOffset === undefined ? undefined : toPlace(finding.relatedOffset).line;
  return {
    severity: 'error',
    code: 'CONFIG_SYNTAX',
    path: null,
    message: first === undefined ? finding.message : `${finding.message} (first in line ${first})`,
    hint: finding.hint,
    place: toPlace(finding.offset),
  };
}

function placeOf(file: string, lines: LineCounter, offset: number): SourcePlace {
  const { line, col } = lines.linePos(offset);
  return { file, line: Math.max(1, line), column: Math.max(1, col) };
}

function byPlace(a: Problem, b: Problem): number {
  return (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0);
}

function nothing(file: string, problems: readonly Problem[]): ParsedDocument {
  return {
    values: {},
    problems,
    brokenFrom: problems.length === 0 ? Number.POSITIVE_INFINITY : 1,
    place: () => ({ file, line: 1, column: 1 }),
    has: () => false,
  };
}
