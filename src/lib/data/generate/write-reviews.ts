import fs from 'node:fs';
import path from 'node:path';
import { SentopsError } from '../../core/errors.ts';
import { createOutputFile, type RowFormat, readOutputKind } from '../../core/output-file.ts';
import type { Report } from '../../core/report.ts';
import { generateReviews, type Review, type ReviewsRequest, reviewLabels } from './generate-reviews.ts';

export interface GenerateRequest extends ReviewsRequest {
  readonly cwd: string;
  /** A path, or `-` for the stream. */
  readonly output: string;
  /** By the name of the file where absent. */
  readonly type?: RowFormat;
  /** Replace a file that is there. */
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  readonly report: Report;
  /** Takes the lines where the output is `-`. */
  stream(lines: Uint8Array): Promise<void>;
}

export interface GeneratedReviews {
  /** Absolute; `-` for standard output. */
  path: string;
  rows: number;
  /** Rows of each label. */
  labels: Record<string, number>;
  seed: number;
  /** The reviews are made up by a program. */
  synthetic: true;
  /** False with --dry-run. */
  written: boolean;
}

const PIECE = 256 * 1024;

/** Writes a synthetic data set, the whole file or none of it. */
export async function writeReviews(request: GenerateRequest): Promise<GeneratedReviews> {
  const { output, cwd, dryRun, seed } = request;
  const isStream = output === '-';
  const file = isStream ? '-' : path.resolve(cwd, output);
  const kind = isStream
    ? { format: request.type ?? 'csv', compression: 'none' as const }
    : readOutputKind(file, request.type, '--type');
  if (!isStream && !request.force) refuseExisting(file, output);
  const labels = Object.fromEntries(reviewLabels(request.classes).map(name => [name, 0]));
  const pieces = encode(countLabels(generateReviews(request), labels), kind.format);
  const sink = isStream || dryRun ? null : await createOutputFile(file, kind.compression);
  try {
    for (const piece of pieces) {
      request.signal.throwIfAborted();
      if (!dryRun) await (sink ? sink.write(piece) : request.stream(piece));
      // Gives signals their turn.
      await new Promise<void>(resolve => setImmediate(resolve));
      reportProgress(request, labels);
    }
    await sink?.finish();
  } finally {
    await sink?.discard();
  }
  return { path: file, rows: request.rows, labels, seed, synthetic: true, written: !dryRun };
}

function refuseExisting(file: string, shown: string): void {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile()) return;
  throw new SentopsError('CONFLICT', `${shown} is there already`, {
    hint: 'give another path, or --force to replace it',
  });
}

function reportProgress({ report, rows, dryRun }: GenerateRequest, labels: Record<string, number>): void {
  const done = Object.values(labels).reduce((sum, count) => sum + count, 0);
  report({
    type: 'progress',
    id: 'generate',
    label: dryRun ? 'reviews made' : 'reviews written',
    done,
    total: rows,
    unit: 'rows',
  });
}

function* countLabels(reviews: Iterable<Review>, labels: Record<string, number>): Generator<Review> {
  for (const review of reviews) {
    labels[review.label] = (labels[review.label] ?? 0) + 1;
    yield review;
  }
}

function* encode(reviews: Iterable<Review>, format: RowFormat): Generator<Uint8Array> {
  let lines = format === 'csv' ? 'text,label\n' : '';
  for (const { text, label } of reviews) {
    lines += format === 'csv' ? `${quote(text)},${label}\n` : `${JSON.stringify({ text, label })}\n`;
    if (lines.length < PIECE) continue;
    yield Buffer.from(lines);
    lines = '';
  }
  if (lines !== '') yield Buffer.from(lines);
}

/** RFC 4180. */
function quote(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
