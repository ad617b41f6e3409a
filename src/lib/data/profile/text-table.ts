/** Entries up to which texts are compared one with all. */
const MOST_ENTRIES = 2_500_000;
const FIRST_SLOTS = 1 << 14;
const NONE = 0xffff;

export interface TextTableOptions {
  /** With more texts than this only those are kept whose hash ends in zeros: a sample that all copies of a text share. */
  readonly mostEntries?: number;
}

/**
 * Different texts by 64 bits of hash, with how often each came and the label that it had first. Memory is bounded: when
 * the table is full it goes on with every second text, then every fourth … (distinct sampling, Gibbons 2001), and what
 * it counts has to be multiplied by `scale`.
 */
export class TextTable {
  /** Different texts kept. */
  entries = 0;
  /** 1 while nothing was left out, then 2, 4, 8 … */
  scale = 1;
  private readonly mostEntries: number;
  private low = new Int32Array(FIRST_SLOTS);
  private high = new Int32Array(FIRST_SLOTS);
  /** Rows of each entry, up to 65,535; 0 is a free slot. */
  private rows = new Uint16Array(FIRST_SLOTS);
  private labels = new Uint16Array(FIRST_SLOTS);
  /** One bit for each entry that came with several labels. */
  private mixed = new Uint8Array(FIRST_SLOTS);

  constructor({ mostEntries = MOST_ENTRIES }: TextTableOptions = {}) {
    this.mostEntries = mostEntries;
  }

  /** Whether the text belongs to the sample that is compared. */
  samples(low: number): boolean {
    return (low & (this.scale - 1)) === 0;
  }

  /** Counts a text; true where it was there already. A negative label is none. */
  add(low: number, high: number, label: number): boolean {
    if (!this.samples(low)) return false;
    let slot = this.find(low, high);
    if (this.rows[slot] === 0) {
      if (this.entries >= this.mostEntries) {
        this.thin();
        if (!this.samples(low)) return false;
        slot = this.find(low, high);
      } else if (this.entries * 5 > this.rows.length * 3) {
        this.rebuild(this.rows.length * 2, () => true);
        slot = this.find(low, high);
      }
      this.low[slot] = low;
      this.high[slot] = high;
      this.rows[slot] = 1;
      this.labels[slot] = label < 0 ? NONE : label;
      this.entries++;
      return false;
    }
    this.count(slot, label);
    return true;
  }

  has(low: number, high: number): boolean {
    return this.samples(low) && this.rows[this.find(low, high)] !== 0;
  }

  /** Rows beyond the first of each text, and the texts that came with several labels; of the sample, not yet scaled. */
  sums(): { readonly repeated: number; readonly mixedTexts: number; readonly mixedRows: number } {
    let repeated = 0;
    let mixedTexts = 0;
    let mixedRows = 0;
    for (let slot = 0; slot < this.rows.length; slot++) {
      const rows = this.rows[slot] as number;
      if (rows === 0) continue;
      repeated += rows - 1;
      if (this.mixed[slot] === 0) continue;
      mixedTexts++;
      mixedRows += rows;
    }
    return { repeated, mixedTexts, mixedRows };
  }

  private count(slot: number, label: number): void {
    const rows = this.rows[slot] as number;
    if (rows < 0xffff) this.rows[slot] = rows + 1;
    if (label < 0) return;
    if (this.labels[slot] === NONE) this.labels[slot] = label;
    else if (this.labels[slot] !== label) this.mixed[slot] = 1;
  }

  private find(low: number, high: number): number {
    const mask = this.rows.length - 1;
    // The low bits of `low` are all alike in a sample.
    let slot = high & mask;
    while (this.rows[slot] !== 0 && (this.low[slot] !== low || this.high[slot] !== high)) slot = (slot + 1) & mask;
    return slot;
  }

  private thin(): void {
    while (this.entries >= this.mostEntries) {
      this.scale *= 2;
      this.rebuild(this.rows.length, low => this.samples(low));
    }
  }

  private rebuild(slots: number, keeps: (low: number) => boolean): void {
    const { low, high, rows, labels, mixed } = this;
    this.low = new Int32Array(slots);
    this.high = new Int32Array(slots);
    this.rows = new Uint16Array(slots);
    this.labels = new Uint16Array(slots);
    this.mixed = new Uint8Array(slots);
    this.entries = 0;
    for (let from = 0; from < rows.length; from++) {
      if (rows[from] === 0 || !keeps(low[from] as number)) continue;
      const slot = this.find(low[from] as number, high[from] as number);
      this.low[slot] = low[from] as number;
      this.high[slot] = high[from] as number;
      this.rows[slot] = rows[from] as number;
      this.labels[slot] = labels[from] as number;
      this.mixed[slot] = mixed[from] as number;
      this.entries++;
    }
  }
}
