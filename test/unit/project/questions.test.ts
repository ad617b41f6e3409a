import { describe, expect, test } from 'vitest';
import { fileOf, flagOf, nameFrom, splitLabels } from '../../../src/lib/project/answer-facts.ts';
import { QUESTIONS } from '../../../src/lib/project/questions.ts';
import { type Answers, type AnswerValue, QUESTION_IDS, type QuestionId } from '../../../src/lib/project/types.ts';

const around = { folderName: 'reviews', forge: undefined } as const;

describe('the list of questions', () => {
  test('has every question once, in the order of the answers', () => {
    expect(QUESTIONS.map(question => question.id)).toEqual([...QUESTION_IDS]);
  });

  test('goes through the groups in order, none twice', () => {
    const groups = QUESTIONS.map(question => question.group).filter((group, index, all) => group !== all[index - 1]);
    expect(groups).toEqual(['project', 'data', 'backend', 'mlflow', 'serving', 'kafka', 'ci']);
  });

  test('asks in words short enough for a terminal of 40 columns', () => {
    for (const { id, message } of QUESTIONS) expect(message.length, id).toBeLessThanOrEqual(37);
  });

  test('has choices exactly where one is to be chosen, and its defaults are among them', () => {
    for (const { id, type, choices, preset } of QUESTIONS) {
      expect(choices !== undefined, id).toBe(type === 'choice');
      const values = choices?.map(choice => choice.value);
      if (values) expect(values, id).toContain(preset?.({ template: 'imdb' }, around));
    }
  });

  test.each(['sentiment140', 'imdb', 'kindle', 'minimal'])(
    'has valid defaults for all that matters on this machine with %s',
    template => {
      const answers: Answers = {};
      for (const question of QUESTIONS) {
        if (question.when?.(answers) === false) continue;
        const value = question.id === 'template' ? template : question.preset?.(answers, around);
        expect(value, question.id).toBeDefined();
        expect(question.check?.(value as AnswerValue, answers) ?? true, question.id).toBe(true);
        answers[question.id] = value as AnswerValue;
      }
      expect(Object.keys(answers)).not.toContain('gcpProject');
    },
  );

  test('has no default for what only the user knows', () => {
    const answers: Answers = { template: 'imdb', backend: 'dataproc', source: 'http' };
    for (const id of ['dataset', 'gcpProject', 'mlflowUri'] as const) {
      expect(find(id).preset?.(answers, around), id).toBeUndefined();
    }
  });
});

describe('checks', () => {
  const good: [QuestionId, AnswerValue, Answers?][] = [
    ['name', 'a'],
    ['name', 'my-project-2'],
    ['name', 'a'.repeat(40)],
    ['gcpProject', 'my-project-123'],
    ['gcpProject', 'example.com:my-project'],
    ['region', 'europe-west10'],
    ['region', 'northamerica-northeast1'],
    ['zone', 'us-central1-f', { region: 'us-central1' }],
    ['mlflowUri', '', { backend: 'local' }],
    ['mlflowUri', 'https://user@mlflow.example.org:8443/path', { backend: 'local' }],
    ['registeredModelName', 'twitter-sentiment-model'],
    ['registeredModelName', 'модель отзывов'],
    ['labels', 'negative,positive'],
    ['labels', '0, 1, 2'],
    ['port', 65_535],
    ['kafkaBootstrap', 'a:9092,b.example.org:9093'],
    ['kafkaTopic', 'a.b_c-D'],
    ['dataset', 'kazanova/sentiment140', { source: 'kaggle' }],
    ['dataset', 'imdb', { source: 'hf' }],
    ['dataset', 'https://example.org/a.csv', { source: 'http' }],
    ['dataset', 'gs://bucket/a.csv', { source: 'gcs' }],
    ['dataset', 'C:\\data\\отзывы 1.csv', { source: 'local' }],
    ['bucket', 'sentiment-bucket'],
  ];
  test.each(good)('%s may be %j', (id, value, answers = {}) => {
    expect(find(id).check?.(value, answers)).toBe(true);
  });

  const bad: [QuestionId, AnswerValue, Answers?][] = [
    ['name', ''],
    ['name', 'Проект'],
    ['name', 'my project'],
    ['name', 'My-Project'],
    ['name', '9lives'],
    ['name', 'ends-'],
    ['name', 'a'.repeat(41)],
    ['name', 'a'.repeat(300)],
    ['name', 'a\nb'],
    ['gcpProject', 'short'],
    ['gcpProject', 'My-Project-1'],
    ['region', 'us-central1-a'],
    ['zone', 'europe-west1-b', { region: 'us-central1' }],
    ['mlflowUri', '', { backend: 'dataproc' }],
    ['mlflowUri', 'localhost:5000', { backend: 'local' }],
    ['mlflowExperiment', '   '],
    ['mlflowExperiment', 'a\tb'],
    ['registeredModelName', 'a/b'],
    ['registeredModelName', ' a'],
    ['labels', 'one'],
    ['labels', 'a,,b'],
    ['labels', 'a,a'],
    ['port', 0],
    ['port', 65_536],
    ['kafkaBootstrap', 'localhost'],
    ['kafkaTopic', 'a b'],
    ['kafkaOutputTopic', 'a'.repeat(250)],
    ['dataset', 'sentiment140', { source: 'kaggle' }],
    ['dataset', 'ftp://example.org/a.csv', { source: 'http' }],
    ['dataset', 'gs://bucket', { source: 'gcs' }],
    ['bucket', 'google-bucket'],
    ['bucket', 'Bucket'],
  ];
  test.each(bad)('%s may not be %j', (id, value, answers = {}) => {
    expect(find(id).check?.(value, answers)).toMatch(/^must be /);
  });
});

describe('what is asked depends on what was said', () => {
  const cases: [string, Answers, QuestionId[], QuestionId[]][] = [
    ['a cluster', { backend: 'dataproc' }, ['gcpProject', 'region', 'zone', 'bucket', 'cluster'], []],
    ['serverless batches', { backend: 'serverless' }, ['gcpProject', 'region', 'bucket'], ['zone', 'cluster']],
    ['Spark here', { backend: 'spark' }, [], ['gcpProject', 'region', 'zone', 'bucket', 'cluster']],
    ['Kafka in', { sourceType: 'kafka', writeKafka: false }, ['kafkaBootstrap', 'kafkaTopic'], ['kafkaOutputTopic']],
    ['Kafka out', { sourceType: 'file', writeKafka: true }, ['kafkaBootstrap', 'kafkaOutputTopic'], ['kafkaTopic']],
    ['no Kafka', { sourceType: 'file', writeKafka: false }, [], ['kafkaBootstrap', 'kafkaTopic', 'kafkaOutputTopic']],
    ['HTTP', { http: true }, ['port'], []],
    ['no HTTP', { http: false }, [], ['port']],
    [
      'own rows',
      { template: 'minimal', source: 'local', dataset: 'mine.csv' },
      ['textColumn', 'labelColumn', 'labels'],
      ['file'],
    ],
    [
      'the sample',
      { template: 'minimal', source: 'local', dataset: 'data/reviews.csv' },
      [],
      ['textColumn', 'labels', 'file'],
    ],
    ['another Kaggle set', { template: 'imdb', source: 'kaggle', dataset: 'a/b' }, ['file'], ['textColumn']],
  ];
  test.each(cases)('%s', (_, answers, asked, skipped) => {
    for (const id of asked) expect(find(id).when?.(answers) ?? true, id).toBe(true);
    for (const id of skipped) expect(find(id).when?.(answers) ?? true, id).toBe(false);
  });
});

test('a flag is the name of its question in kebab case', () => {
  expect(flagOf('name')).toBe('--name');
  expect(flagOf('registeredModelName')).toBe('--registered-model-name');
});

test.each([
  ['reviews', 'reviews'],
  ['My Project (2)', 'my-project-2'],
  ['Café Crème', 'cafe-creme'],
  ['2024-reviews', 'reviews'],
  ['отзывы', 'sentiment-project'],
  ['', 'sentiment-project'],
  ['---', 'sentiment-project'],
  [`${'a'.repeat(39)}-${'b'.repeat(300)}`, 'a'.repeat(39)],
])('a folder called %j gives the name %s', (folder, name) => {
  expect(nameFrom(folder)).toBe(name);
  expect(find('name').check?.(name, {})).toBe(true);
});

test('the file is known where the dataset is one file or the template’s own', () => {
  expect(fileOf('imdb', 'kaggle', 'lakshmi25npathi/imdb-dataset-of-50k-movie-reviews')).toBe('IMDB Dataset.csv');
  expect(fileOf('imdb', 'http', 'https://example.org/x/reviews.csv?version=2')).toBe('reviews.csv');
  expect(fileOf('imdb', 'gcs', 'gs://bucket/reviews.csv')).toBe('reviews.csv');
  expect(fileOf('imdb', 'local', '../mine.csv')).toBe('mine.csv');
  expect(fileOf('imdb', 'local', '../folder')).toBeUndefined();
  expect(fileOf('imdb', 'kaggle', 'owner/reviews.csv')).toBeUndefined();
});

test('labels are split at commas', () => {
  expect(splitLabels(' bad , good')).toEqual(['bad', 'good']);
});

function find(id: QuestionId) {
  const question = QUESTIONS.find(question => question.id === id);
  if (!question) throw new Error(`no question ${id}`);
  return question;
}
