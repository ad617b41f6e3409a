import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { explainValue } from '../../../src/lib/config/explain.ts';
import { loadProject } from '../../../src/lib/config/load.ts';
import { LAYER_KINDS, type LayerKind, type ProjectRequest } from '../../../src/lib/config/types.ts';
import { request, tempProject } from './temp-project.ts';

/** Strongest first, as the documentation lists them; the built-in default stands below all and is always there. */
const KINDS = LAYER_KINDS.filter(kind => kind !== 'default');
const PAIRS = KINDS.flatMap((strong, index) => KINDS.slice(index + 1).map(weak => [strong, weak] as const));

type Values = Partial<Record<LayerKind, string>>;

/** A project where each of these layers, and no other, gives a value for one field in its own way. */
class Field {
  readonly #yaml: (value: string) => string;
  readonly #path: string;
  readonly #ecosystem: string;

  constructor(dotted: string, ecosystem: string) {
    this.#path = dotted;
    this.#ecosystem = ecosystem;
    const keys = dotted.split('.');
    this.#yaml = value => `${keys.map(key => `{ ${key}: `).join('')}${value}${' }'.repeat(keys.length)}\n`;
  }

  project(values: Values): ProjectRequest {
    const { file, target, include, local, user, dotenv, env } = values;
    const own = `SENTOPS_${this.#path
      .replace(/([A-Z])/g, '_$1')
      .replaceAll('.', '_')
      .toUpperCase()}`;
    const dir = tempProject({
      'sentops.yaml': [
        ...(file === undefined ? [] : [this.#yaml(file).trim().slice(1, -1)]),
        ...(include === undefined ? [] : ['include: [ "conf/*.yaml" ]']),
        ...(target === undefined ? [] : [`targets: { t: ${this.#yaml(target).trim()} }`]),
      ]
        .join('\n')
        .replace(/^ +/gm, ''),
      ...(include === undefined ? {} : { 'conf/part.yaml': this.#yaml(include) }),
      ...(local === undefined ? {} : { 'sentops.local.yaml': this.#yaml(local) }),
      ...(user === undefined ? {} : { 'home/.config/sentops/config.yaml': this.#yaml(user) }),
      ...(dotenv === undefined ? {} : { '.env': `${own}=${dotenv}\n` }),
    });
    const ecosystem = values['ecosystem-env'];
    return request(dir, {
      home: path.join(dir, 'home'),
      env: {
        ...(env === undefined ? {} : { [own]: env }),
        ...(ecosystem === undefined ? {} : { [this.#ecosystem]: ecosystem }),
      },
      ...(target === undefined ? {} : { target: 't' }),
      ...(values.set === undefined ? {} : { set: [`${this.#path}=${values.set}`] }),
      ...(values.flag === undefined ? {} : { flags: { [this.#path]: { flag: '--the-flag', value: values.flag } } }),
    });
  }
}

const experiment = new Field('mlflow.experiment', 'MLFLOW_EXPERIMENT_NAME');

describe('of every two layers the stronger one wins', () => {
  test('there are ten layers above the default, and so forty-five pairs', () => {
    expect(KINDS).toHaveLength(10);
    expect(PAIRS).toHaveLength(45);
  });

  test.each(PAIRS)('%s over %s', async (strong, weak) => {
    const given = experiment.project({ [strong]: `by-${strong}`, [weak]: `by-${weak}` });
    expect((await loadProject(given)).config.mlflow.experiment).toBe(`by-${strong}`);
    const { winner, losers } = await explainValue(given, 'mlflow.experiment');
    expect([winner, ...losers].map(said => [said?.kind, said?.value])).toEqual([
      [strong, `by-${strong}`],
      [weak, `by-${weak}`],
      ['default', 'sentiment-analysis-pipeline'],
    ]);
  });

  test.each(KINDS)('%s alone over the default', async kind => {
    const { config } = await loadProject(experiment.project({ [kind]: 'mine' }));
    expect(config.mlflow.experiment).toBe('mine');
  });

  test('all at once', async () => {
    const all = Object.fromEntries(KINDS.map(kind => [kind, `by-${kind}`]));
    const { winner, losers } = await explainValue(experiment.project(all), 'mlflow.experiment');
    expect([winner, ...losers].map(said => said?.kind)).toEqual([...LAYER_KINDS]);
  });
});

const FILES: readonly LayerKind[] = ['local', 'target', 'file', 'include', 'user'];
const FILE_PAIRS = FILES.flatMap((strong, index) => FILES.slice(index + 1).map(weak => [strong, weak] as const));

describe('in every two kinds of files', () => {
  const labels = new Field('project.labels', '');
  const models = new Field('train.models', '');

  test.each(FILE_PAIRS)('maps of %s and %s merge key by key', async (strong, weak) => {
    const { config } = await loadProject(labels.project({ [strong]: '{ a: s, b: s }', [weak]: '{ b: w, c: w }' }));
    expect(config.project.labels).toEqual({ app: 'sentiment', owner: 'mlops', a: 's', b: 's', c: 'w' });
  });

  test.each(FILE_PAIRS)('null in %s takes an entry of %s and of the default away', async (strong, weak) => {
    const { config } = await loadProject(
      labels.project({ [strong]: '{ a: null, owner: null }', [weak]: '{ a: w, c: w }' }),
    );
    expect(config.project.labels).toEqual({ app: 'sentiment', c: 'w' });
  });

  test.each(FILE_PAIRS)('null in %s takes the whole of %s away and brings the default back', async (strong, weak) => {
    const { config } = await loadProject(labels.project({ [strong]: 'null', [weak]: '{ a: w }' }));
    expect(config.project.labels).toEqual({ app: 'sentiment', owner: 'mlops' });
  });

  test.each(FILE_PAIRS)('a value of %s brings back what null in %s deleted', async (strong, weak) => {
    const { config } = await loadProject(labels.project({ [strong]: '{ app: back }', [weak]: '{ app: null }' }));
    expect(config.project.labels).toEqual({ app: 'back', owner: 'mlops' });
  });

  test.each(FILE_PAIRS)('the list of %s replaces that of %s', async (strong, weak) => {
    const { config } = await loadProject(
      models.project({ [strong]: '[linearsvc]', [weak]: '[randomforest, logisticregression]' }),
    );
    expect(config.train.models).toEqual(['linearsvc']);
  });

  test.each(FILES)('an empty list of %s is a list, an empty map says nothing', async kind => {
    const patterns = new Field('cluster.optionalComponents', '');
    expect((await loadProject(patterns.project({ [kind]: '[]' }))).config.cluster.optionalComponents).toEqual([]);
    expect((await loadProject(labels.project({ [kind]: '{}' }))).config.project.labels).toEqual({
      app: 'sentiment',
      owner: 'mlops',
    });
  });
});

describe('values of the environment get the type of their field', () => {
  test.each([
    ['SENTOPS_TRAIN_ENABLE_CV', 'true', 'train.enableCv', true],
    ['SENTOPS_TRAIN_ENABLE_CV', 'YES', 'train.enableCv', true],
    ['SENTOPS_TRAIN_ENABLE_CV', 'on', 'train.enableCv', true],
    ['SENTOPS_TRAIN_ENABLE_CV', '1', 'train.enableCv', true],
    ['SENTOPS_CLUSTER_COMPONENT_GATEWAY', 'off', 'cluster.componentGateway', false],
    ['SENTOPS_CLUSTER_COMPONENT_GATEWAY', '0', 'cluster.componentGateway', false],
    ['SENTOPS_TRAIN_SEED', ' 7 ', 'train.seed', 7],
    ['SENTOPS_TRAIN_SAMPLE_FRACTION', '.5', 'train.sampleFraction', 0.5],
    ['SENTOPS_TRAIN_SAMPLE_FRACTION', '5e-1', 'train.sampleFraction', 0.5],
    ['SENTOPS_TRAIN_MODELS', 'linearsvc, randomforest', 'train.models', ['linearsvc', 'randomforest']],
    ['SENTOPS_TRAIN_MODELS', '["linearsvc"]', 'train.models', ['linearsvc']],
    ['SENTOPS_ROLLOUT_CANARY_STEPS', '5,50,100', 'rollout.canary.steps', [5, 50, 100]],
    ['SENTOPS_MONITOR_SLO_LATENCY_P95_MS', '2s', 'monitor.slo.latencyP95Ms', 2000],
    ['SENTOPS_MONITOR_SLO_LATENCY_P95_MS', '1.005s', 'monitor.slo.latencyP95Ms', 1005],
  ] as const)('%s=%s', async (name, text, at, expected) => {
    const { config } = await loadProject(
      request(tempProject(), { env: { [name]: text, SENTOPS_MONITOR_SLO_LATENCY_P99_MS: '3000' } }),
    );
    expect(at.split('.').reduce((value: unknown, key) => (value as Record<string, unknown>)[key], config)).toEqual(
      expected,
    );
  });

  test('a map is written as pairs or as JSON, and merges with the maps below it', async () => {
    const dir = tempProject({ 'sentops.yaml': 'project: { labels: { team: x } }\n' });
    for (const text of ['a=1,owner=me', '{"a": 1, "owner": "me"}']) {
      const { config } = await loadProject(request(dir, { env: { SENTOPS_PROJECT_LABELS: text } }));
      expect(config.project.labels).toMatchObject({ app: 'sentiment', team: 'x', owner: 'me' });
      expect(Number(config.project.labels['a'])).toBe(1);
    }
  });

  test('.env gives the same types', async () => {
    const dir = tempProject({
      'sentops.yaml': '',
      '.env': 'SENTOPS_TRAIN_ENABLE_CV=yes\nexport SENTOPS_TRAIN_SEED="9" # nine\nSENTOPS_TRAIN_MODELS=linearsvc\n',
    });
    const { config } = await loadProject(request(dir));
    expect([config.train.enableCv, config.train.seed, config.train.models]).toEqual([true, 9, ['linearsvc']]);
  });

  test('the first of two ecosystem names that is set wins', async () => {
    const dir = tempProject();
    const both = { GCP_PROJECT_ID: 'first', GOOGLE_CLOUD_PROJECT: 'second' };
    const value = async (env: Record<string, string>) =>
      (await explainValue(request(dir, { env }), 'var.project_id')).value;
    expect(await value(both)).toBe('first');
    expect(await value({ ...both, GCP_PROJECT_ID: '' })).toBe('second');
    expect(await value({ GOOGLE_CLOUD_PROJECT: 'second' })).toBe('second');
  });
});

test('the settings of the user are not read twice when they are the project file itself', async () => {
  const dir = tempProject({ 'home/.config/sentops/config.yaml': 'train: { seed: 3 }\n' });
  const file = path.join(dir, 'home/.config/sentops/config.yaml');
  const project = await loadProject(request(dir, { home: path.join(dir, 'home'), configFile: file }));
  expect(project.layers.filter(layer => layer.place(['train', 'seed'])?.file !== undefined)).toHaveLength(1);
  expect(fs.existsSync(file)).toBe(true);
});
