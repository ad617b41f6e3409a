import { describe, expect, it } from 'vitest';
import { defaultValues } from '../../../src/lib/config/defaults.ts';
import { fieldAt, listFields } from '../../../src/lib/config/names.ts';
import { parseValue } from '../../../src/lib/config/parse-value.ts';
import { getAt } from '../../../src/lib/config/tree.ts';
import type { Json } from '../../../src/lib/config/types.ts';
import { SentopsError } from '../../../src/lib/core/errors.ts';

function parse(path: string, text: string): Json {
  const field = fieldAt(path);
  if (field === undefined) throw new Error(`no field at ${path}`);
  return parseValue(field.node === 'field' ? field.type : field, text, `--${path}`);
}

function errorOf(path: string, text: string): SentopsError {
  try {
    parse(path, text);
  } catch (error) {
    if (error instanceof SentopsError) return error;
    throw error;
  }
  throw new Error(`${text} was accepted for ${path}`);
}

describe('parseValue', () => {
  it.each<[string, string, Json]>([
    ['train.numFeatures', '32768', 32768],
    ['train.numFeatures', ' 16384 ', 16384],
    ['train.numFeatures', '1e3', 1000],
    ['train.seed', '-7', -7],
    ['train.seed', 'null', null],
    ['train.sampleFraction', '.5', 0.5],
    ['train.enableCv', 'true', true],
    ['train.enableCv', 'YES', true],
    ['train.enableCv', '0', false],
    ['train.enableCv', 'off', false],
    ['project.name', 'true', 'true'],
    ['project.name', '123', '123'],
    ['project.name', 'null', 'null'],
    ['project.name', 'ünï ¢ode', 'ünï ¢ode'],
    ['mlflow.trackingUri', '', ''],
    ['serve.sourceType', 'kafka', 'kafka'],
    ['backend', 'my-runner', 'my-runner'],
    ['train.models', 'linearsvc, randomforest', ['linearsvc', 'randomforest']],
    ['train.models', '["linearsvc"]', ['linearsvc']],
    ['serve.http.cors', '', []],
    ['rollout.canary.steps', '10,50,100', [10, 50, 100]],
    ['project.labels', 'app=x,owner=y=z', { app: 'x', owner: 'y=z' }],
    ['project.labels', '{"app":"x","n":1}', { app: 'x', n: 1 }],
    ['project.labels', '', {}],
    ['dataset.format.labels', 'neg=0,pos=1', { neg: 0, pos: 1 }],
    [
      'cluster.properties',
      'spark:a=4g,spark:b=2,spark:c=true,spark:d=1.10',
      { 'spark:a': '4g', 'spark:b': 2, 'spark:c': true, 'spark:d': '1.10' },
    ],
    ['train.gate.accuracy', '0.750', 0.75],
    ['train.gate.accuracy', '>0.75', '>0.75'],
    ['variables.x', '007', '007'],
    ['variables.x', '[1,"a"]', [1, 'a']],
    ['variables.x', '{"default":1}', { default: 1 }],
    ['cluster.api', '{"a":[1]}', { a: [1] }],
    ['cluster.api.anything', '[1,2]', [1, 2]],
    ['cluster.api.anything', 'plain', 'plain'],
    ['notify', '[{"type":"slack","webhook":"${secret.s}"}]', [{ type: 'slack', webhook: '${secret.s}' }]],
    ['kafka.auth.password', 'hunter2', 'hunter2'],
    // With their unit, as the reference systems write them.
    ['rollout.rollback.p99IncreaseMs', '100ms', 100],
    ['rollout.rollback.p99IncreaseMs', '1.5s', 1500],
    ['cluster.master.bootDiskSizeGb', '100GB', 100],
    ['serve.batchIntervalSeconds', '1m', 60],
    ['retention.logsDays', '2w', 14],
    // Left for interpolation.
    ['train.numFeatures', '${var.n}', '${var.n}'],
    ['train.models', '${var.models}', '${var.models}'],
    ['train.models', '${env.A:-x,y},linearsvc', ['${env.A:-x,y}', 'linearsvc']],
    ['rollout.canary.steps', '${var.s},100', ['${var.s}', 100]],
    ['project.labels', 'app=${var.a}', { app: '${var.a}' }],
  ])('%s from %j', (path, text, value) => {
    expect(parse(path, text)).toEqual(value);
  });

  it.each([
    ['train.numFeatures', 'abc', '--train.numFeatures must be an integer from 1 to 268435456, not the text "abc"'],
    ['train.numFeatures', '', '--train.numFeatures must be an integer from 1 to 268435456, not an empty text'],
    ['train.numFeatures', '1.5', '--train.numFeatures must be an integer from 1 to 268435456, not the number 1.5'],
    ['train.numFeatures', '0x10', '--train.numFeatures must be an integer from 1 to 268435456, not the text "0x10"'],
    ['train.numFeatures', '5s', '--train.numFeatures must be an integer from 1 to 268435456, not the text "5s"'],
    ['train.sampleFraction', '2', '--train.sampleFraction must be a number above 0 and at most 1, not the number 2'],
    ['train.enableCv', 'maybe', '--train.enableCv must be true or false, not the text "maybe"'],
    ['serve.sourceType', 'kafak', '--serve.sourceType must be one of file, kafka, stdin, not the text "kafak"'],
    [
      'rollout.canary.bake',
      'soon',
      '--rollout.canary.bake must be a duration such as 90s, 30m, 1h30m or 2d, not the text "soon"',
    ],
    ['rollout.canary.steps', '10,x', '--rollout.canary.steps.1 must be an integer from 1 to 100, not the text "x"'],
    ['project.labels', 'app', '--project.labels must be a map, not the text "app"'],
    ['project.labels', '{"a":', '--project.labels must be a map, not the text "{\\"a\\":"'],
    ['train.models', '[1', '--train.models must be a list, not the text "[1"'],
    ['notify', 'slack', '--notify must be a list, not the text "slack"'],
    ['cluster.api', '[1]', '--cluster.api must be a map, not the text "[1]"'],
  ])('%s refuses %j', (path, text, message) => {
    const error = errorOf(path, text);
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toBe(message);
  });

  it('the hint says what to do', () => {
    expect(errorOf('serve.sourceType', 'kafak').hint).toBe('did you mean kafka?');
    expect(errorOf('project.labels', 'app').hint).toBe('write key=value,key=value or JSON');
    expect(errorOf('notify', 'slack').hint).toBe('write it as JSON: [{"key": "value"}]');
  });

  it('names every fault of a list', () => {
    expect(errorOf('rollout.canary.steps', '0,101,50').details).toMatchObject({
      problems: [expect.stringMatching('number 0'), expect.stringMatching('number 101')],
    });
  });

  it('a secret on its way is not repeated by an error', () => {
    const text = `AKIA${'HUNTER2HUNTER2HU'}`;
    expect(errorOf('train.seed', text).message).not.toContain('HUNTER2');
  });

  it('reads back what JSON writes, for the default of every field', () => {
    const defaults = defaultValues();
    for (const { path, field } of listFields()) {
      const value = getAt(defaults, path.split('.'));
      if (value === undefined) continue;
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      expect(parseValue(field.type, text, path), path).toEqual(value);
    }
  });
});
