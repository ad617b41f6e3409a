import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { explainValue } from '../../../src/lib/config/explain.ts';
import { formatProblem } from '../../../src/lib/config/format-problem.ts';
import { loadProject } from '../../../src/lib/config/load.ts';
import { placesForField, placesForVariable } from '../../../src/lib/config/places-to-set.ts';
import { showProject } from '../../../src/lib/config/show.ts';
import type { ProjectRequest } from '../../../src/lib/config/types.ts';
import { validateProject } from '../../../src/lib/config/validate.ts';
import { failure, request, tempProject } from './temp-project.ts';

/** One file of each kind, each with the same kinds of mistakes in lines of its own. */
const WRONG = 'train:\n  seed: x # a wrong type\n  num-features: 64 # a spelling\n  bogus: 1 # unknown\n';
const FILES = {
  'sentops.yaml': `include: [conf/part.yaml]\n${WRONG}targets:\n  t:\n    train:\n      seed: y\n      max_rows: 5\n    bogus: 1\n`,
  'conf/part.yaml': `# included\n${WRONG}`,
  'sentops.local.yaml': `\n\n${WRONG}`,
  'home/.config/sentops/config.yaml': `${WRONG}targets: { t: { serve: { http: { port: x } } } }\n`,
};

async function problemsOf(files: Record<string, string>, more: Partial<ProjectRequest> = {}): Promise<string[]> {
  const dir = tempProject(files);
  const { problems } = await validateProject(request(dir, { home: path.join(dir, 'home'), ...more }));
  return problems.map(problem => formatProblem({ ...problem, hint: null }));
}

describe('validate', () => {
  test('finds the mistakes of every file in that file, strongest file first and down each file', async () => {
    const places = (await problemsOf(FILES)).map(text => text.split(': ')[0]);
    expect(places).toEqual([
      ...['4:9', '5:3', '6:3'].map(at => `sentops.local.yaml:${at}`),
      ...['3:9', '4:3', '5:3', '9:13', '10:7', '11:5'].map(at => `sentops.yaml:${at}`),
      ...['3:9', '4:3', '5:3'].map(at => `conf/part.yaml:${at}`),
      ...['2:9', '3:3', '4:3', '5:40'].map(at => `home/.config/sentops/config.yaml:${at}`),
    ]);
  });

  test('says the same whichever target is chosen, and nothing twice', async () => {
    const all = await problemsOf(FILES);
    expect(await problemsOf(FILES, { target: 't' })).toEqual(all);
    expect(new Set(all).size).toBe(all.length);
  });

  test('a mistake that only the whole shows is at the strongest place that has a part in it', async () => {
    const low = 'cluster: { autoscaling: { minWorkers: 8 } }\n';
    const high = 'cluster: { autoscaling: { maxWorkers: 4 } }\n';
    expect(await problemsOf({ 'sentops.yaml': low, 'sentops.local.yaml': high })).toEqual([
      'sentops.yaml:1:39: cluster.autoscaling.minWorkers (8) must not be above cluster.autoscaling.maxWorkers (4)',
    ]);
  });

  test('a variant of the training that takes too many rows is told with what to do', async () => {
    const dir = tempProject({ 'sentops.yaml': 'train: { variants: { big: { trainRatio: 0.9, valRatio: 0.2 } } }\n' });
    expect((await validateProject(request(dir))).problems).toEqual([
      {
        severity: 'error',
        code: 'INCONSISTENT',
        path: 'train.variants.big.trainRatio',
        message: 'trainRatio (0.9) and valRatio (0.2) add up to more than 1',
        hint: 'the rest of the rows is the test set: lower one of them',
        place: { file: 'sentops.yaml', line: 1, column: 41 },
      },
    ]);
  });

  test('a reference is wrong where it is written, also if others refer to it', async () => {
    const files = {
      'sentops.yaml': 'include: [a.yaml]\nserve: { kafkaTopic: "${kafka.inputTopic}" }\n',
      'a.yaml': 'kafka:\n  inputTopic: "${var.nothing}"\n',
    };
    expect(await problemsOf(files)).toEqual(['a.yaml:2:15: kafka.inputTopic: there is no variable nothing']);
  });

  test('what flags and the environment give has no place but a name', async () => {
    const given = {
      env: { SENTOPS_SERVE_HTTP_PORT: '99999' },
      set: ['train.cvFolds=0'],
      flags: { 'train.seed': { flag: '--seed', value: 'x' } },
    };
    const problems = await problemsOf({ 'sentops.yaml': '' }, given);
    expect(problems).toEqual([
      expect.stringMatching(/^SENTOPS_SERVE_HTTP_PORT must be an integer from .*, not the number 99999$/),
      expect.stringMatching(/^train\.cvFolds must be an integer of at least 2, not the number 0$/),
      'train.seed must be an integer, not the text "x" (given by --seed)',
    ]);
  });

  test('what stands in no YAML file comes behind those that do, what has no place at all comes last', async () => {
    const files = { 'sentops.yaml': 'train: { seed: x }\n', '.env': 'SENTOPS_TRAIN_CV_FOLDS=x\n' };
    const places = (await problemsOf(files, { set: ['train.maxRows=x'] })).map(text => text.split(/[: ]/)[0]);
    expect(places).toEqual(['sentops.yaml', '.env', 'train.maxRows']);
  });

  test('a line of .env is named', async () => {
    expect(await problemsOf({ 'sentops.yaml': '', '.env': 'A=1\nSENTOPS_TRAIN_SEED=many\n' })).toEqual([
      '.env:2:1: SENTOPS_TRAIN_SEED must be an integer, not the text "many"',
    ]);
  });
});

describe('includes', () => {
  test('a file that two files include is read for both, and is no circle', async () => {
    const dir = tempProject({
      'sentops.yaml': 'include: [a.yaml, b.yaml]\n',
      'a.yaml': 'include: [common.yaml]\ntrain: { maxRows: 1 }\n',
      'b.yaml': 'include: [common.yaml]\n',
      'common.yaml': 'train: { seed: 5, maxRows: 9 }\n',
    });
    const { config } = await loadProject(request(dir));
    // b comes after a, and brings its own includes along.
    expect([config.train.seed, config.train.maxRows]).toEqual([5, 9]);
  });

  test('the matches of a glob are in the order of their names, the last wins, and the file itself over all', async () => {
    const dir = tempProject({
      'sentops.yaml': 'include: ["conf/*.yaml", "last.yaml"]\ntrain: { cvFolds: 7 }\n',
      'conf/b.yaml': 'train: { seed: 2, maxRows: 2, cvFolds: 2 }\n',
      'conf/a.yaml': 'train: { seed: 1, numFeatures: 1 }\n',
      'last.yaml': 'train: { maxRows: 3 }\n',
    });
    const { seed, maxRows, cvFolds, numFeatures } = (await loadProject(request(dir))).config.train;
    expect([seed, maxRows, cvFolds, numFeatures]).toEqual([2, 3, 7, 1]);
  });

  test('more files than any project has are refused at the line that asks for them', async () => {
    const many = Object.fromEntries(Array.from({ length: 205 }, (_, index) => [`conf/${index}.yaml`, '']));
    const error = await failure(
      loadProject(request(tempProject({ ...many, 'sentops.yaml': '\ninclude: ["conf/*"]\n' }))),
    );
    expect([error.code, error.message]).toEqual(['CONFIG_INVALID', 'more than 200 files are included']);
    const few = Object.fromEntries(Object.entries(many).slice(0, 190));
    expect(
      (await loadProject(request(tempProject({ ...few, 'sentops.yaml': 'include: ["conf/*"]\n' })))).layers.length,
    ).toBeGreaterThan(190);
  });

  test('an included file that goes through a link is a circle as soon as its name comes back', async () => {
    const dir = tempProject({ 'sentops.yaml': 'include: [in/a.yaml]\n', 'in/a.yaml': 'include: [../in/a.yaml]\n' });
    const error = await failure(loadProject(request(dir)));
    expect(error.message).toBe('the includes go in a circle: sentops.yaml → in/a.yaml → in/a.yaml');
    expect(error.place).toEqual({ file: 'in/a.yaml', line: 1, column: 11 });
    fs.rmSync(path.join(dir, 'in/a.yaml'));
    expect((await failure(loadProject(request(dir)))).place).toEqual({ file: 'sentops.yaml', line: 1, column: 11 });
  });
});

describe('explain and show', () => {
  test('name the line of an included file, of a target in it, and of the spelling used there', async () => {
    const dir = tempProject({
      'sentops.yaml': 'include: [c/a.yaml]\ntargets: { t: { train: { num-features: 64 } } }\n',
      'c/a.yaml': 'train:\n  num_features: 32\ntargets:\n  t:\n    train:\n      numFeatures: 16\n',
    });
    const given = request(dir, { target: 't' });
    const { winner, losers } = await explainValue(given, 'train.num-features');
    expect([winner, ...losers].map(said => [said?.name, said?.value, said?.place?.line, said?.place?.column])).toEqual([
      ['targets.t in sentops.yaml', 64, 2, 40],
      ['targets.t in c/a.yaml', 16, 6, 20],
      ['c/a.yaml', 32, 2, 17],
      ['built-in default', 32768, undefined, undefined],
    ]);
    const { origins } = await showProject(given, { section: 'train', origins: true });
    expect(origins).toMatchObject({ 'train.numFeatures': 'sentops.yaml:2', 'train.seed': 'built-in default' });
  });

  test('a section that is not there is told with what was probably meant', async () => {
    const error = await failure(showProject(request(tempProject()), { section: 'trian' }));
    expect([error.code, error.hint]).toEqual(['NOT_FOUND', 'did you mean train?']);
    expect((await failure(showProject(request(tempProject()), { section: 'zzz' }))).hint).toMatch(
      /^the sections are version, /,
    );
  });
});

describe('every place where a value may be set', () => {
  const variable = { type: 'string', isTyped: true, env: ['A', 'B'], description: undefined } as const;

  test('of a variable', () => {
    expect(placesForVariable('x_y', { ...variable, secret: false }, 'prod', () => 'sentops.yaml:3')).toEqual([
      '--var x_y=…',
      'SENTOPS_VAR_X_Y',
      'A',
      'B',
      'targets.prod.variables.x_y',
      'variables.x_y in sentops.local.yaml',
      'variables.x_y.default in sentops.yaml:3',
    ]);
    const others = placesForVariable('x', { ...variable, secret: true }, null, () => undefined);
    expect([others[0], others.at(-3), others.at(-1)]).toEqual([
      'SENTOPS_VAR_X',
      'targets.<target>.variables.x',
      'variables.x.default in sentops.yaml',
    ]);
  });

  test('of a field, with and without a flag', () => {
    expect(placesForField(['kafka', 'bootstrap'], 't')).toEqual([
      '--bootstrap',
      '--set kafka.bootstrap=…',
      'SENTOPS_KAFKA_BOOTSTRAP',
      'KAFKA_BOOTSTRAP_SERVERS',
      'kafka.bootstrap in sentops.local.yaml',
      'targets.t.kafka.bootstrap',
      'kafka.bootstrap in sentops.yaml',
    ]);
    expect(placesForField(['project', 'id'], null)[0]).toBe('--set project.id=…');
  });
});
