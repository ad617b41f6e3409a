import type { Report } from '../../core/report.ts';
import type { Input } from '../open-input.ts';
import type { FieldColumn, Layout, RowBatch, Table } from '../rows.ts';
import { Anomalies } from './anomalies.ts';
import { ColumnStats, type ValueRule } from './column-stats.ts';
import { ContractColumnStats, isContractColumn } from './contract-columns.ts';
import { DuplicateTexts } from './duplicate-texts.ts';
import { LabelStats } from './label-stats.ts';
import { LengthCounts } from './lengths.ts';
import { PersonalData } from './pii.ts';
import { ScriptCounts } from './script-counts.ts';
import { type OtherTexts, SharedTexts } from './shared-texts.ts';
import type { RowShape } from './swallowed-rows.ts';
import { TextScan } from './text-scan.ts';
import type { DataProfile } from './types.ts';

export interface ProfileRequest {
  readonly labels: Readonly<Record<string, number>> | null;
  /** By name of the column. */
  readonly rules: Readonly<Record<string, ValueRule>>;
  /** A file whose texts must not be here. */
  readonly against: OtherTexts | null;
  readonly signal: AbortSignal;
  readonly report: Report;
}

/** Of a wider table only so many columns are looked at. */
const MOST_COLUMNS = 200;
const BINS = 40;

/** Everything that is to be known of a file of labelled texts, in one pass and in memory that does not grow with it. */
export async function profileTable(input: Input, request: ProfileRequest): Promise<DataProfile> {
  const { table } = input;
  const pass = new Pass(table, request);
  const tell = createProgress(`check ${input.location}`, table, request.report);
  for await (const batch of table.batches(pass.columns, request.signal)) {
    pass.add(batch);
    tell();
  }
  return { location: input.location, layout: { ...table.layout }, description: input.describe(), ...pass.summary() };
}

/** Reads the texts of another file, for `ProfileRequest.against`. */
export async function readOtherTexts(
  input: Input,
  { signal, report }: Pick<ProfileRequest, 'signal' | 'report'>,
): Promise<OtherTexts> {
  const { table } = input;
  const scan = new TextScan();
  const texts = new DuplicateTexts();
  const tell = createProgress(`read ${input.location}`, table, report);
  let noLabels = new Int32Array(0);
  for await (const batch of table.batches([table.layout.textColumn], signal)) {
    const [column] = batch.columns as readonly [FieldColumn];
    if (noLabels.length < batch.rows) noLabels = new Int32Array(batch.rows).fill(-1);
    scan.scan(column, batch.rows);
    texts.add(column, scan, noLabels, batch.rows, batch.firstRow);
    tell();
  }
  return { name: input.location, rows: table.statistics().rows, table: texts.table };
}

function createProgress(title: string, table: Table, report: Report): () => void {
  let told = -1;
  return () => {
    const { done, total } = table.progress();
    if (done === told) return;
    told = done;
    report({ type: 'progress', id: title, label: title, done, ...(total === null ? {} : { total }), unit: 'bytes' });
  };
}

function rowShape({ type, delimiter, columns, labelColumn }: Layout): RowShape | null {
  if (type !== 'csv') return null;
  return { delimiter, columns: columns.length, labelAt: labelColumn === null ? -1 : columns.indexOf(labelColumn) };
}

/** The accumulators, each for one concern, and the columns that they are handed. */
class Pass {
  /** Text first, then the label where there is one, then those that the project has rules for, then the others. */
  readonly columns: readonly string[];
  private readonly table: Table;
  private readonly scan = new TextScan();
  private readonly characters = new LengthCounts();
  private readonly words = new LengthCounts();
  private readonly scripts = new ScriptCounts();
  private readonly duplicates = new DuplicateTexts();
  private readonly personal = new PersonalData();
  private readonly anomalies: Anomalies;
  private readonly shared: SharedTexts | null;
  private readonly labels: LabelStats | null;
  private readonly stats: readonly ColumnStats[];
  private readonly contract: readonly (readonly [index: number, stats: ContractColumnStats])[];
  private readonly textRule: boolean;
  private noLabels = new Int32Array(0);
  private blank = 0;
  private incomplete = 0;

  constructor(table: Table, { labels, rules, against }: ProfileRequest) {
    const { columns, textColumn, labelColumn } = table.layout;
    const first = labelColumn === null ? [textColumn] : [textColumn, labelColumn];
    this.table = table;
    const ruled = columns.filter(name => Object.hasOwn(rules, name));
    this.columns = [...new Set([...first, ...ruled, ...columns])].slice(0, MOST_COLUMNS);
    this.anomalies = new Anomalies(textColumn, rowShape(table.layout));
    this.labels = labelColumn === null ? null : new LabelStats(labelColumn, labels);
    this.shared = against && new SharedTexts(against);
    this.stats = this.columns.map(name => new ColumnStats(name, Object.hasOwn(rules, name) ? rules[name] : null));
    this.textRule = Object.hasOwn(rules, textColumn);
    this.contract = this.columns.flatMap((name, index) =>
      index > 0 && isContractColumn(name) ? [[index, new ContractColumnStats(name)] as const] : [],
    );
  }

  add({ rows, firstRow, columns }: RowBatch): void {
    const [text, label] = columns as readonly [FieldColumn, FieldColumn];
    this.scan.scan(text, rows);
    this.labels?.add(label, rows);
    this.count(rows);
    this.scripts.add(text, this.scan, rows);
    this.duplicates.add(text, this.scan, this.labels?.ids ?? this.withoutLabels(rows), rows, firstRow);
    this.shared?.add(text, this.scan, rows, firstRow);
    this.personal.add(text, this.scan, rows, firstRow);
    this.anomalies.add(text, this.scan, this.scripts.mishaps, rows, firstRow, Object.keys(this.labels?.counts() ?? {}));
    for (const [index, stats] of this.contract) stats.add(columns[index] as FieldColumn, text, this.scan, rows);
    // What the text is was seen already, unless the project asks for more.
    for (const [index, stats] of this.stats.entries()) {
      if (index > 0 || this.textRule) stats.add(columns[index] as FieldColumn, rows, firstRow);
    }
  }

  summary(): Omit<DataProfile, 'location' | 'layout' | 'description'> {
    const { bytes, sha256, rows, badRows, badExamples, replacedFields } = this.table.statistics();
    const { layout } = this.table;
    const duplicates = this.duplicates.summary(rows);
    return {
      ...{ bytes, sha256, rows, badRows, badExamples, replacedFields },
      columns: this.columnSummaries(duplicates.distinct, duplicates.exact),
      columnsSkipped: layout.columns.length - this.columns.length,
      text: {
        column: layout.textColumn,
        blank: this.blank,
        characters: this.characters.summary(),
        words: this.words.summary(),
        histogram: this.characters.histogram(BINS),
        contract: this.contract.map(([, stats]) => stats.summary()),
      },
      labels: this.labels?.counts() ?? {},
      labelling: this.labels?.summary(this.stats[1]?.nulls ?? 0) ?? null,
      incomplete: this.incomplete,
      duplicates,
      scripts: this.scripts.shares(rows),
      personal: this.personal.findings(rows),
      anomalies: this.anomalies.findings(rows),
      leakage: this.shared?.summary(rows) ?? null,
    };
  }

  private count(rows: number): void {
    const { characters, words } = this.scan;
    const ids = this.labels?.ids;
    const isLabelled = this.labels?.isReadable === true;
    for (let row = 0; row < rows; row++) {
      const isBlank = words[row] === 0;
      if (isBlank) this.blank++;
      else {
        this.characters.add(characters[row] as number);
        this.words.add(words[row] as number);
      }
      if (isBlank || (isLabelled && (ids?.[row] as number) < 0)) this.incomplete++;
    }
  }

  /** In the order of the file. */
  private columnSummaries(distinct: number, isExact: boolean): DataProfile['columns'] {
    const { columns, labelColumn } = this.table.layout;
    const summaries = this.stats.map((stats, index) => {
      if (index > 0) return stats.summary(index === 1 && labelColumn !== null ? 'label' : 'other');
      const isLooked = this.textRule;
      const found = stats.summary('text');
      const meanBytes = isLooked ? found.meanBytes : this.scan.meanBytes;
      return {
        ...found,
        type: isLooked ? found.type : ('text' as const),
        nulls: this.blank,
        distinct,
        distinctExact: isExact,
        meanBytes,
      };
    });
    const place = (name: string) => columns.indexOf(name);
    return summaries.sort((a, b) => place(a.name) - place(b.name));
  }

  private withoutLabels(rows: number): Int32Array {
    if (this.noLabels.length < rows) this.noLabels = new Int32Array(rows).fill(-1);
    return this.noLabels;
  }
}
