import type { Layout } from '../rows.ts';

/** What one pass over a file of labelled texts found. */
export interface DataProfile {
  readonly location: string;
  readonly layout: Layout;
  /** The layout in a sentence. */
  readonly description: string;
  /** As stored, before decompression. */
  readonly bytes: number;
  readonly sha256: string;
  readonly rows: number;
  /** Rows that could not be read, and the first few of them. */
  readonly badRows: number;
  readonly badExamples: readonly BadExample[];
  /** Fields with bytes that are not valid in the encoding. */
  readonly replacedFields: number;
  readonly columns: readonly ColumnProfile[];
  /** Columns beyond the number that is looked at. */
  readonly columnsSkipped: number;
  readonly text: TextProfile;
  /** Rows by label as written; empty without a column of labels. */
  readonly labels: Readonly<Record<string, number>>;
  /** Null without a column of labels. */
  readonly labelling: Labelling | null;
  /** Rows without a text or without a label, where there are labels. */
  readonly incomplete: number;
  readonly duplicates: Duplicates;
  readonly scripts: readonly Share[];
  readonly personal: readonly Finding[];
  readonly anomalies: readonly Finding[];
  /** Null where no other file was given. */
  readonly leakage: Leakage | null;
}

interface BadExample {
  readonly line: number;
  readonly reason: string;
}

export type ColumnType = 'empty' | 'boolean' | 'integer' | 'number' | 'date' | 'text';

export interface ColumnProfile {
  readonly name: string;
  readonly role: 'text' | 'label' | 'other';
  /** The narrowest type that all values fit. */
  readonly type: ColumnType;
  /** Fields without a value: null, empty or white space. */
  readonly nulls: number;
  /** Different values. */
  readonly distinct: number;
  /** False where that is an estimate. */
  readonly distinctExact: boolean;
  /** Of numbers; null where the column is not of numbers. */
  readonly min: number | null;
  readonly max: number | null;
  readonly meanBytes: number;
  /** Values against the rule of the project file, or null without one. */
  readonly broken: BrokenValues | null;
}

export interface BrokenValues {
  readonly wrongType: number;
  readonly notAllowed: number;
  readonly notMatching: number;
  readonly tooLong: number;
  readonly tooShort: number;
  readonly examples: readonly Example[];
}

export interface Example {
  /** Number of the row, from 1, the header not counted. */
  readonly row: number;
  /** A piece of it; what looks personal is masked. */
  readonly text: string;
}

interface TextProfile {
  readonly column: string;
  /** Rows without a text. */
  readonly blank: number;
  /** In Unicode code points. */
  readonly characters: Lengths;
  /** Runs of what is not white space. */
  readonly words: Lengths;
  /** Rows by length in characters: from each edge up to the next. */
  readonly histogram: { readonly edges: readonly number[]; readonly rows: readonly number[] };
  /** Whether the columns text_len and word_count, where the file has them, say what the texts are. */
  readonly contract: readonly ContractColumn[];
}

export interface ContractColumn {
  readonly name: string;
  readonly rows: number;
  /** Values that are no number. */
  readonly notNumbers: number;
  /** Numbers other than what the text gives. */
  readonly different: number;
}

/** Of rows with a text. */
export interface Lengths {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly p05: number;
  readonly median: number;
  readonly p95: number;
  readonly p99: number;
}

export interface Labelling {
  readonly column: string;
  /** Rows without a label. */
  readonly blank: number;
  /** How the labels are read: `0/4`, `stars 1-5`, `as written`; null where they cannot be. */
  readonly scheme: string | null;
  /** Rows of each class. */
  readonly classes: Readonly<Record<string, number>>;
  /** Share of the rarest class among the rows that have one; null without classes. */
  readonly rarest: number | null;
  /** Why the labels cannot be read, or null. */
  readonly problem: string | null;
  /** What to know about the order of the rows, or null where it looks like chance. */
  readonly order: string | null;
  /** Rows that training would leave out. */
  readonly dropped: readonly { readonly value: string; readonly rows: number; readonly why: string }[];
}

export interface Duplicates {
  /** Rows whose text another row before has. */
  readonly rows: number;
  readonly share: number;
  /** Different texts. */
  readonly distinct: number;
  /** Texts that occur with more than one label, and the rows that have them. */
  readonly contradictingTexts: number;
  readonly contradictingRows: number;
  /** False where the numbers are estimated from a sample of the texts. */
  readonly exact: boolean;
  /** Share of the texts that were compared. */
  readonly sampled: number;
  readonly examples: readonly Example[];
}

export interface Share {
  readonly name: string;
  readonly rows: number;
  readonly share: number;
}

export interface Finding extends Share {
  /** What it is, in a few words. */
  readonly what: string;
  readonly examples: readonly Example[];
}

export interface Leakage {
  readonly against: string;
  readonly againstRows: number;
  /** Rows of this file whose text the other file has too. */
  readonly rows: number;
  readonly share: number;
  readonly exact: boolean;
  readonly examples: readonly Example[];
}

/** One demand and how the data stands to it. */
export interface Check {
  readonly id: string;
  readonly status: 'pass' | 'warn' | 'fail';
  readonly expected: string;
  readonly found: string;
  /** Who demands it: a flag, a place in the project file, or `built in`. */
  readonly origin: string;
  readonly hint: string | null;
}
