import { describe, expect, test } from 'vitest';
import { resolveOutput } from '../../../../src/cli/output/settings.ts';

const resolve = (flags: Record<string, unknown> = {}, env: Record<string, string> = {}) =>
  resolveOutput(flags, {
    ...process,
    env,
    platform: 'linux',
    getBuiltinModule: process.getBuiltinModule,
  } as NodeJS.Process);

describe('format', () => {
  test('--json and --format json are one thing, and win over others', () => {
    expect(resolve({ json: true })).toMatchObject({ json: true, format: 'json' });
    expect(resolve({ format: 'json' })).toMatchObject({ json: true, format: 'json' });
    expect(resolve({ json: true, format: 'csv' })).toMatchObject({ json: true, format: 'json' });
    expect(resolve({ format: 'csv' })).toMatchObject({ json: false, format: 'csv' });
    expect(resolve()).toMatchObject({ json: false, format: 'table' });
  });
});

describe('log level', () => {
  test.for([
    [{}, {}, 'info'],
    [{}, { LOG_LEVEL: 'error' }, 'error'],
    [{}, { LOG_LEVEL: 'WARNING' }, 'warn'],
    [{ 'log-level': 'warn' }, { LOG_LEVEL: 'error' }, 'warn'],
    [{ verbose: true }, { LOG_LEVEL: 'error' }, 'debug'],
  ] as const)('%j with %j is %s', ([flags, env, level]) => {
    expect(resolve(flags, env).logLevel).toBe(level);
  });

  test('LOG_LEVEL and LOG_FORMAT meant for another program are no error: every program uses these names', () => {
    expect(resolve({}, { LOG_LEVEL: 'trace', LOG_FORMAT: 'pretty' })).toMatchObject({
      logLevel: 'info',
      logFormat: 'text',
    });
    expect(resolve({}, { LOG_FORMAT: 'JSON' }).logFormat).toBe('json');
    expect(resolve({ 'log-format': 'text' }, { LOG_FORMAT: 'json' }).logFormat).toBe('text');
  });
});

describe('CI', () => {
  test.for([
    [{ GITHUB_ACTIONS: 'true', CI: 'true' }, 'github'],
    [{ GITLAB_CI: 'true', CI: 'true' }, 'gitlab'],
    [{ CI: '1' }, 'other'],
    [{ CI: 'false' }, undefined],
    [{ CI: '0' }, undefined],
    [{ CI: '' }, undefined],
    [{}, undefined],
  ] as const)('%j is %s', ([env, ci]) => {
    expect(resolve({}, env).ci).toBe(ci);
  });

  test('asks nobody and draws nothing', () => {
    expect(resolve({}, { CI: 'true' })).toMatchObject({ interactive: false, animated: false });
  });
});

test('what a list was asked for is passed on only where it was', () => {
  expect(resolve({ columns: 'a,b', limit: 3 }).list).toEqual({ columns: 'a,b', limit: 3 });
  expect(resolve().list).toEqual({});
});
