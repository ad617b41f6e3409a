import { map, oneOf, section, string } from './build.ts';

export const mlflow = section('Tracking and the model registry.', {
  trackingUri: string({
    doc: 'MLflow server; empty = the embedded store.',
    default: '${var.mlflow_uri}',
    format: 'uri',
    allowEmpty: true,
    flag: 'mlflow-uri',
    driver: '--mlflow-uri',
    env: ['MLFLOW_TRACKING_URI'],
  }),
  experiment: string({
    doc: 'Experiment for new runs.',
    default: 'sentiment-analysis-pipeline',
    flag: 'mlflow-experiment',
    driver: '--mlflow-experiment',
    env: ['MLFLOW_EXPERIMENT_NAME'],
  }),
  registryMode: oneOf(['stages', 'aliases', 'both'], {
    doc: 'How a promotion is recorded in the registry.',
    default: 'both',
  }),
  stageAliases: map(string({}), {
    doc: 'Alias that stands for each stage.',
    default: { Production: 'champion', Staging: 'challenger' },
    keys: '^(Production|Staging|Archived|None)$',
    keysDoc: 'Production, Staging, Archived or None',
  }),
  auth: section('Credentials for the server.', {
    token: string({ doc: 'Bearer token.', secret: true, env: ['MLFLOW_TRACKING_TOKEN'] }),
    username: string({ doc: 'User name.', allowEmpty: true, env: ['MLFLOW_TRACKING_USERNAME'] }),
    password: string({ doc: 'Password.', secret: true, env: ['MLFLOW_TRACKING_PASSWORD'] }),
  }),
});
