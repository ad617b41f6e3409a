import { describe, expect, test } from 'vitest';
import { decideColor, decideUnicode, decideWidth } from '../../../../src/cli/output/streams.ts';

describe('colour', () => {
  test.for([
    // refused, environment, terminal → colour
    [false, {}, true, true],
    [false, {}, false, false],
    [true, { FORCE_COLOR: '1' }, true, false],
    [false, { NO_COLOR: '1' }, true, false],
    [false, { NO_COLOR: '' }, true, true],
    [false, { FORCE_COLOR: '0' }, true, false],
    [false, { FORCE_COLOR: 'false' }, true, false],
    [false, { FORCE_COLOR: '' }, false, true],
    [false, { FORCE_COLOR: '1' }, false, true],
    [false, { FORCE_COLOR: '2' }, false, true],
    [false, { FORCE_COLOR: '3' }, false, true],
    [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
    [false, { TERM: 'dumb' }, true, false],
    [false, { TERM: 'dumb', FORCE_COLOR: '1' }, true, true],
  ] as const)('refused %j, %j, terminal %j → %j', ([refused, env, terminal, expected]) => {
    expect(decideColor(env, refused, terminal)).toBe(expected);
  });
});

describe('width', () => {
  test.for([
    [{}, 120, 120],
    [{ COLUMNS: '40' }, 120, 40],
    [{ COLUMNS: '40' }, undefined, 40],
    [{}, undefined, 80],
    [{}, 0, 80],
    [{ COLUMNS: '0' }, 100, 100],
    [{ COLUMNS: 'wide' }, 100, 100],
    [{ COLUMNS: '-5' }, undefined, 80],
  ] as const)('%j at %j columns is %j', ([env, columns, expected]) => {
    expect(decideWidth(env, columns)).toBe(expected);
  });
});

describe('characters beyond ASCII', () => {
  test.for([
    [{ LANG: 'en_US.UTF-8' }, 'linux', true],
    [{ LANG: 'C.utf8' }, 'linux', true],
    [{ LANG: 'C' }, 'linux', false],
    [{ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, 'linux', false],
    [{ LC_ALL: '', LC_CTYPE: 'de_DE.UTF-8', LANG: 'C' }, 'linux', true],
    [{}, 'linux', false],
    [{}, 'darwin', true],
    [{ CI: 'true' }, 'linux', true],
    [{}, 'win32', false],
    [{ WT_SESSION: 'x' }, 'win32', true],
  ] as const)('%j on %s → %j', ([env, platform, expected]) => {
    expect(decideUnicode(env, platform)).toBe(expected);
  });
});
