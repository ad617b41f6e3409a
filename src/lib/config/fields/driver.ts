import { fieldAt } from '../names.ts';
import { isSecret } from '../secret-type.ts';
import type { Config } from './index.ts';

/** Arguments of sentiment_multimodel.py, in the order of its documentation. */
export const TRAIN_DRIVER_PATHS = [
  'train.input',
  'train.output',
  'mlflow.trackingUri',
  'mlflow.experiment',
  'train.registeredModelName',
  'train.numFeatures',
  'train.trainRatio',
  'train.valRatio',
  'train.sampleFraction',
  'train.enableCv',
  'train.cvFolds',
  'train.enableCaching',
  'train.maxRows',
] as const;

/** Arguments of streaming_serving_mlflow_hdfs_kafka_optimize.py, in the order of its documentation. */
export const SERVE_DRIVER_PATHS = [
  'serve.sourceType',
  'serve.inputPath',
  'serve.kafkaBootstrap',
  'serve.kafkaTopic',
  'serve.outputPath',
  'serve.checkpoint',
  'mlflow.trackingUri',
  'serve.modelName',
  'serve.modelStage',
  'serve.modelFlavor',
  'serve.batchIntervalSeconds',
  'serve.reloadIntervalSeconds',
  'serve.writeKafka',
  'serve.kafkaOutputBootstrap',
  'serve.kafkaOutputTopic',
] as const;

/** Arguments of download_and_upload.py. */
export const DATASET_DRIVER_PATHS = [
  'dataset.ref',
  'dataset.gcsBucket',
  'dataset.outputDir',
  'dataset.gcsPrefix',
  'dataset.unzip',
] as const;

/**
 * The values at the paths as the reference script's argument list: `['--num-features', '32768', …]`. A value that is
 * absent or empty has no argument, and neither has a bare switch that is off.
 */
export function driverArguments(config: Config, paths: readonly string[]): string[] {
  return paths.flatMap(path => argumentOf(config, path));
}

function argumentOf(config: Config, path: string): string[] {
  const field = fieldAt(path);
  if (field?.node !== 'field' || field.meta.driver === undefined) return [];
  const { driver, driverStyle } = field.meta;
  const value = valueAt(config, path);
  if (typeof value === 'boolean' && driverStyle !== 'value') return value ? [driver] : [];
  const text = writeArgument(value);
  return text === '' ? [] : [driver, text];
}

function valueAt(config: unknown, path: string): unknown {
  let value: unknown = config;
  for (const key of path.split('.')) {
    value = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
  }
  return value;
}

/** Arguments are visible to everyone on the machine, so a secret has none. */
function writeArgument(value: unknown): string {
  if (value === undefined || value === null || isSecret(value)) return '';
  if (Array.isArray(value)) return value.map(String).join(',');
  if (typeof value !== 'object') return String(value);
  const pairs = Object.entries(value).map(([key, item]) => `${key}=${String(item)}`);
  return pairs.join(',');
}
