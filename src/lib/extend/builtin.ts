import { registerChecks } from '../doctor/register.ts';
import { registerStorageChecks } from '../storage/register-checks.ts';
import { registerTrackingChecks } from '../tracking/register-checks.ts';
import type { ExtensionApi } from './contract.ts';
import { defineExtensions } from './define.ts';

/** What comes with sentops, registered by the call that a plugin uses. Nothing is loaded before it is asked for. */
export const builtin = defineExtensions(api => {
  registerChecks(api);
  registerTrackingChecks(api);
  registerStorageChecks(api);
  api.register('stream-source', 'lines', () => import('../stream/sources/lines.ts'), {
    summary: 'standard input or a file, one JSON object or one text per line',
  });
  api.register('stream-sink', 'jsonl', () => import('../stream/sinks/jsonl.ts'), {
    summary: 'a file with one JSON object per line',
  });
  api.register('stream-sink', 'stdout', () => import('../stream/sinks/stdout.ts'), {
    summary: 'standard output, one JSON object per line',
  });
  api.register('trainer', 'logisticregression', () => import('../learn/trainers/logisticregression.ts'), {
    summary: 'logistic regression as Spark fits it, for any number of classes',
  });
  api.register('trainer', 'linearsvc', () => import('../learn/trainers/linearsvc.ts'), {
    summary: 'a linear support vector machine as Spark fits it, for two classes',
  });
  api.register('trainer', 'randomforest', () => import('../learn/trainers/randomforest.ts'), {
    summary: 'a random forest on sparse columns, with the parameters of Spark',
  });
  api.register('trainer', 'naivebayes', () => import('../learn/trainers/naivebayes.ts'), {
    summary: 'naive Bayes as Spark fits it: multinomial, bernoulli or complement',
  });
  api.register('tracker', 'sqlite', () => import('../tracking/embedded/tracker.ts'), {
    summary: 'a database in the form of MLflow, on this machine and without a server',
  });
  for (const scheme of ['http', 'https'])
    api.register('tracker', scheme, () => import('../tracking/rest/tracker.ts'), { summary: 'an MLflow server' });
  api.register('storage-scheme', 'file', () => import('../storage/file/storage.ts'), {
    summary: 'folders of this machine',
  });
  api.register('storage-scheme', 'gs', () => import('../storage/gs/storage.ts'), {
    summary: 'buckets of Google Cloud Storage, or of an emulator',
  });
  registerDatasetSources(api);
  api.register('model-format', 'spark', () => import('../model/formats/spark/format.ts'), {
    summary: 'a PipelineModel as Spark ML saves it',
  });
  api.register('model-format', 'native', () => import('../model/formats/native/format.ts'), {
    summary: 'one file, model.sentops, that loads in milliseconds',
  });
  api.register('model-format', 'mlflow', () => import('../model/formats/mlflow/format.ts'), {
    summary: 'an MLflow folder with the native and the Spark form',
  });
});

function registerDatasetSources(api: ExtensionApi): void {
  api.register('dataset-source', 'kaggle', () => import('../data/remote/kaggle/source.ts'), {
    summary: 'datasets of Kaggle: owner/name',
  });
  api.register('dataset-source', 'hf', () => import('../data/remote/hf/source.ts'), {
    summary: 'datasets of Hugging Face: owner/name',
  });
  api.register('dataset-source', 'http', () => import('../data/remote/http/source.ts'), {
    summary: 'a file at an http or https address',
  });
  api.register('dataset-source', 'gcs', () => import('../data/remote/gcs/source.ts'), {
    summary: 'an object or a folder of a bucket: gs://bucket/name',
  });
  api.register('dataset-source', 'local', () => import('../data/remote/local/source.ts'), {
    summary: 'a file or a folder of this machine',
  });
}
