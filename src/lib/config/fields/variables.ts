import { anything, boolean, list, map, number, oneOf, section, string, union } from './build.ts';

const VARIABLE_TYPES = ['string', 'integer', 'number', 'boolean', 'list', 'map'] as const;

const definition = section('A variable: ${var.name} anywhere below.', {
  description: string({ doc: 'What the variable is for; shown when it is missing.', literal: true }),
  type: oneOf(VARIABLE_TYPES, { doc: 'Type of the value; that of the default where absent.', literal: true }),
  default: anything({ doc: 'Value where nothing sets it; without one the variable is required.' }),
  env: list(string({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$', patternDoc: 'the name of an environment variable' }), {
    doc: 'Environment names read beside SENTOPS_VAR_<name>, strongest first.',
    literal: true,
  }),
  secret: boolean({ doc: 'Hide the value in all output.', literal: true }),
});

/** `region: us-central1` is short for `region: { default: us-central1 }`. */
const shorthand = [string({ allowEmpty: true }), number({}), boolean({}), list(anything({}), {})] as const;

export const variables = map(union([definition, ...shorthand], {}), {
  fileOnly: true,
  doc: 'Variables; set by --var name=value, SENTOPS_VAR_<name>, targets.<target>.variables or sentops.local.yaml.',
  keys: '^[A-Za-z_][A-Za-z0-9_]*$',
  keysDoc: 'letters, digits and underscores, not beginning with a digit',
  default: {
    project_id: { description: 'GCP project', type: 'string', env: ['GCP_PROJECT_ID', 'GOOGLE_CLOUD_PROJECT'] },
    region: { description: 'GCP region', default: 'us-central1', env: ['GCP_REGION'] },
    bucket: { description: 'Prefix of the bucket names', default: 'sentiment-bucket', env: ['GCS_BUCKET'] },
    mlflow_uri: { description: 'MLflow server; empty = the embedded store', default: '', env: ['MLFLOW_TRACKING_URI'] },
    kafka: { description: 'Kafka brokers', default: 'localhost:9092', env: ['KAFKA_BOOTSTRAP_SERVERS'] },
  },
});
