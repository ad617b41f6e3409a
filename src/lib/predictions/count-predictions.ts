import { findPredictions } from './find-predictions.ts';
import { confidenceAt, labelAt, textOf } from './prediction-values.ts';
import { readAll } from './read-all.ts';
import { type Field, readPredictions } from './read-predictions.ts';
import type { PredictionFile, PredictionsCall } from './types.ts';

/** The predictions that have something in common. */
export interface PredictionGroup {
  /** Null where the files do not say. */
  value: string | null;
  rows: number;
  /** Of all predictions. */
  share: number;
  meanConfidence: number | null;
}

export interface PredictionStats {
  location: string;
  files: number;
  unreadable: number;
  rows: number;
  /** Rows for which the model had no answer. */
  withoutPrediction: number;
  meanConfidence: number | null;
  byLabel: PredictionGroup[];
  byModelVersion: PredictionGroup[];
  byDate: PredictionGroup[];
}

/** A row group of each is in memory. */
const FILES_AT_ONCE = 4;
const FIELDS: readonly Field[] = ['prediction', 'sentiment', 'probability', 'confidence', 'modelVersion'];

/** Counts by label, by version of the model and by day. */
export async function countPredictions(call: PredictionsCall): Promise<PredictionStats> {
  const found = await findPredictions(call);
  const total = new Counter();
  // Of its own for each file, so that one that turns out to be damaged is not counted by half.
  const count = async (file: PredictionFile) => {
    const counter = new Counter();
    for await (const block of readPredictions(file, found.storage, FIELDS, call.signal)) {
      for (let row = 0; row < block.rows; row++) {
        const version = textOf(block.at('modelVersion', row));
        counter.add(labelAt(block, row), version, file.date, confidenceAt(block, row));
      }
    }
    return counter;
  };
  const read = await readAll(found, call, count, FILES_AT_ONCE);
  for (const { result } of read) if (result !== null) total.merge(result);
  return {
    location: found.location,
    files: read.length,
    unreadable: read.filter(({ result }) => result === null).length,
    ...total.describe(),
  };
}

interface Sums {
  rows: number;
  confidence: number;
  told: number;
}

type Groups = Map<string | null, Sums>;

class Counter {
  private readonly labels: Groups = new Map();
  private readonly versions: Groups = new Map();
  private readonly dates: Groups = new Map();
  private rows = 0;
  private withoutPrediction = 0;

  add(label: string | null, version: string | null, date: string | null, confidence: number | null): void {
    this.rows += 1;
    if (label === null) {
      this.withoutPrediction += 1;
      return;
    }
    const sums = { rows: 1, confidence: confidence ?? 0, told: confidence === null ? 0 : 1 };
    addTo(this.labels, label, sums);
    addTo(this.versions, version, sums);
    addTo(this.dates, date, sums);
  }

  merge(other: Counter): void {
    this.rows += other.rows;
    this.withoutPrediction += other.withoutPrediction;
    for (const kind of ['labels', 'versions', 'dates'] as const)
      for (const [value, sums] of other[kind]) addTo(this[kind], value, sums);
  }

  describe() {
    const all: Groups = new Map();
    for (const sums of this.labels.values()) addTo(all, null, sums);
    const predicted = this.rows - this.withoutPrediction;
    const list = (groups: Groups) => [...groups].map(([value, sums]) => describeGroup(value, sums, predicted));
    return {
      rows: this.rows,
      withoutPrediction: this.withoutPrediction,
      meanConfidence: meanOf(all.get(null)),
      byLabel: list(this.labels).sort((a, b) => b.rows - a.rows || compareValues(a, b)),
      byModelVersion: list(this.versions).sort((a, b) => compareValues(b, a)),
      byDate: list(this.dates).sort((a, b) => compareValues(b, a)),
    };
  }
}

function addTo(groups: Groups, value: string | null, { rows, confidence, told }: Sums): void {
  const sums = groups.get(value) ?? { rows: 0, confidence: 0, told: 0 };
  groups.set(value, sums);
  sums.rows += rows;
  sums.confidence += confidence;
  sums.told += told;
}

function describeGroup(value: string | null, sums: Sums, all: number): PredictionGroup {
  return { value, rows: sums.rows, share: sums.rows / all, meanConfidence: meanOf(sums) };
}

function meanOf(sums: Sums | undefined): number | null {
  return sums === undefined || sums.told === 0 ? null : sums.confidence / sums.told;
}

/** Versions are numbers: 10 comes after 9. */
function compareValues(a: PredictionGroup, b: PredictionGroup): number {
  return (a.value ?? '').localeCompare(b.value ?? '', 'en', { numeric: true });
}
