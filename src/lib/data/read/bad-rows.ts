import { SentopsError } from '../../core/errors.ts';
import { groupDigits } from '../../core/group-digits.ts';
import type { ReadStatistics } from '../rows.ts';

/** Examples that are kept for the message. */
const EXAMPLES = 5;
const MOST_BAD = 0.1;
/** A file is judged before its end only when that much of it was seen. */
const ENOUGH_ROWS = 10_000;

/** Counts rows that could not be read, and gives up on a file where they are too many. */
export class BadRows {
  rows = 0;
  count = 0;
  readonly examples: ReadStatistics['badExamples'][number][] = [];
  private readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  /** `lineOf` is asked for the first few only. */
  add(reason: string, lineOf: () => number): void {
    this.count++;
    if (this.examples.length < EXAMPLES) this.examples.push({ line: lineOf(), reason });
  }

  judge(isEnd: boolean, hint: string): void {
    const seen = this.rows + this.count;
    const isMany = this.count > seen * MOST_BAD && seen >= (isEnd ? 100 : ENOUGH_ROWS);
    const isAll = isEnd && this.rows === 0 && this.count > 0;
    if (!isMany && !isAll) return;
    const share = isAll ? `all ${amount(seen)}` : `${amount(this.count)} of ${amount(seen)}`;
    const examples = this.examples.map(({ line, reason }) => `line ${amount(line)}: ${reason}`);
    throw new SentopsError(
      'DATA_INVALID',
      `${this.name}: ${share} rows cannot be read (${examples.join('; ')}${this.count > examples.length ? '; …' : ''})`,
      { hint, details: { rows: seen, badRows: this.count, badExamples: this.examples } },
    );
  }
}

function amount(count: number): string {
  return groupDigits(count);
}
