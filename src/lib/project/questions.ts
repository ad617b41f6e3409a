import { DATASET_CHECKS, fits, isLine, isTopic } from './answer-checks.ts';
import { fileOf, hasOwnColumns, isCloud, nameFrom, splitLabels, usesKafka } from './answer-facts.ts';
import { TEMPLATES, templateFacts } from './templates.ts';
import type { AnswerChoice, Question } from './types.ts';

/** The wizard as data: what is asked, in which order, when it matters, and what holds where nobody answers. */
export const QUESTIONS: readonly Question[] = [
  {
    id: 'name',
    group: 'project',
    message: 'Project name',
    type: 'text',
    preset: (_, { folderName }) => nameFrom(folderName),
    check: fits(
      /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/,
      'must be at most 40 lower-case letters, digits and hyphens, beginning with a letter',
    ),
  },
  {
    id: 'template',
    group: 'data',
    message: 'Template',
    type: 'choice',
    choices: Object.entries(TEMPLATES).map(([value, { title, description }]) => ({ value, name: title, description })),
    preset: () => 'sentiment140',
  },
  {
    id: 'source',
    group: 'data',
    message: 'Where the data comes from',
    type: 'choice',
    choices: [
      choice('kaggle', 'Kaggle', 'owner/name'),
      choice('hf', 'Hugging Face', 'owner/name'),
      choice('http', 'Web address', 'https://…'),
      choice('gcs', 'Cloud Storage', 'gs://bucket/file'),
      choice('local', 'This machine', 'a path'),
    ],
    preset: ({ template }) => templateFacts(template).source,
  },
  {
    id: 'dataset',
    group: 'data',
    message: 'Dataset',
    type: 'text',
    preset: ({ template, source }) => {
      const facts = templateFacts(template);
      return source === facts.source ? facts.dataset : undefined;
    },
    check: (value, { source }) => DATASET_CHECKS[String(source)]?.(value) ?? true,
  },
  {
    id: 'file',
    group: 'data',
    message: 'File with the rows',
    type: 'text',
    preset: ({ template, source, dataset }) => fileOf(String(template), String(source), String(dataset)),
    check: isLine,
    when: ({ template, source, dataset }) => fileOf(String(template), String(source), String(dataset)) === undefined,
  },
  {
    id: 'textColumn',
    group: 'data',
    message: 'Column of the text',
    type: 'text',
    preset: () => 'text',
    check: isLine,
    when: hasOwnColumns,
  },
  {
    id: 'labelColumn',
    group: 'data',
    message: 'Column of the label',
    type: 'text',
    preset: () => 'label',
    check: isLine,
    when: hasOwnColumns,
  },
  {
    id: 'labels',
    group: 'data',
    message: 'Labels, negative first',
    type: 'text',
    preset: () => 'negative,positive',
    check: value => {
      const labels = splitLabels(value);
      const areDistinct = new Set(labels).size === labels.length;
      return labels.length >= 2 && areDistinct && !labels.includes('')
        ? isLine(value)
        : 'must be two or more different labels with commas between them';
    },
    when: hasOwnColumns,
  },
  {
    id: 'backend',
    group: 'backend',
    message: 'Where jobs run',
    type: 'choice',
    choices: [
      choice('local', 'Here', 'in this process; no JVM, no Python, no cloud'),
      choice('spark', 'Spark here', 'spark-submit on this machine'),
      choice('dataproc', 'Dataproc', 'a cluster on Google Cloud'),
      choice('serverless', 'Dataproc Serverless', 'batches on Google Cloud'),
    ],
    preset: () => 'local',
  },
  {
    id: 'gcpProject',
    group: 'backend',
    message: 'GCP project',
    type: 'text',
    check: fits(
      /^([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
      'must be a project id: 6 to 30 lower-case letters, digits and hyphens, beginning with a letter',
    ),
    when: isCloud,
  },
  {
    id: 'region',
    group: 'backend',
    message: 'Region',
    type: 'text',
    preset: () => 'us-central1',
    check: fits(/^[a-z]+(-[a-z]+)+\d+$/, 'must be a region such as us-central1'),
    when: isCloud,
  },
  {
    id: 'zone',
    group: 'backend',
    message: 'Zone',
    type: 'text',
    preset: ({ region }) => `${region}-a`,
    check: (value, { region }) =>
      new RegExp(`^${String(region)}-[a-z]$`).test(String(value)) || `must be a zone of ${region} such as ${region}-a`,
    when: ({ backend }) => backend === 'dataproc',
  },
  {
    id: 'bucket',
    group: 'backend',
    message: 'Prefix of the bucket names',
    type: 'text',
    preset: () => 'sentiment-bucket',
    check: fits(
      /^(?!goog)(?!.*google)[a-z0-9][a-z0-9_-]{1,45}[a-z0-9]$/,
      'must be 3 to 47 lower-case letters, digits, hyphens and underscores, without "google"',
    ),
    when: isCloud,
  },
  {
    id: 'cluster',
    group: 'backend',
    message: 'Cluster',
    type: 'text',
    preset: () => 'sentiment-cluster',
    check: fits(
      /^[a-z]([a-z0-9-]{0,49}[a-z0-9])?$/,
      'must be at most 51 lower-case letters, digits and hyphens, beginning with a letter',
    ),
    when: ({ backend }) => backend === 'dataproc',
  },
  {
    id: 'mlflowUri',
    group: 'mlflow',
    message: 'MLflow server (empty: embedded store)',
    type: 'text',
    preset: answers => (isCloud(answers) ? undefined : ''),
    check: (value, answers) => {
      if (value === '') return !isCloud(answers) || 'must be the address of a server that the cluster can reach';
      return /^https?:\/\/[^\s/]+\S*$/.test(String(value)) || 'must be an address such as http://localhost:5000';
    },
  },
  {
    id: 'mlflowExperiment',
    group: 'mlflow',
    message: 'Experiment',
    type: 'text',
    preset: ({ template, name }) => templateFacts(template).experiment ?? name,
    check: isLine,
  },
  {
    id: 'registeredModelName',
    group: 'mlflow',
    message: 'Name of the models in the registry',
    type: 'text',
    preset: ({ template, name }) => templateFacts(template).modelName ?? `${name}-model`,
    check: fits(
      /^[^/:\s\p{Cc}][^/:\p{Cc}]{0,199}$/u,
      'must be a name of at most 200 characters without slashes and colons',
    ),
  },
  {
    id: 'sourceType',
    group: 'serving',
    message: 'Where texts to score come from',
    type: 'choice',
    choices: [
      choice('file', 'Files', 'a watched folder'),
      choice('kafka', 'Kafka', 'a topic'),
      choice('stdin', 'Standard input', 'one text per line'),
    ],
    preset: () => 'file',
  },
  {
    id: 'http',
    group: 'serving',
    message: 'Serve predictions over HTTP?',
    type: 'boolean',
    preset: ({ template }) => templateFacts(template).http,
  },
  {
    id: 'port',
    group: 'serving',
    message: 'Port',
    type: 'integer',
    preset: ({ template }) => templateFacts(template).port,
    check: value => (Number(value) >= 1 && Number(value) <= 65_535) || 'must be a port from 1 to 65535',
    when: ({ http }) => http === true,
  },
  {
    id: 'writeKafka',
    group: 'kafka',
    message: 'Write predictions to Kafka?',
    type: 'boolean',
    preset: ({ sourceType }) => sourceType === 'kafka',
  },
  {
    id: 'kafkaBootstrap',
    group: 'kafka',
    message: 'Kafka brokers',
    type: 'text',
    preset: () => 'localhost:9092',
    check: fits(/^[\w.-]+:\d{1,5}(,[\w.-]+:\d{1,5})*$/, 'must be host:port, more than one with commas between them'),
    when: usesKafka,
  },
  {
    id: 'kafkaTopic',
    group: 'kafka',
    message: 'Topic to read',
    type: 'text',
    preset: () => 'sentiment-input',
    check: isTopic,
    when: ({ sourceType }) => sourceType === 'kafka',
  },
  {
    id: 'kafkaOutputTopic',
    group: 'kafka',
    message: 'Topic to write',
    type: 'text',
    preset: () => 'sentiment-predictions',
    check: isTopic,
    when: ({ writeKafka }) => writeKafka === true,
  },
  {
    id: 'ci',
    group: 'ci',
    message: 'Continuous integration',
    type: 'choice',
    choices: [
      choice('github', 'GitHub Actions', '.github/workflows/sentops.yml'),
      choice('gitlab', 'GitLab CI', '.gitlab-ci.yml'),
      choice('none', 'None', 'no file'),
    ],
    preset: (_, { forge }) => forge ?? 'none',
  },
];

function choice(value: string, name: string, description: string): AnswerChoice {
  return { value, name, description };
}
