import fs from 'node:fs';
import path from 'node:path';
import { countNoun } from '../core/count-noun.ts';
import { SentopsError } from '../core/errors.ts';
import { groupDigits } from '../core/group-digits.ts';
import { createOutputFile, type OutputFile, type RowFormat, readOutputKind } from '../core/output-file.ts';
import { silent } from '../core/report.ts';
import { openInput } from '../data/open-input.ts';
import type { ReadStatistics, Table } from '../data/rows.ts';
import { compileModel } from '../model/compile/compile.ts';
import type { MathFlavor, Scorer } from '../model/compile/types.ts';
import { openModel } from '../model/load.ts';
import type { FittedModel } from '../model/types.ts';
import { asVersion } from './as-version.ts';
import { createCollector, createLabelEncoder } from './collect-rows.ts';
import { createCsvEncoder, MOST_LEFT_OUT } from './encode-csv.ts';
import { createJsonlEncoder } from './encode-jsonl.ts';
import { chooseModel } from './find-model.ts';
import type { ModelChoice } from './model-choice.ts';
import { passedColumns } from './row-shape.ts';
import { type ScoreTotals, scoreTable } from './score-table.ts';
import { openTexts } from './texts-table.ts';
import type { RowEncoder, RowShape, ScoredRow, ScoreResult, ScoreSummary } from './types.ts';

/** Rows that may be asked for in one piece. */
const MOST_ITEMS = 100_000;
/** Tokens that an explanation names. */
const MOST_TOKENS = 10;

export interface ScoreRequest extends ModelChoice {
  readonly texts: readonly string[];
  /** A path, a URI or `-`. */
  readonly input: string | undefined;
  readonly textColumn: string | undefined;
  readonly math: MathFlavor;
  readonly vectors: boolean;
  readonly explain: boolean;
  readonly limit: number | undefined;
  readonly output: string | undefined;
  /** Everything is done but for writing `output`. */
  readonly dryRun: boolean;
  /** `items`: all rows in the result; anything else goes to `stream`, or to `output`, as it is made. */
  readonly form: 'items' | 'jsonl' | 'csv' | 'labels';
  /** The format was asked for by name: it decides for `output`, whatever that is called. */
  readonly isFormChosen: boolean;
  stream(chunk: Uint8Array): Promise<void>;
}

/** Scores texts or the rows of a table with a model. */
export async function runScoring(request: ScoreRequest): Promise<ScoreResult> {
  const started = performance.now();
  checkOutput(request);
  const chosen = await chooseModel(request);
  const { model: stored, dir } = await openModel(chosen.place);
  const model = asVersion(stored, chosen.version);
  const scorer = compileModel(model, { math: request.math });
  const { table, live } = await openRows(request);
  const shape = shapeOf(request, table, model, scorer);
  const items: ScoredRow[] = [];
  const leftOut = new Set<string>();
  const totals = await writeRows(request, { table, live, shape, scorer, items, leftOut });
  const statistics = table.statistics();
  tellLosses(request, totals, statistics);
  tellLeftOut(request, leftOut);
  const summary = summarise(request, { model, folder: dir, scorer, totals, statistics, started });
  return { items, summary };
}

async function openRows(request: ScoreRequest): Promise<{ table: Table; live: boolean }> {
  const { input, texts, textColumn } = request;
  if (input === undefined) return { table: openTexts(texts), live: false };
  const { table, again } = await openInput(
    input,
    { needsRecords: true, ...(textColumn === undefined ? {} : { textColumn }) },
    request,
  );
  return { table, live: again === null };
}

function shapeOf(request: ScoreRequest, { layout }: Table, model: FittedModel, scorer: Scorer): RowShape {
  return {
    labels: scorer.labels,
    modelVersion: model.about.version ?? null,
    vectors: request.vectors,
    explain: request.explain ? text => scorer.explain(text, MOST_TOKENS) : null,
    passing: layout.type === 'csv' ? 'bytes' : 'record',
    textColumn: layout.textColumn,
    passed: passedColumns(layout),
  };
}

interface Work {
  readonly table: Table;
  readonly live: boolean;
  readonly shape: RowShape;
  readonly scorer: Scorer;
  readonly items: ScoredRow[];
  /** Keys of the input that a CSV output has no column for. */
  readonly leftOut: Set<string>;
}

async function writeRows(request: ScoreRequest, work: Work): Promise<ScoreTotals> {
  const { form, limit = Number.POSITIVE_INFINITY, signal } = request;
  // A few texts are done before anybody could read how far they are.
  const report = request.input === undefined ? silent : request.report;
  const run = (encoder: RowEncoder, write: (chunk: Uint8Array) => Promise<void>) =>
    scoreTable({ ...work, encoder, write, limit, signal, report });
  if (!isFile(request)) return run(encoderFor(form, work), request.stream);
  const output = path.resolve(request.cwd, request.output);
  const kind = readOutputKind(output, chosenFormat(request));
  const file = request.dryRun ? NO_FILE : await createOutputFile(output, kind.compression);
  try {
    const totals = await run(encoderFor(kind.format, work), file.write);
    await file.finish();
    return totals;
  } finally {
    await file.discard();
  }
}

const NO_FILE: OutputFile = { write: async () => {}, finish: async () => {}, discard: async () => {} };

function encoderFor(form: ScoreRequest['form'], { shape, items, leftOut }: Work): RowEncoder {
  switch (form) {
    case 'csv':
      return createCsvEncoder(shape, leftOut);
    case 'labels':
      return createLabelEncoder(shape);
    case 'jsonl':
      return createJsonlEncoder(shape);
    case 'items':
      return createCollector(shape, row => {
        if (items.length === MOST_ITEMS) throw tooManyItems();
        items.push(row);
      });
  }
}

function tooManyItems(): SentopsError {
  return new SentopsError('USAGE', `more than ${groupDigits(MOST_ITEMS)} rows do not fit into one answer`, {
    hint: 'leave the format out (JSON lines come as they are scored), write a file with -o FILE.jsonl, or use --limit',
  });
}

function chosenFormat({ isFormChosen, form }: ScoreRequest): RowFormat | undefined {
  return isFormChosen && (form === 'csv' || form === 'jsonl') ? form : undefined;
}

function isFile(request: ScoreRequest): request is ScoreRequest & { readonly output: string } {
  return request.output !== undefined && request.output !== '-';
}

/** What can be told before anything is loaded. */
function checkOutput(request: ScoreRequest): void {
  const { input, cwd } = request;
  if (!isFile(request)) return;
  const { output } = request;
  if (/^[A-Za-z][A-Za-z0-9+.-]+:\/\//.test(output))
    throw new SentopsError('FLAG_INVALID', `--output: ${output} is no file of this machine`, {
      hint: 'write a file here and upload it',
      details: { flag: '--output', value: output },
    });
  readOutputKind(path.resolve(cwd, output), chosenFormat(request));
  if (input !== undefined && input !== '-' && isSameFile(path.resolve(cwd, input), path.resolve(cwd, output)))
    throw new SentopsError('CONFLICT', `${output} is the input: it would be lost`, {
      hint: 'write to another file',
    });
}

function isSameFile(one: string, other: string): boolean {
  const [a, b] = [one, other].map(file => fs.statSync(file, { throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.isFile() && a.ino === b.ino && a.dev === b.dev;
}

function tellLosses({ report }: ScoreRequest, { withoutText }: ScoreTotals, statistics: ReadStatistics): void {
  const { badRows, badExamples, replacedFields } = statistics;
  const warn = (message: string) => report({ type: 'note', level: 'warn', message });
  if (withoutText > 0) warn(`${countNoun(withoutText, 'row')} had no text: no prediction, and an error in place of it`);
  if (badRows > 0) {
    const [first] = badExamples;
    const example = first ? `; the first in line ${first.line}: ${first.reason}` : '';
    warn(
      `${countNoun(badRows, 'row')} could not be read and ${badRows === 1 ? 'is' : 'are'} not in the output${example}`,
    );
  }
  if (replacedFields > 0)
    warn(`${countNoun(replacedFields, 'field')} had bytes that are no valid text: U+FFFD stands in their place`);
}

/** Only later rows have them: the head of the CSV was written before. */
function tellLeftOut({ report }: ScoreRequest, leftOut: ReadonlySet<string>): void {
  if (leftOut.size === 0) return;
  const amount = `${leftOut.size === MOST_LEFT_OUT ? 'at least ' : ''}${countNoun(leftOut.size, 'key')}`;
  const some = [...leftOut].slice(0, 5).map(name => (name.length > 40 ? `${name.slice(0, 39)}…` : name));
  const more = leftOut.size > some.length ? ', …' : '';
  const message = `${amount} of later rows (${some.join(', ')}${more}) ${leftOut.size === 1 ? 'is' : 'are'} left out of the CSV, whose columns are those of the first rows; JSON lines keep all`;
  report({ type: 'note', level: 'warn', message });
}

interface Done {
  readonly model: FittedModel;
  readonly folder: string;
  readonly scorer: Scorer;
  readonly totals: ScoreTotals;
  readonly statistics: ReadStatistics;
  readonly started: number;
}

function summarise(request: ScoreRequest, done: Done): ScoreSummary {
  const { model, scorer, totals, statistics } = done;
  return {
    rows: totals.rows,
    scored: totals.rows - totals.withoutText,
    withoutText: totals.withoutText,
    badRows: statistics.badRows,
    badExamples: statistics.badExamples.map(({ line, reason }) => ({ line, reason })),
    sentiments: Object.fromEntries(scorer.labels.map((label, index) => [label, totals.predicted[index] ?? 0])),
    input: request.input ?? null,
    output: isFile(request) ? request.output : null,
    written: isFile(request) && !request.dryRun,
    model: {
      path: done.folder,
      name: model.about.name ?? null,
      version: model.about.version ?? null,
      labels: [...scorer.labels],
      probabilities: scorer.hasProbabilities,
    },
    seconds: Math.round(performance.now() - done.started) / 1000,
  };
}
