import { SentopsError } from '../../../core/errors.ts';
import type { Budget } from '../../../parquet/budget.ts';
import type { Column } from '../../../parquet/join-columns.ts';
import type { Columns } from '../../../parquet/read-columns.ts';
import { countOf, type Values } from '../../../parquet/values.ts';
import type { Matrix, Vector } from '../../stages.ts';

type Complain = (file: string, what: string) => SentopsError;
type Kind = Values['kind'];
type ValuesOf<K extends Kind> = Extract<Values, { kind: K }>;

/** The Parquet files of a stage's data as one table, in memory; what is not as Spark writes it is refused. */
export class SparkTable {
  readonly rows: number;
  readonly #columns: ReadonlyMap<string, Column>;
  readonly #fail: (what: string) => SentopsError;

  private constructor(rows: number, columns: ReadonlyMap<string, Column>, fail: (what: string) => SentopsError) {
    this.rows = rows;
    this.#columns = columns;
    this.#fail = fail;
  }

  static async read(
    files: readonly (readonly [string, Uint8Array])[],
    budget: Budget,
    complain: Complain,
  ): Promise<SparkTable> {
    const { readColumns } = await import('../../../parquet/read-columns.ts');
    const { joinColumns } = await import('../../../parquet/join-columns.ts');
    const parts: Map<string, Column>[] = [];
    let rows = 0;
    for (const [file, bytes] of files) {
      try {
        const table = await readColumns(bytes, budget);
        if (table.rows === 0) continue;
        parts.push(await readAll(table));
        rows += table.rows;
      } catch (error) {
        if (!(error instanceof SentopsError)) throw error;
        throw complain(file, `cannot be read: ${error.message}`);
      }
    }
    const folder = files[0]?.[0].split('/')[0] ?? 'data';
    const fail = (what: string) => complain(`${folder}/`, what);
    const [first] = parts;
    if (first === undefined) throw fail('has no rows');
    const joined = new Map<string, Column>();
    for (const name of first.keys()) {
      const columns = parts.map(part => part.get(name));
      if (columns.some(column => column?.values.kind !== first.get(name)?.values.kind)) {
        throw fail(`has part files that differ in column ${name}`);
      }
      joined.set(name, joinColumns(columns.filter(column => column !== undefined)));
    }
    return new SparkTable(rows, joined, fail);
  }

  has(name: string): boolean {
    return this.#columns.has(name);
  }

  /** For stages whose data is one row. */
  expectOneRow(): void {
    if (this.rows !== 1) throw this.#fail(`has ${this.rows} rows instead of one`);
  }

  integers(name: string): Int32Array {
    return this.#scalars(name, 'integers').values;
  }
  doubles(name: string): Float64Array {
    return this.#scalars(name, 'doubles').values;
  }
  flags(name: string): Uint8Array {
    return this.#scalars(name, 'booleans').values;
  }
  longs(name: string): Float64Array {
    return Float64Array.from(this.#scalars(name, 'longs').values, Number);
  }

  integer(name: string): number {
    return this.integers(name)[0] ?? 0;
  }
  double(name: string): number {
    return this.doubles(name)[0] ?? 0;
  }
  flag(name: string): boolean {
    return this.flags(name)[0] === 1;
  }

  /** Lists of all rows one after the other, and where each begins. */
  doubleLists(name: string): { readonly values: Float64Array; readonly starts: Int32Array } {
    const { starts } = this.#column(name);
    return { values: this.#values(name, 'doubles').values, starts };
  }
  longList(name: string): Float64Array {
    return Float64Array.from(this.#values(name, 'longs').values, Number);
  }
  textList(name: string): string[] {
    const { bytes, starts, ends } = this.#values(name, 'bytes');
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    return Array.from(starts, (start, index) => decoder.decode(bytes.subarray(start, ends[index])));
  }

  /** See vectorField of fields.ts. */
  vector(name: string): Vector {
    const values = this.#values(`${name}.values`, 'doubles').values;
    if (this.integer(`${name}.type`) === 1) return { type: 'dense', values };
    const indices = this.#values(`${name}.indices`, 'integers').values;
    return { type: 'sparse', size: this.integer(`${name}.size`), indices, values };
  }

  /** See matrixField of fields.ts. */
  matrix(name: string): Matrix {
    const shape = {
      rows: this.integer(`${name}.numRows`),
      columns: this.integer(`${name}.numCols`),
      transposed: this.flag(`${name}.isTransposed`),
      values: this.#values(`${name}.values`, 'doubles').values,
    };
    if (this.integer(`${name}.type`) === 1) return { type: 'dense', ...shape };
    const starts = this.#values(`${name}.colPtrs`, 'integers').values;
    return { type: 'sparse', ...shape, starts, indices: this.#values(`${name}.rowIndices`, 'integers').values };
  }

  #column(name: string): Column {
    const column = this.#columns.get(name);
    if (column === undefined) throw this.#fail(`has no column ${name}`);
    return column;
  }

  #values<K extends Kind>(name: string, kind: K): ValuesOf<K> {
    const { values, nulls } = this.#column(name);
    if (values.kind !== kind) throw this.#fail(`has a column ${name} of the wrong type`);
    if (nulls?.includes(1)) throw this.#fail(`has no value in column ${name}`);
    return values as ValuesOf<K>;
  }

  #scalars<K extends Exclude<Kind, 'bytes'>>(name: string, kind: K): ValuesOf<K> {
    const values = this.#values(name, kind);
    if (countOf(values) !== this.rows) {
      throw this.#fail(`has a list in column ${name}`);
    }
    return values;
  }
}

async function readAll(table: Columns): Promise<Map<string, Column>> {
  const columns = new Map<string, Column>();
  for (const name of table.names) columns.set(name, await table.read(name));
  return columns;
}
