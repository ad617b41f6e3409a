import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadProject } from '../../../src/lib/config/load.ts';
import { failure, request, tempProject } from './temp-project.ts';

describe('where the project file is looked for', () => {
  test('here, then in each folder above', async () => {
    const dir = tempProject({ 'sentops.yaml': 'project: { id: top }\n', 'a/b/c/x.txt': '' });
    const project = await loadProject(request(path.join(dir, 'a/b/c')));
    expect(project.file).toBe(path.join(dir, 'sentops.yaml'));
    expect(project.dir).toBe(dir);
    expect(project.config.project.id).toBe('top');
  });

  test('of two nested ones the nearest is the project', async () => {
    const dir = tempProject({
      'sentops.yaml': 'project: { id: outer }\n',
      'in/sentops.yaml': 'project: { id: inner }\n',
    });
    expect((await loadProject(request(path.join(dir, 'in')))).config.project.id).toBe('inner');
  });

  test('sentops.yml will do', async () => {
    const dir = tempProject({ 'sentops.yml': 'project: { id: short }\n' });
    expect((await loadProject(request(dir))).config.project.id).toBe('short');
  });

  test('--config names another, relative to the current folder', async () => {
    const dir = tempProject({ 'sentops.yaml': 'project: { id: one }\n', 'conf/two.yaml': 'project: { id: two }\n' });
    const project = await loadProject(request(dir, { configFile: 'conf/two.yaml' }));
    expect(project.config.project.id).toBe('two');
    expect(project.dir).toBe(path.join(dir, 'conf'));
  });

  test('without one the defaults hold, unless a file is asked for', async () => {
    const dir = tempProject();
    const project = await loadProject(request(dir));
    expect(project.file).toBeNull();
    expect(project.config.train.numFeatures).toBe(32768);
    expect(project.config.train.input).toBe(
      '.sentops/buckets/raw/data_raw/sentiment140/training.1600000.processed.noemoticon.csv',
    );
    const error = await failure(loadProject(request(dir, { requireFile: true })));
    expect(error.code).toBe('PROJECT_NOT_FOUND');
    expect(error.message).toBe(`no sentops.yaml in ${dir} or any folder above it`);
    expect(error.hint).toContain('sentops init');
  });

  test('an empty file is a project of defaults', async () => {
    const dir = tempProject({ 'sentops.yaml': '# nothing yet\n' });
    expect((await loadProject(request(dir))).config.serve.http.port).toBe(8081);
  });
});

describe('precedence', () => {
  /** Every layer that can set a value, strongest first; each test takes the strongest away. */
  const files = {
    'sentops.yaml': 'include: [inc.yaml]\ntrain: { seed: 4 }\ntargets: { t: { train: { seed: 5 } } }\n',
    'inc.yaml': 'train: { seed: 3 }\n',
    'sentops.local.yaml': 'train: { seed: 6 }\n',
    '.env': 'SENTOPS_TRAIN_SEED=7\n',
    'home/.config/sentops/config.yaml': 'train: { seed: 2 }\n',
  };
  const full = (dir: string) =>
    request(dir, {
      target: 't',
      home: path.join(dir, 'home'),
      env: { SENTOPS_TRAIN_SEED: '9' },
      set: ['train.seed=10'],
      flags: { 'train.seed': { flag: '--seed', value: 11 } },
    });
  const seed = async (given: Parameters<typeof loadProject>[0]) => (await loadProject(given)).config.train.seed;

  test('each layer wins over all below it', async () => {
    const dir = tempProject(files);
    let given = full(dir);
    const seen: (number | undefined)[] = [await seed(given)];
    given = { ...given, flags: {} };
    seen.push(await seed(given));
    given = { ...given, set: [] };
    seen.push(await seed(given));
    given = { ...given, env: {} };
    seen.push(await seed(given));
    for (const name of ['.env', 'sentops.local.yaml']) {
      fs.rmSync(path.join(dir, name));
      seen.push(await seed(given));
    }
    const { target: _target, ...untargeted } = given;
    seen.push(await seed(untargeted));
    fs.writeFileSync(path.join(dir, 'sentops.yaml'), 'include: [inc.yaml]\n');
    seen.push(await seed(untargeted));
    fs.writeFileSync(path.join(dir, 'sentops.yaml'), '');
    seen.push(await seed(untargeted));
    seen.push(await seed({ ...untargeted, home: undefined }));
    expect(seen).toEqual([11, 10, 9, 7, 6, 5, 4, 3, 2, 42]);
  });

  test('our own environment names win over those of other tools, and both over .env', async () => {
    const dir = tempProject({
      'sentops.yaml': 'mlflow: { trackingUri: http://file }\n',
      '.env': 'MLFLOW_TRACKING_URI=http://dotenv\n',
    });
    const uri = async (env: Record<string, string>) =>
      (await loadProject(request(dir, { env }))).config.mlflow.trackingUri;
    expect(await uri({})).toBe('http://dotenv');
    expect(await uri({ MLFLOW_TRACKING_URI: 'http://eco' })).toBe('http://eco');
    expect(await uri({ MLFLOW_TRACKING_URI: 'http://eco', SENTOPS_MLFLOW_TRACKING_URI: 'http://own' })).toBe(
      'http://own',
    );
  });

  test('XDG_CONFIG_HOME moves the settings of the user', async () => {
    const dir = tempProject({ 'xdg/sentops/config.yaml': 'train: { seed: 5 }\n', 'sentops.yaml': '' });
    const env = { XDG_CONFIG_HOME: path.join(dir, 'xdg') };
    expect(await seed(request(dir, { env }))).toBe(5);
  });

  test('without HOME there are no settings of the user, and no error', async () => {
    expect(await seed(request(tempProject({ 'sentops.yaml': '' }), { home: undefined }))).toBe(42);
  });

  test('an empty variable of the environment is not set, but an empty text is one where it means something', async () => {
    const dir = tempProject({ 'sentops.yaml': 'mlflow: { trackingUri: http://file }\ntrain: { seed: 5 }\n' });
    const project = await loadProject(
      request(dir, { env: { SENTOPS_TRAIN_SEED: '', SENTOPS_MLFLOW_TRACKING_URI: '', MLFLOW_EXPERIMENT_NAME: '' } }),
    );
    expect(project.config.train.seed).toBe(5);
    expect(project.config.mlflow.trackingUri).toBe('');
    expect(project.config.mlflow.experiment).toBe('sentiment-analysis-pipeline');
  });

  test('a ${ in the environment is data, not a reference', async () => {
    const project = await loadProject(
      request(tempProject(), { env: { SENTOPS_MLFLOW_AUTH_PASSWORD: 'a${b', MLFLOW_TRACKING_USERNAME: '${HOME}' } }),
    );
    expect(project.config.mlflow.auth.password).toBe('a${b');
    expect(project.config.mlflow.auth.username).toBe('${HOME}');
  });

  test('a value of the environment that does not fit names its variable', async () => {
    const error = await failure(loadProject(request(tempProject(), { env: { SENTOPS_TRAIN_SEED: 'many' } })));
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toContain('SENTOPS_TRAIN_SEED must be an integer');
  });

  test('a name that is nearly one of ours is a warning, any other is somebody else’s', async () => {
    const env = { SENTOPS_TRAIN_SEEDS: '1', SENTOPS_CI_RUNNER_IMAGE_X: 'y', SENTOPS_NO_FAST: '1' };
    const { warnings } = await loadProject(request(tempProject(), { env }));
    expect(warnings.map(warning => `${warning.message} (${warning.hint})`)).toEqual([
      'the environment variable SENTOPS_TRAIN_SEEDS sets nothing (did you mean SENTOPS_TRAIN_SEED?)',
    ]);
  });
});

describe('include', () => {
  test('files are merged in order before the file that names them, which wins', async () => {
    const dir = tempProject({
      'sentops.yaml': 'include: [conf/*.yaml, last.yaml]\ntrain: { seed: 1 }\n',
      'conf/a.yaml': 'train: { seed: 2, cvFolds: 2, maxRows: 2, numFeatures: 2 }\n',
      'conf/b.yaml': 'train: { cvFolds: 3, maxRows: 3 }\n',
      'last.yaml': 'train: { maxRows: 4 }\n',
    });
    const { train } = (await loadProject(request(dir))).config;
    expect([train.seed, train.numFeatures, train.cvFolds, train.maxRows]).toEqual([1, 2, 3, 4]);
  });

  test('an included file includes relative to itself', async () => {
    const dir = tempProject({
      'sentops.yaml': 'include: [a/one.yaml]\n',
      'a/one.yaml': 'include: [b/two.yaml]\n',
      'a/b/two.yaml': 'train: { seed: 8 }\n',
    });
    expect((await loadProject(request(dir))).config.train.seed).toBe(8);
  });

  test('a glob without a match is fine, and a broad one leaves out the file itself and the private one', async () => {
    const dir = tempProject({
      'sentops.yaml': 'include: ["*.yaml", "none/*.yaml"]\ntrain: { seed: 1 }\n',
      'sentops.local.yaml': 'train: { maxRows: 5 }\n',
      'extra.yaml': 'train: { cvFolds: 7 }\n',
    });
    const project = await loadProject(request(dir));
    expect(project.config.train.cvFolds).toBe(7);
    expect(project.layers.filter(layer => layer.kind === 'include').map(layer => layer.name)).toEqual(['extra.yaml']);
  });

  test('a file that is missing is an error at the line that names it', async () => {
    const dir = tempProject({ 'sentops.yaml': 'include:\n  - gone.yaml\n' });
    const error = await failure(loadProject(request(dir)));
    expect(error.code).toBe('CONFIG_UNREADABLE');
    expect(error.message).toBe('gone.yaml does not exist');
    expect(error.place).toEqual({ file: 'sentops.yaml', line: 2, column: 5 });
  });

  test('a circle is an error that shows the way around', async () => {
    const dir = tempProject({
      'sentops.yaml': 'include: [a.yaml]\n',
      'a.yaml': 'include: [b.yaml]\n',
      'b.yaml': 'include: [a.yaml]\n',
    });
    const error = await failure(loadProject(request(dir)));
    expect(error.message).toBe('the includes go in a circle: sentops.yaml → a.yaml → b.yaml → a.yaml');
    expect(error.place).toEqual({ file: 'b.yaml', line: 1, column: 11 });
  });

  test('a file that includes itself is a circle too', async () => {
    const error = await failure(loadProject(request(tempProject({ 'sentops.yaml': 'include: [sentops.yaml]\n' }))));
    expect(error.message).toContain('circle: sentops.yaml → sentops.yaml');
  });

  test('a reference in a path cannot be known yet', async () => {
    const error = await failure(loadProject(request(tempProject({ 'sentops.yaml': 'include: ["${var.x}.yaml"]\n' }))));
    expect(error.code).toBe('CONFIG_REFERENCE');
    expect(error.place?.line).toBe(1);
  });
});
