import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { AIRFLOW_VARIABLES, importAirflow } from '../../../src/lib/config/airflow.ts';
import { loadProject } from '../../../src/lib/config/load.ts';
import { formatPath } from '../../../src/lib/config/path.ts';
import { setValues } from '../../../src/lib/config/set.ts';
import { SentopsError } from '../../../src/lib/core/errors.ts';
import { request, tempProject } from './temp-project.ts';

const ALL = {
  GCP_PROJECT_ID: 'my-project',
  GCP_REGION: 'europe-west1',
  DATAPROC_CLUSTER_NAME: 'my-cluster',
  GCS_BUCKET: 'my-bucket',
  MLFLOW_VM_IP: '10.0.0.5',
  MLFLOW_TRACKING_URI: 'http://mlflow:5000',
  serving_deploy_mode: 'production',
  serving_model_name: 'my-model',
  serving_model_stage: 'Staging',
  serving_source_type: 'kafka',
  serving_batch_interval: '45',
  serving_reload_interval: 600,
  kafka_bootstrap_servers: 'broker:9092',
  kafka_input_topic: 'in',
  kafka_output_topic: 'out',
};

function read(json: unknown): Record<string, unknown> {
  const { settings } = importAirflow(JSON.stringify(json), 'vars.json');
  return Object.fromEntries(settings.map(({ path: at, value }) => [formatPath(at), value]));
}

function thrown(json: string): SentopsError {
  try {
    importAirflow(json, 'vars.json');
  } catch (error) {
    if (error instanceof SentopsError) return error;
  }
  throw new Error('it did not fail');
}

describe('import airflow', () => {
  test('all fifteen variables have their place, with typed values', () => {
    expect(Object.keys(AIRFLOW_VARIABLES).sort()).toEqual(Object.keys(ALL).sort());
    expect(read(ALL)).toEqual({
      'variables.project_id.default': 'my-project',
      'variables.region.default': 'europe-west1',
      'cluster.name': 'my-cluster',
      'variables.bucket.default': 'my-bucket',
      'variables.mlflow_uri.default': 'http://mlflow:5000',
      'serve.deployMode': 'production',
      'serve.modelName': 'my-model',
      'serve.modelStage': 'Staging',
      'serve.sourceType': 'kafka',
      'serve.batchIntervalSeconds': 45,
      'serve.reloadIntervalSeconds': 600,
      'variables.kafka.default': 'broker:9092',
      'kafka.inputTopic': 'in',
      'kafka.outputTopic': 'out',
    });
  });

  test('the address of the MLflow machine makes a URI where none is given', () => {
    expect(read({ MLFLOW_VM_IP: '10.0.0.5' })).toEqual({ 'variables.mlflow_uri.default': 'http://10.0.0.5:5000' });
    expect(read({ MLFLOW_VM_IP: '10.0.0.5', MLFLOW_TRACKING_URI: '' })).toEqual({
      'variables.mlflow_uri.default': 'http://10.0.0.5:5000',
    });
  });

  test('an export with descriptions is read as well', () => {
    expect(read({ serving_batch_interval: { value: '30', description: 'seconds' } })).toEqual({
      'serve.batchIntervalSeconds': 30,
    });
  });

  test('others are reported, with the one that was perhaps meant', () => {
    const { settings, unknown } = importAirflow(JSON.stringify({ GCP_PROJECT: 'x', slack_channel: 'y' }), 'vars.json');
    expect(settings).toEqual([]);
    expect(unknown).toEqual([
      { variable: 'GCP_PROJECT', meant: 'GCP_PROJECT_ID' },
      { variable: 'slack_channel', meant: null },
    ]);
  });

  test('a value that does not fit is a problem at its line; the others are imported', () => {
    const json = '{\n  "kafka_input_topic": "in",\n  "serving_batch_interval": "often"\n}';
    const { settings, problems } = importAirflow(json, 'vars.json');
    expect(settings).toHaveLength(1);
    expect(problems).toMatchObject([
      { path: 'serve.batchIntervalSeconds', place: { file: 'vars.json', line: 3, column: 3 } },
    ]);
  });

  test.each([
    ['{\n  "a": 1,\n}', 3],
    ['{"a": ', 1],
    ['', 1],
    ['a: 1', 1],
  ])('broken JSON is located: %j', (json, line) => {
    const error = thrown(json);
    expect(error.code).toBe('CONFIG_SYNTAX');
    expect(error.message).toContain('vars.json is not valid JSON');
    expect(error.place).toMatchObject({ file: 'vars.json', line });
    expect(error.hint).toContain('airflow variables export');
  });

  test.each(['[]', '"x"', 'null'])('%s holds no variables', json => {
    expect(thrown(json).code).toBe('CONFIG_INVALID');
  });

  test('written into a project they take effect', async () => {
    const dir = tempProject({ 'sentops.yaml': '# kept\nserve:\n  name: mine\n' });
    const { settings } = importAirflow(JSON.stringify(ALL), 'vars.json');
    await setValues({ request: request(dir), settings });
    const { config } = await loadProject(request(dir));
    expect(config.kafka.bootstrap).toBe('broker:9092');
    expect(config.mlflow.trackingUri).toBe('http://mlflow:5000');
    expect(config.cluster).toMatchObject({ name: 'my-cluster', region: 'europe-west1' });
    expect(config.serve).toMatchObject({ name: 'mine', deployMode: 'production', batchIntervalSeconds: 45 });
    expect(fs.readFileSync(path.join(dir, 'sentops.yaml'), 'utf8')).toMatch(/^# kept\nserve:\n {2}name: mine\n/);
  });
});
