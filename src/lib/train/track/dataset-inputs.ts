import { createHash } from 'node:crypto';
import { shortName } from '../../data/open-input.ts';
import type { DatasetInput } from '../../tracking/entities.ts';
import { PART, type PartName } from '../batch.ts';
import { countByClass, type ReadInput } from '../describe.ts';
import type { TrainSpec } from '../spec.ts';

/** The rows of each part, as MLflow describes data that a run has read. */
export type DatasetInputs = Readonly<Partial<Record<PartName, DatasetInput>>>;

/** Longest digest that MLflow takes. */
const DIGEST = 36;

const CONTEXTS: Readonly<Record<PartName, string>> = {
  train: 'training',
  validation: 'validation',
  test: 'testing',
};

/**
 * Rows of one file that serve different ends are different data: the file's checksum names the training rows (and those
 * of a test file), what was put aside gets a digest of its own from that, the seed and the shares.
 */
export function describeDatasets(spec: TrainSpec, main: ReadInput, test: ReadInput | null): DatasetInputs {
  const rest = test ? { test: describe(test, 'test', null) } : ofPart('test', main, spec);
  return { train: describe(main, 'train', null), ...ofPart('validation', main, spec), ...rest };
}

function ofPart(part: PartName, main: ReadInput, spec: TrainSpec): DatasetInputs {
  const rows = countByClass(main, PART[part]).reduce((sum, count) => sum + count, 0);
  return rows === 0 ? {} : { [part]: describe(main, part, spec) };
}

function describe(read: ReadInput, part: PartName, cut: TrainSpec | null): DatasetInput {
  const { location, table } = read.input;
  const { sha256, bytes, badRows } = table.statistics();
  const counts = countByClass(read, PART[part]);
  const classes = Object.fromEntries(read.mapping.classes.map((name, index) => [name, counts[index] ?? 0]));
  const { textColumn, labelColumn } = table.layout;
  const columns = [textColumn, ...(labelColumn ? [labelColumn] : [])];
  const rows = counts.reduce((sum, count) => sum + count, 0);
  return {
    name: cut ? `${shortName(location)} (${part})` : shortName(location),
    digest: (cut ? digestOfPart(sha256, part, cut) : sha256).slice(0, DIGEST),
    ...describeSource(location),
    schema: JSON.stringify({ mlflow_colspec: columns.map(name => ({ type: 'string', name, required: true })) }),
    profile: JSON.stringify({ num_rows: rows, num_elements: rows * columns.length, classes, bytes, bad_rows: badRows }),
    tags: { 'mlflow.data.context': CONTEXTS[part] },
  };
}

function digestOfPart(sha256: string, part: PartName, spec: TrainSpec): string {
  const { seed, trainRatio, valRatio, sampleFraction, maxRows } = spec;
  const cut = [sha256, part, seed, trainRatio, valRatio, sampleFraction, maxRows];
  return createHash('sha256').update(JSON.stringify(cut)).digest('hex');
}

/** As MLflow's own kinds of sources write themselves. */
function describeSource(location: string): Pick<DatasetInput, 'sourceType' | 'source'> {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(location)?.[1]?.toLowerCase();
  if (scheme === 'http' || scheme === 'https') return { sourceType: 'http', source: JSON.stringify({ url: location }) };
  return {
    sourceType: scheme === 'gs' || scheme === 's3' ? scheme : 'local',
    source: JSON.stringify({ uri: location }),
  };
}
