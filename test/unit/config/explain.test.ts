import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { explainValue } from '../../../src/lib/config/explain.ts';
import { showProject } from '../../../src/lib/config/show.ts';
import { failure, request, tempProject } from './temp-project.ts';

const FILES = {
  'sentops.yaml': [
    'include: [inc.yaml]',
    'serve:',
    '  reloadIntervalSeconds: 60',
    'targets:',
    '  prod:',
    '    serve: { reloadIntervalSeconds: 30 }',
    '',
  ].join('\n'),
  'inc.yaml': 'serve:\n  reloadIntervalSeconds: 90\n',
  'sentops.local.yaml': 'serve: { reloadIntervalSeconds: 20 }\n',
  '.env': '# private\nSENTOPS_SERVE_RELOAD_INTERVAL_SECONDS=15\n',
  'home/.config/sentops/config.yaml': 'serve: { reloadIntervalSeconds: 120 }\n',
};

describe('explain', () => {
  test('shows the layer that wins and every one that loses, each with its place', async () => {
    const dir = tempProject(FILES);
    const explanation = await explainValue(
      request(dir, {
        home: path.join(dir, 'home'),
        target: 'prod',
        env: { SENTOPS_SERVE_RELOAD_INTERVAL_SECONDS: '12' },
        set: ['serve.reloadIntervalSeconds=11'],
        flags: { 'serve.reloadIntervalSeconds': { flag: '--reload-interval-seconds', value: 10 } },
      }),
      'serve.reloadIntervalSeconds',
    );
    const said = [explanation.winner, ...explanation.losers].map(one => [
      one?.name,
      one?.value,
      one?.place && `${one.place.file}:${one.place.line}`,
    ]);
    expect(said).toEqual([
      ['--reload-interval-seconds', 10, null],
      ['--set', 11, null],
      ['SENTOPS_SERVE_RELOAD_INTERVAL_SECONDS', 12, null],
      ['SENTOPS_SERVE_RELOAD_INTERVAL_SECONDS', 15, '.env:2'],
      ['sentops.local.yaml', 20, 'sentops.local.yaml:1'],
      ['targets.prod in sentops.yaml', 30, 'sentops.yaml:6'],
      ['sentops.yaml', 60, 'sentops.yaml:3'],
      ['inc.yaml', 90, 'inc.yaml:2'],
      ['home/.config/sentops/config.yaml', 120, 'home/.config/sentops/config.yaml:1'],
      ['built-in default', 300, null],
    ]);
    expect(explanation).toMatchObject({
      path: 'serve.reloadIntervalSeconds',
      value: 10,
      flag: '--reload-interval-seconds',
      driver: '--reload-interval-seconds',
      env: ['SENTOPS_SERVE_RELOAD_INTERVAL_SECONDS'],
      default: 300,
    });
    expect(explanation.doc).not.toBe('');
  });

  test('shows what is written and what it becomes', async () => {
    const dir = tempProject({ 'sentops.yaml': 'buckets: { raw: "gs://${var.bucket}-raw" }\n' });
    expect(await explainValue(request(dir, { vars: ['bucket=b'] }), 'buckets.raw')).toMatchObject({
      raw: 'gs://${var.bucket}-raw',
      value: 'gs://b-raw',
      problem: null,
    });
  });

  test('says why a value cannot be computed', async () => {
    const dir = tempProject({ 'sentops.yaml': 'buckets: { raw: "gs://${var.gone}-raw" }\n' });
    const { value, problem } = await explainValue(request(dir), 'buckets.raw');
    expect(value).toBeNull();
    expect(problem).toContain('there is no variable gone');
  });

  test('a list wins as a whole, also for one of its items', async () => {
    const dir = tempProject({ 'sentops.yaml': 'train: { models: [linearsvc] }\n' });
    expect(await explainValue(request(dir), 'train.models.0')).toMatchObject({
      winner: { value: 'linearsvc', name: 'sentops.yaml' },
    });
  });

  test('a variable is explained by both of its names', async () => {
    const dir = tempProject({ 'sentops.yaml': 'variables: { region: eu }\n' });
    const given = request(dir, { vars: ['region=asia'], env: { GCP_REGION: 'africa' } });
    const explanation = await explainValue(given, 'var.region');
    expect(explanation).toEqual(await explainValue(given, 'variables.region'));
    expect([explanation.winner, ...explanation.losers].map(one => `${one?.name} ${String(one?.value)}`)).toEqual([
      '--var asia',
      'GCP_REGION africa',
      'sentops.yaml eu',
      'built-in default us-central1',
    ]);
    expect((await failure(explainValue(given, 'var.regoin'))).code).toBe('NOT_FOUND');
  });

  test('a deleted value shows who deletes it', async () => {
    const dir = tempProject({ 'sentops.yaml': 'project: { labels: { app: null } }\n' });
    expect(await explainValue(request(dir), 'project.labels.app')).toMatchObject({
      value: null,
      winner: { name: 'sentops.yaml', value: null },
      losers: [{ value: 'sentiment' }],
    });
  });

  test.each([
    ['serve.reloadInterval', 'did you mean serve.reloadIntervalSeconds?'],
    ['server.name', 'did you mean serve.name?'],
    ['zzz', 'the keys here are'],
  ])('%s is not found: %s', async (given, hint) => {
    const error = await failure(explainValue(request(tempProject()), given));
    expect(error.code).toBe('NOT_FOUND');
    expect(error.hint).toContain(hint);
  });

  test('kebab case is understood', async () => {
    expect((await explainValue(request(tempProject()), 'train.num-features')).path).toBe('train.numFeatures');
  });

  test('secrets are named, their values never shown', async () => {
    const dir = tempProject({
      'sentops.yaml':
        'secrets: { t: { env: T } }\nmlflow: { auth: { token: "${secret.t}" } }\nvariables: { api_token: { default: var-secret-1, secret: true } }\n',
    });
    const given = request(dir, { env: { MLFLOW_TRACKING_TOKEN: 'eco-secret-1', T: 'env-secret-1' } });
    const texts = await Promise.all(
      ['mlflow.auth.token', 'var.api_token', 'mlflow', 'variables'].map(async at =>
        JSON.stringify(await explainValue(given, at)),
      ),
    );
    expect(texts.join()).not.toMatch(/(eco|env|var)-secret-1/);
    expect(texts[0]).toContain('${secret.t}');
  });
});

describe('show', () => {
  test('is the merged tree in the order of the table, references as written', async () => {
    const dir = tempProject({ 'sentops.yaml': 'train: { output: "${buckets.models}/x" }\nproject: { id: z }\n' });
    const { values, file } = await showProject(request(dir));
    expect(file).toBe('sentops.yaml');
    expect(Object.keys(values as object).slice(0, 3)).toEqual(['version', 'include', 'project']);
    expect(values).toMatchObject({ train: { output: '${buckets.models}/x', seed: 42 }, project: { id: 'z' } });
  });

  test('resolved, references are filled in and secrets named', async () => {
    const dir = tempProject({
      'sentops.yaml':
        'secrets: { t: { env: T } }\nkafka: { auth: { password: "${secret.t}" } }\ntrain: { output: "${buckets.models}/x" }\n',
    });
    const { values } = await showProject(request(dir, { env: { T: 'shown-secret' } }), { resolved: true });
    expect(values).toMatchObject({
      train: { output: '.sentops/buckets/models/x' },
      kafka: { auth: { password: '[secret t]' } },
    });
    expect(JSON.stringify(values)).not.toContain('shown-secret');
  });

  test('secrets given by other means are blanked out, in free maps as well', async () => {
    const dir = tempProject({ 'sentops.yaml': 'cluster: { properties: { "kafka:sasl.password": open-sesame-1 } }\n' });
    const text = JSON.stringify(
      await showProject(request(dir, { env: { MLFLOW_TRACKING_PASSWORD: 'open-sesame-2' } })),
    );
    expect(text).not.toMatch(/open-sesame/);
    expect(text).toContain('"kafka:sasl.password":"***"');
  });

  test('one section, with the origin of each value', async () => {
    const dir = tempProject({ 'sentops.yaml': 'retention:\n  logsDays: 5\n' });
    const shown = await showProject(request(dir), { section: 'retention', origins: true });
    expect(shown.values).toEqual({ predictionsDays: 90, logsDays: 5 });
    expect(shown.origins).toEqual({
      'retention.predictionsDays': 'built-in default',
      'retention.logsDays': 'sentops.yaml:2',
    });
  });

  test('a section that does not exist is told with the one that was meant', async () => {
    const error = await failure(showProject(request(tempProject()), { section: 'trian' }));
    expect([error.code, error.hint]).toEqual(['NOT_FOUND', 'did you mean train?']);
  });

  test('unresolved it shows even a project that is wrong: looking is how one finds out', async () => {
    const dir = tempProject({ 'sentops.yaml': 'train: { output: "${var.gone}", seed: many }\n' });
    expect((await showProject(request(dir))).values).toMatchObject({ train: { output: '${var.gone}', seed: 'many' } });
    expect((await failure(showProject(request(dir), { resolved: true }))).exit).toBe(3);
  });
});
