import type { FieldColumn } from '../rows.ts';
import { FieldReader, KIND } from './field-reader.ts';
import type { TextFeatures } from './text-scan.ts';
import type { ContractColumn } from './types.ts';

/** Columns that a service may be sent beside a text: they must be numbers, and say what the text is. */
const FEATURES: Readonly<Record<string, (features: TextFeatures) => Int32Array>> = {
  text_len: ({ characters }) => characters,
  word_count: ({ words }) => words,
};

/** `str.isspace` of Python. */
const PYTHON_SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

export function isContractColumn(name: string): boolean {
  return Object.hasOwn(FEATURES, name.trim().toLowerCase());
}

/** Compares a column text_len or word_count with the texts. */
export class ContractColumnStats {
  private readonly name: string;
  private readonly feature: (features: TextFeatures) => Int32Array;
  private readonly reader = new FieldReader();
  private rows = 0;
  private notNumbers = 0;
  private different = 0;

  constructor(name: string) {
    this.name = name;
    this.feature = FEATURES[name.trim().toLowerCase()] as (features: TextFeatures) => Int32Array;
  }

  add({ bytes, starts, ends }: FieldColumn, texts: FieldColumn, features: TextFeatures, rows: number): void {
    const expected = this.feature(features);
    for (let row = 0; row < rows; row++) {
      const kind = this.reader.read(bytes, starts[row] as number, ends[row] as number);
      this.rows++;
      // Without a text there is nothing to count.
      if (kind === KIND.none && features.words[row] === 0) continue;
      if (kind === KIND.none || kind > KIND.number) this.notNumbers++;
      else if (this.reader.value !== expected[row] && !this.isPythonCount(texts, row)) this.different++;
    }
  }

  /** As `len(text.split())` counts words, which is where most such columns come from. */
  private isPythonCount({ bytes, starts, ends }: FieldColumn, row: number): boolean {
    if (this.feature !== FEATURES['word_count'] || (starts[row] as number) < 0) return false;
    const text = Buffer.from(bytes.subarray(starts[row], ends[row])).toString();
    return this.reader.value === text.split(PYTHON_SPACE).filter(word => word !== '').length;
  }

  summary(): ContractColumn {
    const { name, rows, notNumbers, different } = this;
    return { name, rows, notNumbers, different };
  }
}
