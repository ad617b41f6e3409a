import type { FieldColumn } from '../rows.ts';
import { BeyondAscii, SCRIPTS } from './beyond-ascii.ts';
import { SIGN, type TextFeatures } from './text-scan.ts';
import type { Share } from './types.ts';

const LATIN = SCRIPTS.indexOf('Latin');
const NONE = SCRIPTS.indexOf('none');

/** Rows by the script that most of their letters are of: a language shows by it unless several share it. */
export class ScriptCounts {
  /** Bits of MISHAP for each row of the last batch. */
  mishaps = new Uint8Array(0);
  private readonly reader = new BeyondAscii();
  private readonly counts = new Array<number>(SCRIPTS.length).fill(0);

  add({ bytes, starts, ends }: FieldColumn, { signs, words }: TextFeatures, rows: number): void {
    if (this.mishaps.length < rows) this.mishaps = new Uint8Array(rows);
    for (let row = 0; row < rows; row++) {
      this.mishaps[row] = 0;
      if (words[row] === 0) continue;
      const sign = signs[row] as number;
      let script = (sign & SIGN.letter) === 0 ? NONE : LATIN;
      if ((sign & SIGN.high) !== 0) {
        this.reader.look(bytes, starts[row] as number, ends[row] as number);
        script = this.reader.script;
        this.mishaps[row] = this.reader.mishaps;
      }
      this.counts[script] = (this.counts[script] as number) + 1;
    }
  }

  /** The most frequent first. */
  shares(total: number): Share[] {
    const found = SCRIPTS.map((name, index) => ({ name, rows: this.counts[index] as number }));
    return found
      .filter(({ rows }) => rows > 0)
      .sort((a, b) => b.rows - a.rows)
      .map(({ name, rows }) => ({ name, rows, share: rows / total }));
  }
}
