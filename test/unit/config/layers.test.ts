import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { AIRFLOW_VARIABLES } from '../../../src/lib/config/airflow.ts';
import { errorFrom } from '../../../src/lib/config/error-from.ts';
import { formatProblem } from '../../../src/lib/config/format-problem.ts';
import { loadProject } from '../../../src/lib/config/load.ts';
import { nameOfSaying, placeNameOf, sayingsAbout, uniqueProblems } from '../../../src/lib/config/locate.ts';
import { fieldAt } from '../../../src/lib/config/names.ts';
import { readText } from '../../../src/lib/config/read-text.ts';
import { type Json, LAYER_KINDS, type Layer, type Problem } from '../../../src/lib/config/types.ts';
import { validateProject } from '../../../src/lib/config/validate.ts';
import { SentopsError } from '../../../src/lib/core/errors.ts';
import { request, tempProject } from './temp-project.ts';

function layer(name: string, values: Json, file?: string): Layer {
  return { kind: 'file', name, values, place: () => (file === undefined ? undefined : { file, line: 3, column: 1 }) };
}

function problem(more: Partial<Problem> = {}): Problem {
  return { severity: 'error', code: 'TYPE_MISMATCH', path: 'a', message: 'm', hint: null, place: null, ...more };
}

describe('who says what about a value', () => {
  const tell = (layers: Layer[], at: string) =>
    sayingsAbout(layers, at.split('.')).map(saying => `${nameOfSaying(saying)}=${JSON.stringify(saying.value)}`);

  test('all who name it, strongest first', () => {
    expect(tell([layer('x', { a: { b: 1 } }), layer('y', { a: {} }), layer('z', { a: { b: 2 } })], 'a.b')).toEqual([
      'x=1',
      'z=2',
    ]);
  });

  test('who gives the value around it as a whole hides what is below', () => {
    expect(tell([layer('x', { a: null }), layer('y', { a: { b: 1 } })], 'a.b')).toEqual(['x=null', 'y=1']);
    expect(tell([layer('x', { a: [7] }), layer('y', { a: [8, 9] })], 'a.1')).toEqual(['x=[7]', 'y=9']);
  });

  test('nobody', () => {
    expect(tell([layer('x', {}), layer('y', { a: {} })], 'a.b')).toEqual([]);
  });

  test('the first place that a file has for it', () => {
    const layers = [layer('flags', { a: 1 }), layer('f', { a: 2 }, 'f.yaml')];
    expect(placeNameOf(layers, ['a'])).toBe('f.yaml:3');
    expect(placeNameOf(layers, ['b'])).toBeUndefined();
  });

  test('the layers of a project stand in the order of the precedence', async () => {
    const dir = tempProject({
      'sentops.yaml': 'include: [i.yaml]\ntargets: { t: { default: true, train: { seed: 1 } } }\n',
      'i.yaml': '',
      'sentops.local.yaml': '',
      '.env': 'A=1\n',
      'home/.config/sentops/config.yaml': '',
    });
    const project = await loadProject(
      request(dir, {
        home: path.join(dir, 'home'),
        env: { SENTOPS_TRAIN_SEED: '1', MLFLOW_TRACKING_URI: 'http://x' },
        set: ['train.seed=1'],
        vars: ['region=x'],
        flags: { 'train.seed': { flag: '--seed', value: 1 } },
      }),
    );
    const kinds = project.layers.map(one => one.kind);
    expect([...new Set(kinds)]).toEqual([...LAYER_KINDS]);
    expect(kinds.map(kind => LAYER_KINDS.indexOf(kind))).toEqual(
      kinds.map(kind => LAYER_KINDS.indexOf(kind)).sort((a, b) => a - b),
    );
  });

  test('places are known only where they are asked for, as they cost time', async () => {
    const dir = tempProject({ 'sentops.yaml': '\ntrain: { seed: 1 }\n' });
    const place = async (places: boolean) =>
      (await loadProject(request(dir, { places }))).layers.find(one => one.kind === 'file')?.place(['train', 'seed']);
    expect(await place(false)).toEqual({ file: 'sentops.yaml' });
    expect(await place(true)).toEqual({ file: 'sentops.yaml', line: 2, column: 16 });
  });
});

describe('problems', () => {
  test.each([
    [problem(), 'm'],
    [problem({ hint: 'do h' }), 'm (do h)'],
    [problem({ place: { file: 'f' } }), 'f: m'],
    [problem({ place: { file: 'f', line: 2 } }), 'f:2: m'],
    [problem({ place: { file: 'f', line: 2, column: 3 }, hint: 'do h' }), 'f:2:3: m (do h)'],
  ])('%j reads %s', (given, text) => {
    expect(formatProblem(given)).toBe(text);
  });

  test('the same thing at the same place is told once', () => {
    const here = problem({ place: { file: 'f', line: 1 } });
    expect(
      uniqueProblems([here, { ...here }, problem({ path: 'b' }), problem({ path: 'c' }), problem({ path: 'b' })]),
    ).toHaveLength(3);
  });

  test('one becomes an error of its own kind, several an error that lists them', () => {
    const place = { file: 'f', line: 1, column: 2 };
    const one = errorFrom([problem({ code: 'CONFIG_REFERENCE', place, hint: 'do h' })]);
    expect(one).toMatchObject({ code: 'CONFIG_REFERENCE', message: 'm', hint: 'do h', place });
    const two = errorFrom([problem({ code: 'CONFIG_REFERENCE', place }), problem()]);
    expect(two.code).toBe('CONFIG_INVALID');
    expect(two.message).toBe('the configuration has 2 problems:\n  f:1:2: m\n  m');
    expect(two.details['problems']).toHaveLength(2);
  });

  test('as scripts get them they have the documented keys and no others', async () => {
    const { problems } = await validateProject(
      request(
        tempProject({ 'sentops.yaml': 'train: { seed: x, num-features: 1, trainRato: 2, output: "${var.q}" }\n' }),
      ),
    );
    expect(problems).toHaveLength(4);
    for (const found of problems)
      expect(Object.keys(found).sort()).toEqual(['code', 'hint', 'message', 'path', 'place', 'severity']);
  });
});

describe('reading a file', () => {
  const read = (content: string | Buffer) => {
    const file = path.join(tempProject({ 'f.yaml': content }), 'f.yaml');
    return readText(file, 'f.yaml');
  };

  test('gives its text without a byte order mark', () => {
    expect(read('\uFEFFgrün 尺\n')).toBe('grün 尺\n');
  });

  test('a file that is not there has no text', () => {
    expect(readText('/nonexistent/f.yaml', 'f.yaml')).toBeUndefined();
  });

  test.each([
    ['a lone byte', Buffer.from([0x61, 0x0a, 0x62, 0xff, 0x63]), 2, 2],
    ['a character cut at the end', Buffer.from([0x61, 0xe2, 0x82]), 1, 2],
    ['an overlong form', Buffer.from([0x61, 0x62, 0xc0, 0x80]), 1, 3],
    ['the first byte', Buffer.from([0xff, 0x00, 0x00]), 1, 1],
  ])('that is no UTF-8 is located: %s', (_what, bytes, line, column) => {
    try {
      read(bytes);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(SentopsError);
      expect(error).toMatchObject({ code: 'CONFIG_UNREADABLE', place: { file: 'f.yaml', line, column } });
    }
  });

  test('a big file is refused before it is read', () => {
    const file = path.join(tempProject({ 'f.yaml': '' }), 'f.yaml');
    fs.truncateSync(file, 3 * 1024 ** 3);
    expect(() => readText(file, 'f.yaml')).toThrow('f.yaml has 3072.0 MB, more than the 4 MB of a configuration file');
  });
});

test('every Airflow variable has a place that the field table knows', () => {
  expect(Object.entries(AIRFLOW_VARIABLES).filter(([, at]) => fieldAt(at) === undefined)).toEqual([]);
});
