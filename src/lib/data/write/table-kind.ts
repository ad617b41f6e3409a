import { SentopsError } from '../../core/errors.ts';

export type TableFormat = 'csv' | 'jsonl' | 'parquet';

export interface TableKind {
  readonly format: TableFormat;
  readonly compression: 'none' | 'gzip' | 'zstd';
}

const NAME = /\.(csv|jsonl|ndjson|parquet)(?:\.(gz|zst))?$/i;
const FORMATS: Readonly<Record<string, TableFormat>> = {
  csv: 'csv',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  parquet: 'parquet',
};

/** What a file is to hold, by its name or as `--to` says; rows on standard output are CSV where nothing is said. */
export function readTableKind(location: string, to: TableFormat | undefined): TableKind {
  if (location === '-') return { format: to ?? 'csv', compression: 'none' };
  const [, type, packing] = NAME.exec(location)?.map(part => part?.toLowerCase()) ?? [];
  const named = type === undefined ? undefined : FORMATS[type];
  const format = to ?? named;
  if (format === undefined)
    throw new SentopsError('FLAG_INVALID', `${location} does not say what to write`, {
      hint: 'let the name end in .csv, .jsonl or .parquet, with .gz or .zst behind the first two to compress; or add --to csv',
      details: { flag: '--output', value: location },
    });
  if (named !== undefined && named !== format)
    throw new SentopsError('FLAG_INVALID', `--to ${to} does not fit ${location}, which is named ${named}`, {
      hint: `leave --to out, or let the name end in .${to}`,
      details: { flag: '--to', value: to },
    });
  const compression = packing === 'gz' ? 'gzip' : packing === 'zst' ? 'zstd' : 'none';
  if (format === 'parquet' && compression !== 'none')
    throw new SentopsError('FLAG_INVALID', `${location}: Parquet is compressed inside, not as a whole`, {
      hint: 'let the name end in .parquet',
    });
  return { format, compression };
}
