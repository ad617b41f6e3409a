import { boolean, integer, list, map, named, number, oneOf, section, string } from './build.ts';

export const dataset = section('The labelled texts.', {
  source: named(['kaggle', 'hf', 'http', 'gcs', 'local'], {
    doc: 'Where the dataset comes from; plugins add more.',
    default: 'kaggle',
    flag: 'source',
    open: 'dataset',
  }),
  ref: string({
    doc: 'Name of the dataset at its source: owner/name, a URL or a path.',
    default: 'kazanova/sentiment140',
    flag: 'dataset',
    driver: '--dataset',
  }),
  version: string({ doc: 'Version at the source; the newest where absent.', flag: 'version' }),
  unzip: boolean({ doc: 'Unpack archives.', default: true, flag: 'unzip', driver: '--unzip' }),
  outputDir: string({
    doc: 'Folder for the downloaded files.',
    default: 'data_raw/sentiment140',
    format: 'path',
    flag: 'output-dir',
    driver: '--output-dir',
  }),
  gcsBucket: string({
    doc: 'Bucket for the upload.',
    default: '${buckets.raw}',
    format: 'uri',
    flag: 'gcs-bucket',
    driver: '--gcs-bucket',
  }),
  gcsPrefix: string({
    doc: 'Folder in that bucket; upload and training share it.',
    default: 'data_raw/sentiment140',
    format: 'path',
    allowEmpty: true,
    flag: 'gcs-prefix',
    driver: '--gcs-prefix',
  }),
  file: string({
    doc: 'The file with the rows.',
    default: 'training.1600000.processed.noemoticon.csv',
    format: 'path',
    flag: 'file',
  }),
  lock: string({ doc: 'Lock file: version and sha256 of each file.', default: 'sentops.lock.yaml', format: 'path' }),
  format: section('How the rows are written.', {
    type: oneOf(['csv', 'jsonl', 'parquet'], { doc: 'File format.', default: 'csv' }),
    header: boolean({ doc: 'The first line names the columns.', default: false }),
    encoding: oneOf(['latin1', 'utf8', 'utf16le'], { doc: 'Character encoding.', default: 'latin1' }),
    delimiter: string({
      doc: 'Character between columns.',
      default: ',',
      pattern: '^[^"\\r\\n]$',
      patternDoc: 'one character',
    }),
    columns: list(string({}), {
      doc: 'Names of the columns in order, where there is no header.',
      default: ['target', 'ids', 'date', 'flag', 'user', 'text'],
      unique: true,
    }),
    text: string({ doc: 'Column of the text.', default: 'text' }),
    label: string({ doc: 'Column of the label.', default: 'target' }),
    labels: map(integer({ min: 0 }), {
      doc: 'Class number for each label as written in the file.',
      default: { '0': 0, '4': 1 },
    }),
  }),
  checks: section('What `dataset validate` demands.', {
    minRows: integer({ doc: 'Fewest rows.', default: 1500000, min: 0, flag: 'min-rows' }),
    maxNullFraction: number({
      doc: 'Largest share of rows without text or label.',
      default: 0.01,
      min: 0,
      max: 1,
      flag: 'max-null',
    }),
    minLabelFraction: number({
      doc: 'Smallest share of the rarest label.',
      default: 0.4,
      min: 0,
      max: 1,
      flag: 'label-balance',
    }),
  }),
});
