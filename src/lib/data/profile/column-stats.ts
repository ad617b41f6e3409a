import type { FieldColumn } from '../rows.ts';
import { Examples } from './excerpt.ts';
import { FieldReader, KIND } from './field-reader.ts';
import { TextTable } from './text-table.ts';
import type { BrokenValues, ColumnProfile, ColumnType } from './types.ts';

/** What the project file demands of the values of a column, each by itself. */
export interface ValueRule {
  readonly type?: 'text' | 'integer' | 'number' | 'boolean' | 'date';
  readonly values?: readonly string[];
  readonly pattern?: RegExp;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** All values must differ: they are then told apart exactly. */
  readonly unique?: boolean;
}

/** Different values that are counted one by one; more are estimated from a sample. */
const FEW_VALUES = 8192;

const FITS: Readonly<Record<NonNullable<ValueRule['type']>, readonly number[]>> = {
  text: Object.values(KIND),
  integer: [KIND.bit, KIND.integer],
  number: [KIND.bit, KIND.integer, KIND.number],
  boolean: [KIND.bit, KIND.boolean],
  date: [KIND.date],
};

type Fault = keyof Omit<BrokenValues, 'examples'>;

/** One column: what its values are, how many there are, and which break the rule. */
export class ColumnStats {
  readonly name: string;
  private readonly rule: ValueRule | null;
  private readonly allowed: ReadonlySet<string> | null;
  private readonly reader = new FieldReader();
  private readonly table: TextTable;
  /** Values of each KIND. */
  private readonly kinds = new Float64Array(Object.keys(KIND).length);
  private bytes = 0;
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;
  private readonly broken = { wrongType: 0, notAllowed: 0, notMatching: 0, tooLong: 0, tooShort: 0 };
  private readonly examples = new Examples();

  constructor(name: string, rule: ValueRule | null = null) {
    this.name = name;
    this.rule = rule;
    this.allowed = rule?.values ? new Set(rule.values) : null;
    this.table = new TextTable(rule?.unique === true ? {} : { mostEntries: FEW_VALUES });
  }

  add(column: FieldColumn, rows: number, firstRow: number): void {
    const { bytes, starts, ends } = column;
    const { reader, kinds, table } = this;
    for (let row = 0; row < rows; row++) {
      const kind = reader.read(bytes, starts[row] as number, ends[row] as number);
      kinds[kind] = (kinds[kind] as number) + 1;
      if (kind === KIND.none) continue;
      this.bytes += reader.length;
      if (kind <= KIND.number) this.addNumber(reader.value);
      if (table.samples(reader.hash.low)) table.add(reader.hash.low, reader.hash.high, -1);
      if (this.rule !== null) this.check(this.rule, kind, column, row, firstRow);
    }
  }

  get nulls(): number {
    return this.kinds[KIND.none] as number;
  }

  summary(role: ColumnProfile['role']): ColumnProfile {
    const { table, values, broken } = this;
    const type = this.type();
    const isNumeric = type === 'integer' || type === 'number';
    return {
      name: this.name,
      role,
      type,
      nulls: this.nulls,
      distinct: Math.min(values, table.entries * table.scale),
      distinctExact: table.scale === 1,
      min: isNumeric ? this.min : null,
      max: isNumeric ? this.max : null,
      meanBytes: values === 0 ? 0 : this.bytes / values,
      broken: this.rule === null ? null : { ...broken, examples: this.examples.items },
    };
  }

  private get values(): number {
    return this.kinds.reduce((sum, count) => sum + count, 0) - this.nulls;
  }

  private type(): ColumnType {
    const { values } = this;
    if (values === 0) return 'empty';
    const counts = (...kinds: number[]) => kinds.reduce((sum, kind) => sum + (this.kinds[kind] as number), 0);
    if (counts(KIND.bit, KIND.integer) === values) return 'integer';
    if (counts(KIND.bit, KIND.integer, KIND.number) === values) return 'number';
    if (counts(KIND.boolean) === values) return 'boolean';
    return counts(KIND.date) === values ? 'date' : 'text';
  }

  private addNumber(value: number): void {
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }

  private check(rule: ValueRule, kind: number, column: FieldColumn, row: number, firstRow: number): void {
    const faults = this.faults(rule, kind, column, row);
    if (faults.length === 0) return;
    for (const fault of faults) this.broken[fault]++;
    this.examples.add(column, row, firstRow);
  }

  private faults(
    { type, pattern, minLength, maxLength }: ValueRule,
    kind: number,
    { bytes, starts, ends }: FieldColumn,
    row: number,
  ): Fault[] {
    const faults: Fault[] = [];
    if (type !== undefined && !FITS[type].includes(kind)) faults.push('wrongType');
    if (this.allowed === null && !pattern && minLength === undefined && maxLength === undefined) return faults;
    const text = Buffer.from(bytes.subarray(starts[row], ends[row])).toString();
    if (this.allowed !== null && !this.allowed.has(text.trim())) faults.push('notAllowed');
    if (pattern && !pattern.test(text)) faults.push('notMatching');
    if (minLength === undefined && maxLength === undefined) return faults;
    const length = codePoints(text);
    if (minLength !== undefined && length < minLength) faults.push('tooShort');
    if (maxLength !== undefined && length > maxLength) faults.push('tooLong');
    return faults;
  }
}

function codePoints(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}
