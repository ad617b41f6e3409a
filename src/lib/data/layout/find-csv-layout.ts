import { SentopsError } from '../../core/errors.ts';
import type { CsvDialect } from '../csv/scanner.ts';
import type { TableRequest } from '../rows.ts';
import { type ChosenColumns, chooseColumns } from './choose-columns.ts';
import { completeNames, isLabelValue } from './column-names.ts';
import { evenness, findDialect, findLineEnd, NONE, readWith } from './find-dialect.ts';
import { hasHeader } from './has-header.ts';
import type { Head } from './head.ts';
import type { SampleRows } from './sample-rows.ts';

export interface CsvLayout extends ChosenColumns {
  readonly dialect: CsvDialect;
  readonly header: boolean;
  readonly columns: readonly string[];
  readonly known: 'sentiment140' | null;
}

type Fields = readonly (string | null)[];

/** The columns of the original Sentiment140 files, which have no header. */
const SENTIMENT140 = ['target', 'ids', 'date', 'flag', 'user', 'text'];
/** Fewer rows than this do not show that a file without header is a table. */
const FEW_ROWS = 10;

export function findCsvLayout(head: Head, request: TableRequest): CsvLayout {
  const sample = findDialect(head, request);
  if (!sample || isProse(sample, request)) return lineLayout(head, request);
  const { dialect, rows } = sample;
  const header = hasHeader(rows, request);
  const { columns, known } = header
    ? { columns: completeNames(rows[0] ?? []), known: null }
    : nameColumns(head.name, rows, request);
  return { dialect, header, columns, known, ...chooseColumns(head.name, columns, request) };
}

/** A comma in each of a few sentences makes no table of them. */
function isProse({ rows }: SampleRows, request: TableRequest): boolean {
  if (request.needsLabel || request.delimiter !== undefined || request.columnNames || hasHeader(rows, request))
    return false;
  const [first = []] = rows;
  if (first.length === 2) return !isLabelColumn(rows, 0) && !isLabelColumn(rows, 1);
  return rows.length < FEW_ROWS && !isSentiment140(rows);
}

/** Each line is one text. Quotes around texts count where there is a header, or where every line has them. */
function lineLayout(head: Head, request: TableRequest): CsvLayout {
  const { dialect, rows, bad } = readWith(head, '', findLineEnd(head));
  const header = hasHeader(rows, request);
  const isQuoted = bad === 0 && startsQuoted(head);
  const columns = header ? completeNames(rows[0] ?? []) : [...(request.columnNames ?? ['text'])];
  const chosen = chooseColumns(head.name, columns, request);
  return {
    dialect: header || isQuoted ? dialect : { ...dialect, quote: NONE },
    header,
    columns,
    known: null,
    ...chosen,
  };
}

function startsQuoted({ bytes }: Head): boolean {
  const lines = bytes
    .toString('latin1', 0, 64 * 1024)
    .split(/\r?\n|\r/)
    .filter(line => line !== '');
  return lines.length > 0 && lines.slice(0, 1000).every(line => line.startsWith('"'));
}

function nameColumns(
  name: string,
  rows: readonly Fields[],
  request: TableRequest,
): { columns: readonly string[]; known: 'sentiment140' | null } {
  const width = mostFields(rows);
  const { columnNames } = request;
  if (columnNames) {
    if (columnNames.length === width)
      return { columns: columnNames, known: isThose(columnNames) ? 'sentiment140' : null };
    throw new SentopsError(
      'DATA_INVALID',
      `${name} has ${width} columns, and ${columnNames.length} names are given for them: ${columnNames.join(', ')}`,
      { hint: 'give as many names as there are columns (dataset.format.columns), or another delimiter' },
    );
  }
  if (isSentiment140(rows)) return { columns: SENTIMENT140, known: 'sentiment140' };
  if (width === 2) return { columns: isLabelFirst(rows) ? ['label', 'text'] : ['text', 'label'], known: null };
  return { columns: completeNames(Array.from({ length: width }, () => null)), known: null };
}

function isThose(names: readonly string[]): boolean {
  return names.length === SENTIMENT140.length && SENTIMENT140.every((name, index) => names[index] === name);
}

function isSentiment140(rows: readonly Fields[]): boolean {
  const [first = []] = rows;
  return first.length === 6 && ['0', '2', '4'].includes(first[0] ?? '');
}

const mostFields = (rows: readonly Fields[]): number => evenness({ rows, bad: 0 }).width;

function isLabelFirst(rows: readonly Fields[]): boolean {
  const [first, second] = [0, 1].map(column => measure(rows, column)) as [Measure, Measure];
  if (first.isLabels !== second.isLabels) return first.isLabels;
  return first.different !== second.different ? first.different < second.different : first.length < second.length;
}

/** Nothing but labels, or few short values that come again and again. */
function isLabelColumn(rows: readonly Fields[], column: number): boolean {
  const { isLabels, different, longest } = measure(rows, column);
  return isLabels || (rows.length >= FEW_ROWS && different * 4 <= rows.length && longest <= 30);
}

interface Measure {
  readonly isLabels: boolean;
  readonly different: number;
  readonly length: number;
  readonly longest: number;
}

function measure(rows: readonly Fields[], column: number): Measure {
  const values = rows.map(row => row[column] ?? '');
  const lengths = values.map(({ length }) => length);
  return {
    isLabels: values.every(value => value === '' || isLabelValue(value)),
    different: new Set(values).size,
    length: lengths.reduce((sum, length) => sum + length, 0),
    longest: Math.max(0, ...lengths),
  };
}
