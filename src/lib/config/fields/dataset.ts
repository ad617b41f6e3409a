import { boolean, integer, list, map, named, number, oneOf, section, string, union } from './build.ts';

/** A value as the file writes it: 4 may stand in YAML without quotes. */
const written = union([string({}), number({})], {});

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
  keepArchive: boolean({
    doc: 'Keep an archive that was unpacked, hidden in the folder, so that it is never downloaded again.',
    default: true,
    flag: 'keep-archive',
  }),
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
    maxRows: integer({ doc: 'Most rows.', min: 0 }),
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
    labels: list(written, { doc: 'Labels that may occur, as written in the file.', unique: true, minItems: 1 }),
    maxBadFraction: number({ doc: 'Largest share of rows that cannot be read.', min: 0, max: 1, flag: 'max-bad' }),
    maxDuplicateFraction: number({
      doc: 'Largest share of rows whose text came before.',
      min: 0,
      max: 1,
      flag: 'max-duplicates',
    }),
    maxContradictionFraction: number({
      doc: 'Largest share of rows whose text has another label elsewhere.',
      min: 0,
      max: 1,
    }),
    maxLeakFraction: number({
      doc: 'Largest share of rows whose text is in the file of --against too.',
      default: 0.01,
      min: 0,
      max: 1,
      flag: 'max-leak',
    }),
    maxPersonalFraction: number({
      doc: 'Largest share of rows that look as if they had a mail address, a telephone or a card number.',
      min: 0,
      max: 1,
    }),
    maxAnomalyFraction: map(number({ min: 0, max: 1 }), {
      doc: 'Largest share of rows for kinds of anomaly: html, mojibake, empty, very-long …',
    }),
    encoding: oneOf(['latin1', 'utf8', 'utf16le'], { doc: 'Encoding that the file must have.' }),
    columns: map(
      section('What the values of a column must be; text_len and word_count are computed where the file has none.', {
        required: boolean({ doc: 'The column must be there.', default: true }),
        type: oneOf(['text', 'integer', 'number', 'boolean', 'date'], { doc: 'Type of all values.' }),
        maxNullFraction: number({ doc: 'Largest share of rows without a value.', min: 0, max: 1 }),
        unique: boolean({ doc: 'No value comes twice.', default: false }),
        min: number({ doc: 'Smallest number.' }),
        max: number({ doc: 'Largest number.' }),
        minLength: integer({ doc: 'Fewest characters.', min: 0 }),
        maxLength: integer({ doc: 'Most characters.', min: 0 }),
        values: list(written, { doc: 'Values that may occur.', minItems: 1 }),
        pattern: string({ doc: 'Regular expression that every value must match.' }),
      }),
      { doc: 'Rules for single columns, by name.', default: {} },
    ),
  }),
});
