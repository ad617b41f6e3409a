import path from 'node:path';
import { SentopsError } from '../../core/errors.ts';
import { isUri } from '../../core/is-uri.ts';
import { createSplitter, createStratifiedSplitter, type SplitRequest } from '../split.ts';
import type { TableFormat } from '../write/table-kind.ts';
import { addOne, type Counts, LabelCounter, nameCounts, sumCounts } from './count-labels.ts';
import { withRows } from './row-job.ts';
import type { RowToolRequest, WrittenTable } from './row-tool.ts';

export interface SplitTableRequest extends RowToolRequest {
  /** Folder or prefix of the files; beside the input where absent. */
  readonly folder: string | undefined;
  readonly split: SplitRequest;
  /** The same shares within every label. */
  readonly stratify: boolean;
}

export interface SplitTable {
  input: string;
  /** Rows of the input. */
  of: number;
  badRows: number;
  stratified: boolean;
  seed: number;
  /** Train, val and test; without a part whose share is nothing. */
  parts: (WrittenTable & { part: PartName })[];
  /** False with --dry-run. */
  written: boolean;
}

type PartName = 'train' | 'val' | 'test';
const PARTS: readonly PartName[] = ['train', 'val', 'test'];

/** Deals the rows of a table out to files: without `stratify` as training does with the same seed and shares. */
export async function splitTable(request: SplitTableRequest): Promise<SplitTable> {
  const { split, stratify, header, dryRun } = request;
  const names = partsOf(split);
  const locations = names.map(name => locate(request, name));
  const labels = stratify ? 'needed' : 'found';
  return withRows(request, { locations, labels, counts: false, header }, async ({ rows, pass }) => {
    const counter = new LabelCounter(rows, stratify);
    const splitter = stratify ? createStratifiedSplitter(split) : createSplitter(split);
    const counts: readonly Counts[] = names.map(() => new Map());
    const { read, badRows } = await pass({
      label: 'split rows',
      begin: batch => counter.begin(batch),
      row(batch, row, writers) {
        const label = counter.of(row);
        const part = names.indexOf(PARTS[splitter.partOf(batch.firstRow + row, label)] as PartName);
        const writer = writers[part];
        if (!writer) throw new RangeError('a row without a part');
        rows.pass(batch, row, writer);
        addOne(counts[part] as Counts, label);
        return writer;
      },
    });
    const parts = names.map((part, index) => {
      const count = counts[index] as Counts;
      return {
        part,
        path: locations[index] as string,
        rows: sumCounts(count),
        labels: nameCounts(count, counter.names()),
      };
    });
    const facts = { of: read, badRows, stratified: stratify, seed: split.seed };
    return { input: rows.name, ...facts, parts, written: !dryRun };
  });
}

/** Shares that add up to 1 in decimal may miss it in binary; a part with less than this is never dealt a row. */
const SMALLEST_SHARE = 2 ** -33;

function partsOf({ trainRatio, validationRatio }: SplitRequest): PartName[] {
  const rest = 1 - trainRatio - validationRatio;
  if (rest < -SMALLEST_SHARE)
    throw new SentopsError(
      'FLAG_INVALID',
      `--train-ratio ${trainRatio} and --val-ratio ${validationRatio} are more than all rows`,
      {
        hint: 'what both leave of 1 is the test part',
        details: { flag: '--val-ratio', value: validationRatio },
      },
    );
  const shares = [trainRatio, validationRatio, rest];
  return PARTS.filter((_, index) => (shares[index] as number) > SMALLEST_SHARE);
}

const NAME = /^(.*?)((?:\.(?:csv|tsv|txt|json|jsonl|ndjson|parquet))?(?:\.(?:gz|zst))?)$/i;
const EXTENSIONS: Readonly<Record<TableFormat, string>> = { csv: '.csv', jsonl: '.jsonl', parquet: '.parquet' };

/** reviews.csv.gz becomes reviews-train.csv.gz; a folder of part files gives its own name. */
function locate({ input, folder, to }: SplitTableRequest, part: PartName): string {
  if (input === '-' && folder === undefined)
    throw new SentopsError('FLAG_INVALID', 'standard input has no folder to write the parts to', {
      hint: 'name one with --output DIR',
      details: { flag: '--output' },
    });
  const whole = input === '-' ? 'data' : input.replace(/[/\\]+$/, '');
  const base = isUri(whole) ? whole.slice(whole.lastIndexOf('/') + 1) : path.basename(whole);
  const beside = isUri(whole) ? whole.slice(0, whole.lastIndexOf('/')) : path.dirname(whole);
  const [, stem = base, ending = ''] = NAME.exec(base) ?? [];
  const name = `${stem}-${part}${endingFor(ending.toLowerCase(), to)}`;
  const target = (folder ?? beside).replace(/[/\\]+$/, '') || '/';
  return isUri(target) ? `${target}/${name}` : path.join(target, name);
}

function endingFor(ending: string, to: TableFormat | undefined): string {
  const type = /parquet/.test(ending) ? 'parquet' : /json/.test(ending) ? 'jsonl' : 'csv';
  const format = to ?? type;
  const packing = format === 'parquet' ? '' : (/\.(?:gz|zst)$/.exec(ending)?.[0] ?? '');
  return `${EXTENSIONS[format]}${packing}`;
}
