import { damaged } from './damaged.ts';

/**
 * How many bytes may be made of a file: a few bytes of runs, differences or packed zeros can stand for gigabytes. Every
 * page pays before room is made for it.
 */
export class Budget {
  readonly #total: number;
  #left: number;

  constructor(total: number) {
    this.#total = total;
    this.#left = total;
  }

  get left(): number {
    return this.#left;
  }

  spend(bytes: number, what: string): void {
    this.#left -= bytes;
    if (this.#left >= 0) return;
    throw damaged(`${what} grows beyond the ${this.#total} bytes that are made of a file like this`, HINT);
  }
}

const HINT = 'write it again with smaller row groups; a file that small holds no such numbers unless it is damaged';

/** Of one row group of a table, whose columns may be one value for millions of rows. */
export function budgetOfGroup(packed: number): Budget {
  return new Budget(Math.min(2 ** 32, 2 ** 30 + 64 * packed));
}

/** Of all tables of a model. */
export function budgetOfModel(packed: number): Budget {
  return new Budget(Math.min(2 ** 33, 2 ** 29 + 32 * packed));
}
