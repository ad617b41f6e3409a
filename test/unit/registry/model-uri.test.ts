import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SentopsError } from '../../../src/lib/core/errors.ts';
import { isModelUri, parseModelUri } from '../../../src/lib/registry/model-uri.ts';

const ID = `m-${'0a'.repeat(16)}`;

describe('a URI', () => {
  test.each([
    ['models:/a b/3', { kind: 'version', name: 'a b', which: { version: 3 }, path: '' }],
    ['models:/a/latest', { kind: 'version', name: 'a', which: 'latest', path: '' }],
    ['models:/a/LATEST', { kind: 'version', name: 'a', which: 'latest', path: '' }],
    ['models:/a/Production', { kind: 'version', name: 'a', which: { stage: 'Production' }, path: '' }],
    ['models:/a/staging/', { kind: 'version', name: 'a', which: { stage: 'Staging' }, path: '' }],
    ['models:/a@champion', { kind: 'version', name: 'a', which: { alias: 'champion' }, path: '' }],
    ['models:/a@b@champion', { kind: 'version', name: 'a@b', which: { alias: 'champion' }, path: '' }],
    ['models:/a/3/data//x y.bin', { kind: 'version', name: 'a', which: { version: 3 }, path: 'data/x y.bin' }],
    ['models:/a@champion/MLmodel', { kind: 'version', name: 'a', which: { alias: 'champion' }, path: 'MLmodel' }],
    ['models:///a/3', { kind: 'version', name: 'a', which: { version: 3 }, path: '' }],
    ['MODELS:/a/3', { kind: 'version', name: 'a', which: { version: 3 }, path: '' }],
    [`models:/${ID}`, { kind: 'logged', modelId: ID, path: '' }],
    [`models:/${ID}/data`, { kind: 'logged', modelId: ID, path: 'data' }],
    ['models:/m-1', { kind: 'logged', modelId: 'm-1', path: '' }],
    ['models:/m-1/3', { kind: 'version', name: 'm-1', which: { version: 3 }, path: '' }],
    ['runs:/0123/model', { kind: 'run', runId: '0123', path: 'model' }],
    ['runs:/my run/a/b/', { kind: 'run', runId: 'my run', path: 'a/b' }],
    ['runs:/0123', { kind: 'run', runId: '0123', path: '' }],
  ])('%s is read', (uri, parsed) => {
    expect(parseModelUri(uri)).toEqual(parsed);
    expect(isModelUri(uri)).toBe(true);
  });

  test.each([
    ['models:/a', 'does not say which version', 'models:/a@champion'],
    ['models:/a/', 'does not say which version', 'latest'],
    ['models:/a/0', 'has version 0', 'from 1 on'],
    ['models:/a/99999999999999999999', 'has version', 'from 1 on'],
    ['models:/a/Prodution', 'a version or a stage', 'did you mean Production?'],
    ['models:/a/champion', 'a version or a stage', 'models:/a@champion'],
    ['models:/a/1.5', 'a version or a stage', 'stages are'],
    ['models:/a/-1', 'a version or a stage', 'stages are'],
    ['models:/a@', 'names no alias', '@ALIAS'],
    ['models:/@champion', 'names no model', '@ALIAS'],
    ['models:/', 'names no model', 'models:/NAME/3'],
    ['models:a/3', 'lacks a slash', 'models:/a/3'],
    ['models://host/a/3', 'names a server', '--mlflow-uri'],
    ['runs:/', 'names no run', 'runs:/RUN/PATH'],
    ['runs:/1/../2', 'holds ..', 'without it'],
    ['gs://b/m', 'is no models:/ or runs:/ URI', 'models:/NAME/3'],
  ])('%s is refused, with what to write', (uri, why, hint) => {
    const refuse = () => parseModelUri(uri);
    expect(refuse).toThrow(SentopsError);
    expect(refuse).toThrow(expect.objectContaining({ code: 'FLAG_INVALID', hint: expect.stringContaining(hint) }));
    expect(refuse).toThrow(why);
  });

  test('is never read as a path, nor a path as one', () => {
    for (const path of ['models/a', './models:/a', 'runs', '/models:/a', 'C:\\models', 'gs://models/a'])
      expect(isModelUri(path)).toBe(false);
  });

  test('that is anything else ends in an answer or in our own error', () => {
    fc.assert(
      fc.property(fc.constantFrom('models:', 'runs:', ''), fc.string({ unit: 'grapheme' }), (scheme, rest) => {
        try {
          expect(parseModelUri(scheme + rest).kind).toMatch(/^(version|logged|run)$/);
        } catch (error) {
          expect(error).toBeInstanceOf(SentopsError);
        }
      }),
    );
  });

  test('of any name and version comes back as it was written', () => {
    const name = fc.stringMatching(/^[\w. -]{1,20}$/).filter(text => !text.startsWith('m-') && !/^\s|\s$/.test(text));
    fc.assert(
      fc.property(name, fc.integer({ min: 1 }), (model, version) => {
        expect(parseModelUri(`models:/${model}/${version}`)).toMatchObject({ name: model, which: { version } });
      }),
    );
  });
});
