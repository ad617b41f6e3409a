/** Of what a project on texts stores; anything else is the store's own default. */
const TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  gz: 'application/gzip',
  html: 'text/html',
  json: 'application/json',
  jsonl: 'application/x-ndjson',
  md: 'text/markdown',
  parquet: 'application/vnd.apache.parquet',
  png: 'image/png',
  py: 'text/x-python',
  svg: 'image/svg+xml',
  tsv: 'text/tab-separated-values',
  txt: 'text/plain',
  yaml: 'application/yaml',
  yml: 'application/yaml',
  zip: 'application/zip',
  zst: 'application/zstd',
};

/** The content type of a file by its name; undefined where the name does not tell. */
export function contentTypeOf(name: string): string | undefined {
  const ending = /\.([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase();
  return ending === undefined ? undefined : TYPES[ending];
}
