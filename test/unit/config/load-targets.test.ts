import { describe, expect, test } from 'vitest';
import { loadProject } from '../../../src/lib/config/load.ts';
import { failure, request, tempProject } from './temp-project.ts';

describe('targets', () => {
  const files = {
    'sentops.yaml': [
      'train: { models: [randomforest, linearsvc], seed: 1, maxRows: 5 }',
      'project: { labels: { a: x, b: y } }',
      'targets:',
      '  dev: { default: true, mode: development, train: { models: [linearsvc] } }',
      '  prod: { mode: production, profile: ci, train: { seed: null }, project: { labels: { a: null, c: z } } }',
      '',
    ].join('\n'),
  };

  test('maps merge deeply and lists replace', async () => {
    const project = await loadProject(request(tempProject(files)));
    expect(project).toMatchObject({ target: 'dev', mode: 'development', profile: 'default' });
    expect(project.config.train.models).toEqual(['linearsvc']);
    expect(project.config.train.maxRows).toBe(5);
  });

  test('null deletes: an entry is gone, a value with a default goes back to it', async () => {
    const project = await loadProject(request(tempProject(files), { target: 'prod' }));
    expect(project).toMatchObject({ target: 'prod', mode: 'production', profile: 'ci' });
    expect(project.config.project.labels).toEqual({ app: 'sentiment', owner: 'mlops', b: 'y', c: 'z' });
    expect(project.config.train.seed).toBe(42);
  });

  test('an unknown one is told with what was probably meant and what there is', async () => {
    const error = await failure(loadProject(request(tempProject(files), { target: 'prd' })));
    expect(error.code).toBe('CONFIG_INVALID');
    expect(`${error.message} (${error.hint})`).toBe(
      'there is no target prd (did you mean prod? the targets are dev, prod)',
    );
  });

  test('two defaults are an error at the second', async () => {
    const dir = tempProject({ 'sentops.yaml': 'targets:\n  a: { default: true }\n  b: { default: true }\n' });
    const error = await failure(loadProject(request(dir)));
    expect(error.message).toBe('more than one target is marked default: true: a, b');
    expect(error.place?.file).toBe('sentops.yaml');
  });

  test('SENTOPS_TARGET chooses, --target wins over it', async () => {
    const dir = tempProject(files);
    const env = { SENTOPS_TARGET: 'prod' };
    expect((await loadProject(request(dir, { env }))).target).toBe('prod');
    expect((await loadProject(request(dir, { env, target: 'dev' }))).target).toBe('dev');
  });

  test('the private file has the last word, also for one target', async () => {
    const dir = tempProject({
      ...files,
      'sentops.local.yaml': 'train: { maxRows: 6 }\ntargets: { prod: { train: { maxRows: 7 } } }\n',
    });
    expect((await loadProject(request(dir, { target: 'dev' }))).config.train.maxRows).toBe(6);
    expect((await loadProject(request(dir, { target: 'prod' }))).config.train.maxRows).toBe(7);
  });

  test('an included file may hold a part of a target', async () => {
    const dir = tempProject({
      'sentops.yaml': 'include: [t.yaml]\ntargets: { t: { train: { seed: 1 } } }\n',
      't.yaml': 'targets: { t: { train: { seed: 2, maxRows: 3 } } }\n',
    });
    const { train } = (await loadProject(request(dir, { target: 't' }))).config;
    expect([train.seed, train.maxRows]).toEqual([1, 3]);
  });

  test('an unknown profile is told with those that exist', async () => {
    const error = await failure(loadProject(request(tempProject(files), { profile: 'defualt' })));
    expect(`${error.message} (${error.hint})`).toBe(
      'there is no profile defualt (did you mean default? the profiles are default, ci, sa)',
    );
  });
});

describe('--set', () => {
  const set = async (...texts: string[]) =>
    (
      await loadProject(
        request(tempProject({ 'sentops.yaml': 'notify: [{ type: slack }, { type: smtp }]\n' }), { set: texts }),
      )
    ).config;

  test('values get the type of their field', async () => {
    const config = await set(
      'train.numFeatures=1024',
      'train.enableCv=true',
      'train.models=linearsvc,randomforest',
      'cluster.properties={"a:b":"c"}',
    );
    expect(config.train).toMatchObject({ numFeatures: 1024, enableCv: true, models: ['linearsvc', 'randomforest'] });
    expect(config.cluster.properties).toMatchObject({ 'a:b': 'c' });
  });

  test('the last one wins, kebab case is understood, and a dotted key of a map stays one key', async () => {
    const config = await set(
      'train.seed=1',
      'train.seed=2',
      'train.num-features=7',
      'train.spark.properties.spark.executor.memory=9g',
    );
    expect(config.train).toMatchObject({ seed: 2, numFeatures: 7 });
    expect(config.train.spark.properties).toMatchObject({ 'spark.executor.memory': '9g' });
  });

  test('an item of a list is changed or appended', async () => {
    const config = await set(
      'train.models.0=linearsvc',
      'train.models[2]=randomforest',
      'train.models.1=logisticregression',
    );
    expect(config.train.models).toEqual(['linearsvc', 'logisticregression', 'randomforest']);
    expect((await set('notify.1.type=webhook')).notify?.map(channel => channel.type)).toEqual(['slack', 'webhook']);
  });

  test('a reference is resolved, null deletes', async () => {
    const config = await set('train.output=${buckets.models}/mine', 'project.labels.app=null');
    expect(config.train.output).toBe('.sentops/buckets/models/mine');
    expect(config.project.labels).toEqual({ owner: 'mlops' });
  });

  test.each([
    [
      'train.numFeature=1',
      'USAGE',
      'there is no configuration value train.numFeature',
      'did you mean train.numFeatures?',
    ],
    ['trian.seed=1', 'USAGE', 'there is no configuration value trian.seed', 'did you mean train.seed?'],
    ['train.seed.x=1', 'USAGE', 'there is no configuration value train.seed.x', 'train.seed'],
    ['train.seed', 'USAGE', '--set needs path=value, not "train.seed"', 'train.numFeatures=1024'],
    ['=1', 'USAGE', '--set needs path=value', ''],
    ['train..seed=1', 'USAGE', '"train..seed" is not the path of a configuration value', ''],
    ['train.seed=many', 'CONFIG_INVALID', 'train.seed must be an integer', ''],
    ['train.models.9=linearsvc', 'USAGE', 'train.models has 3 items', 'from 0 to 3'],
    ['targets.x.train.seed=1', 'USAGE', 'targets cannot be set on the command line', ''],
    ['kafka.auth.password=hunter22', 'USAGE', 'kafka.auth.password is a secret', 'secrets:'],
  ])('%s: %s, %s', async (text, code, message, hint) => {
    const error = await failure(set(text));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
    expect(error.hint).toContain(hint);
    expect(error.message).not.toContain('hunter22');
  });

  test('several bad ones are told at once', async () => {
    const error = await failure(set('train.numFeature=1', 'train.sed=2', 'train.seed=3'));
    expect(error.code).toBe('USAGE');
    expect(error.message).toContain('train.numFeature');
    expect(error.message).toContain('train.sed');
  });
});

describe('which sections have to be right', () => {
  const files = { 'sentops.yaml': 'train: { seed: many, output: "${var.nothing}" }\nserve: { name: fine }\n' };

  test('all of them where none is named', async () => {
    const error = await failure(loadProject(request(tempProject(files))));
    expect(error.message).toContain('sentops.yaml:1:16: train.seed must be an integer');
    expect(error.message).toContain('sentops.yaml:1:30: train.output: there is no variable nothing');
    expect(error.details['problems']).toHaveLength(2);
  });

  test('only those that a command reads; what is wrong elsewhere is left out and kept in mind', async () => {
    const project = await loadProject(request(tempProject(files), { sections: ['serve'] }));
    expect(project.config.serve.name).toBe('fine');
    expect('output' in project.config.train).toBe(false);
    expect(project.unresolved.map(problem => problem.path).sort()).toEqual(['train.output', 'train.seed']);
    expect((await failure(loadProject(request(tempProject(files), { sections: ['serve', 'train'] })))).code).toBe(
      'CONFIG_INVALID',
    );
  });

  test('what a section refers to has to be right as well', async () => {
    const dir = tempProject({
      'sentops.yaml': 'train: { input: "${buckets.raw}/x" }\nbuckets: { raw: "${var.gone}" }\n',
    });
    const error = await failure(loadProject(request(dir, { sections: ['train'] })));
    expect(error.code).toBe('CONFIG_REFERENCE');
    expect(error.place).toEqual({ file: 'sentops.yaml', line: 2, column: 17 });
  });

  test('a misspelt section is an error whatever is asked for', async () => {
    const error = await failure(
      loadProject(request(tempProject({ 'sentops.yaml': 'tran: { seed: 1 }\n' }), { sections: ['serve'] })),
    );
    expect(error.message).toContain('there is no key "tran"');
    expect(error.place).toEqual({ file: 'sentops.yaml', line: 1, column: 1 });
  });
});

describe('requires', () => {
  const load = (range: string, version: string) =>
    loadProject(request(tempProject({ 'sentops.yaml': `requires: "${range}"\n` }), { version }));

  test('a version in the range may go on', async () => {
    expect((await load('>=1 <2', '1.4.0')).config.requires).toBe('>=1 <2');
  });

  test('another is told before anything else', async () => {
    const error = await failure(load('>=1 <2', '2.0.0'));
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toBe('sentops.yaml requires sentops >=1 <2, and this is sentops 2.0.0');
    expect(error.details).toMatchObject({ requires: '>=1 <2', version: '2.0.0' });
  });
});

describe('what is wrong is told with its place', () => {
  test('a wrong value in an included file', async () => {
    const dir = tempProject({ 'sentops.yaml': 'include: [conf/a.yaml]\n', 'conf/a.yaml': 'train:\n  seed: many\n' });
    const error = await failure(loadProject(request(dir)));
    expect(error.place).toEqual({ file: 'conf/a.yaml', line: 2, column: 9 });
  });

  test('a wrong value in the overlay of the target', async () => {
    const dir = tempProject({ 'sentops.yaml': 'targets:\n  t:\n    train:\n      seed: many\n' });
    expect((await failure(loadProject(request(dir, { target: 't' })))).place).toEqual({
      file: 'sentops.yaml',
      line: 4,
      column: 13,
    });
  });

  test('a wrong value of a flag names the flag', async () => {
    const error = await failure(
      loadProject(request(tempProject(), { flags: { 'train.trainRatio': { flag: '--train-ratio', value: 7 } } })),
    );
    expect(error.message).toContain('(given by --train-ratio)');
  });

  test('kebab case is understood with a warning at the key', async () => {
    const project = await loadProject(request(tempProject({ 'sentops.yaml': 'train:\n  num-features: 8\n' })));
    expect(project.config.train.numFeatures).toBe(8);
    expect(project.warnings).toMatchObject([{ code: 'KEY_SPELLING', severity: 'warning', hint: 'write numFeatures' }]);
  });
});
