import type { FieldColumn } from '../data/rows.ts';
import type { ScoredRows } from '../learn/metrics.ts';
import type { BatchScores } from '../model/compile/types.ts';

/** The scores of labelled rows as they come in; a few dozen bytes a row, the texts themselves are not kept. */
export class JudgedRows {
  readonly classes: number;
  #rows = 0;
  #ids = new Int32Array(1024);
  #words = new Int32Array(1024);
  #predictions = new Int32Array(1024);
  #raw: Float64Array;
  #probabilities: Float64Array | null;

  constructor(classes: number, options: { readonly probabilities: boolean }) {
    this.classes = classes;
    this.#raw = new Float64Array(1024 * classes);
    this.#probabilities = options.probabilities ? new Float64Array(1024 * classes) : null;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Keeps one row of a batch. */
  add(id: number, words: number, scores: BatchScores, row: number): void {
    if (this.#rows === this.#ids.length) this.#grow();
    const at = this.#rows;
    const { classes } = this;
    this.#ids[at] = id;
    this.#words[at] = words;
    this.#predictions[at] = scores.predictions[row] as number;
    for (let klass = 0; klass < classes; klass += 1) {
      this.#raw[at * classes + klass] = scores.raw[row * classes + klass] as number;
      if (this.#probabilities && scores.probabilities)
        this.#probabilities[at * classes + klass] = scores.probabilities[row * classes + klass] as number;
    }
    this.#rows += 1;
  }

  /** The rows that are wanted, with the class of each; ids of labels become classes. */
  select(classOf: Int32Array, isWanted: (words: number) => boolean = () => true): SelectedRows {
    const chosen: number[] = [];
    for (let row = 0; row < this.#rows; row += 1)
      if ((classOf[this.#ids[row] as number] as number) >= 0 && isWanted(this.#words[row] as number)) chosen.push(row);
    const { classes } = this;
    const pick = (from: Int32Array) => Int32Array.from(chosen, row => from[row] as number);
    const pickVectors = (from: Float64Array) => {
      const picked = new Float64Array(chosen.length * classes);
      for (const [index, row] of chosen.entries())
        picked.set(from.subarray(row * classes, (row + 1) * classes), index * classes);
      return picked;
    };
    return {
      rows: chosen.length,
      classes,
      labels: pick(this.#ids).map(id => classOf[id] as number),
      predictions: pick(this.#predictions),
      raw: pickVectors(this.#raw),
      probabilities: this.#probabilities && pickVectors(this.#probabilities),
      words: pick(this.#words),
    };
  }

  #grow(): void {
    const length = this.#ids.length * 2;
    this.#ids = copy(this.#ids, new Int32Array(length));
    this.#words = copy(this.#words, new Int32Array(length));
    this.#predictions = copy(this.#predictions, new Int32Array(length));
    this.#raw = copy(this.#raw, new Float64Array(length * this.classes));
    this.#probabilities &&= copy(this.#probabilities, new Float64Array(length * this.classes));
  }
}

export interface SelectedRows extends ScoredRows {
  /** Words of each text. */
  readonly words: Int32Array;
}

function copy<A extends Int32Array | Float64Array>(from: A, to: A): A {
  to.set(from);
  return to;
}

/** Runs of anything but ASCII white space; 0: there is no text. */
export function countWords({ bytes, starts, ends }: FieldColumn, row: number): number {
  const start = starts[row] as number;
  if (start < 0) return 0;
  let words = 0;
  let isInside = false;
  for (let at = start; at < (ends[row] as number); at += 1) {
    const byte = bytes[at] as number;
    const isSpace = byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
    if (!isSpace && !isInside) words += 1;
    isInside = !isSpace;
  }
  return words;
}
