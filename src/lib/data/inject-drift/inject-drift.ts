import { SentopsError } from '../../core/errors.ts';
import { addOne, type Counts, countLabels, LabelCounter, nameCounts } from '../convert/count-labels.ts';
import type { Rows } from '../convert/open-rows.ts';
import { withRows } from '../convert/row-job.ts';
import type { RowToolRequest } from '../convert/row-tool.ts';
import { createRandom, rowNumber, STREAM, streamKey } from '../random.ts';
import type { Value } from '../rows.ts';
import type { Row } from '../write/row-encoder.ts';
import type { TableWriter } from '../write/table-writer.ts';
import { addNoise, shiftVocabulary, shorten, type TextDrift } from './drift-text.ts';

export type DriftKind = 'vocabulary' | 'length' | 'label' | 'noise';

export interface InjectDriftRequest extends RowToolRequest {
  readonly output: string;
  readonly kind: DriftKind;
  /** From 0, which changes nothing, to 1. */
  readonly strength: number;
  readonly seed: number;
}

/** What a monitor would see of the rows. */
export interface DriftSide {
  rows: number;
  labels: Record<string, number>;
  /** Means over the rows that have a text. */
  textLength: number;
  wordCount: number;
}

export interface InjectedDrift {
  input: string;
  /** As it was asked for: a path or URI; `-` for standard output. */
  path: string;
  kind: DriftKind;
  strength: number;
  seed: number;
  /** Rows whose text is another one now. */
  changed: number;
  /** Rows that were left out. */
  dropped: number;
  before: DriftSide;
  after: DriftSide;
  badRows: number;
  /** False with --dry-run. */
  written: boolean;
}

const TEXT_DRIFTS: Readonly<Record<Exclude<DriftKind, 'label'>, TextDrift>> = {
  vocabulary: shiftVocabulary,
  length: shorten,
  noise: addNoise,
};

/** Writes a table as it might look after the world has changed, to see whether monitoring notices. */
export async function injectDrift(request: InjectDriftRequest): Promise<InjectedDrift> {
  const { output, kind, strength, seed, header, dryRun } = request;
  const isLabel = kind === 'label';
  const wish = { locations: [output], labels: isLabel ? 'needed' : 'found', counts: isLabel, header } as const;
  return withRows(request, wish, async ({ rows, pass }) => {
    const run = new DriftRun(request, rows, isLabel ? await findFavoured(rows, request) : null);
    const { badRows } = await pass({
      label: 'drift rows',
      begin: batch => run.labels.begin(batch),
      row: (batch, row, [writer]) => run.row(rows.record(batch, row), batch.firstRow + row, row, writer),
    });
    const { before, after } = run.sides();
    const facts = { kind, strength, seed, changed: run.changed, dropped: before.rows - after.rows };
    return { input: rows.name, path: output, ...facts, before, after, badRows, written: !dryRun };
  });
}

/** The rarest label: as the others are thinned out, its share grows. */
async function findFavoured(rows: Rows, request: InjectDriftRequest): Promise<number> {
  const counts = await countLabels(rows, await rows.again(), request);
  counts.delete(-1);
  const rarest = [...counts].sort(([, a], [, b]) => a - b)[0];
  if (rarest !== undefined && counts.size > 1) return rarest[0];
  throw new SentopsError('DATA_INVALID', `${rows.name} has one label only: its balance cannot change`, {
    hint: 'take another --kind, or name the column with --label-column',
  });
}

class DriftRun {
  readonly labels: LabelCounter;
  changed = 0;
  private readonly request: InjectDriftRequest;
  private readonly textColumn: string;
  private readonly favoured: number | null;
  private readonly key: number;
  private readonly before = new Side();
  private readonly after = new Side();

  constructor(request: InjectDriftRequest, rows: Rows, favoured: number | null) {
    this.request = request;
    this.textColumn = rows.table.layout.textColumn;
    this.favoured = favoured;
    this.labels = new LabelCounter(rows, favoured !== null);
    this.key = streamKey(request.seed, STREAM.drift);
  }

  row(record: Row, number: number, inBatch: number, writer: TableWriter | undefined): TableWriter | null {
    const label = this.labels.of(inBatch);
    const text = Object.hasOwn(record, this.textColumn) ? record[this.textColumn] : null;
    this.before.add(label, text);
    if (this.isDropped(label, number)) return null;
    const drifted = this.drift(text, number);
    if (drifted !== text) this.changed++;
    this.after.add(label, drifted);
    writer?.record(drifted === text ? record : { ...record, [this.textColumn]: drifted as Value });
    return writer ?? null;
  }

  sides(): { before: DriftSide; after: DriftSide } {
    const names = this.labels.names();
    return { before: this.before.sum(names), after: this.after.sum(names) };
  }

  private isDropped(label: number, number: number): boolean {
    if (this.favoured === null || label === this.favoured || label < 0) return false;
    return rowNumber(this.key, number) < this.request.strength * 0x1_0000_0000;
  }

  private drift(text: Value | undefined, number: number): Value | undefined {
    const { kind, strength } = this.request;
    if (kind === 'label' || typeof text !== 'string') return text;
    // Each row by itself: the same one drifts alike, whatever stands before it.
    return TEXT_DRIFTS[kind](text, strength, createRandom(rowNumber(this.key, number), STREAM.drift));
  }
}

class Side {
  private readonly counts: Counts = new Map();
  private rows = 0;
  private texts = 0;
  private characters = 0;
  private words = 0;

  add(label: number, text: Value | undefined): void {
    addOne(this.counts, label);
    this.rows++;
    if (typeof text !== 'string') return;
    this.texts++;
    this.characters += codePoints(text);
    this.words += countWords(text);
  }

  sum(names: readonly string[]): DriftSide {
    const mean = (total: number) => (this.texts === 0 ? 0 : Math.round((100 * total) / this.texts) / 100);
    const { rows, characters, words } = this;
    return { rows, labels: nameCounts(this.counts, names), textLength: mean(characters), wordCount: mean(words) };
  }
}

/** As `text_len` counts them; a pair of surrogates is one. */
function codePoints(text: string): number {
  let pairs = 0;
  for (let at = 1; at < text.length; at++) {
    const isPair = (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;
    if (isPair) pairs++;
  }
  return text.length - pairs;
}

/** What stands between white space, as `split()` of Python counts it. */
function countWords(text: string): number {
  let words = 0;
  let isInside = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isSpace = code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0xa0 || code === 0x3000;
    if (!isSpace && !isInside) words++;
    isInside = !isSpace;
  }
  return words;
}
