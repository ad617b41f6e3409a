import type { Drawing } from '../plot/drawing.ts';

/** A report before it is written as Markdown or HTML; all texts are plain, the renderers escape them. */
export interface ReportDocument {
  readonly title: string;
  readonly subtitle: string;
  readonly blocks: readonly Block[];
}

export type Block = Heading | Paragraph | Callout | Tiles | Table | Figure | Code;

interface Heading {
  readonly type: 'heading';
  readonly level: 2 | 3;
  readonly text: string;
}

interface Paragraph {
  readonly type: 'paragraph';
  readonly content: readonly Inline[];
}

export interface Callout {
  readonly type: 'callout';
  readonly tone: 'good' | 'bad';
  readonly content: readonly Inline[];
}

/** The few numbers that are looked at first. */
export interface Tiles {
  readonly type: 'tiles';
  readonly caption: string;
  readonly items: readonly { readonly name: string; readonly value: string }[];
}

export interface Table {
  readonly type: 'table';
  readonly caption: string;
  readonly columns: readonly Column[];
  /** The first cell of a row is its head. */
  readonly rows: readonly (readonly Inline[])[];
  /** A row to stress. */
  readonly marked?: number;
}

export interface Column {
  readonly title: string;
  readonly numeric?: boolean;
  /** For running text and long words, which need room on a narrow screen too. */
  readonly wide?: boolean;
}

export interface Figure {
  readonly type: 'figure';
  /** Unique within the document, fit for an id. */
  readonly id: string;
  readonly drawing: Drawing;
  readonly caption: string;
  /** The picture beside the report; without one it is in the HTML only. */
  readonly file: string | null;
}

interface Code {
  readonly type: 'code';
  readonly text: string;
}

export type Inline =
  | string
  | { readonly strong: string }
  | { readonly code: string }
  /** Leads to the report in a folder beside or below this one. */
  | { readonly folder: string; readonly text: string };
