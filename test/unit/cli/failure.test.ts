import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeError } from '../../../src/cli/failure.ts';
import { formatPlace } from '../../../src/cli/problems.ts';
import { scanOutputFlags } from '../../../src/cli/scan.ts';
import { ERRORS, SentopsError } from '../../../src/lib/core/errors.ts';

const system = (code: string, more: object = {}) =>
  Object.assign(new Error(`${code}: what libuv says`), { code, ...more });
const thrownBy = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
};

describe('what the system says', () => {
  test.for([
    ['ENOSPC', { path: '/x/f' }, 'DISK_FULL', '/x/f: no space left on the device'],
    ['EDQUOT', {}, 'DISK_FULL', 'the disk quota is used up'],
    ['EROFS', { path: '/x' }, 'NOT_WRITABLE', '/x: the file system is read-only'],
    ['EACCES', { path: '/x', syscall: 'mkdir' }, 'NOT_WRITABLE', '/x: permission denied'],
    ['EACCES', { path: '/x', syscall: 'scandir' }, 'PERMISSION_DENIED', 'cannot read /x: permission denied'],
    ['ENOENT', { path: '/x' }, 'NOT_FOUND', '/x: no such file or folder'],
    ['EISDIR', {}, 'CONFLICT', 'a folder where a file is expected'],
    ['EMFILE', {}, 'UNEXPECTED', 'too many open files'],
    ['EADDRINUSE', { address: '127.0.0.1', port: 8081 }, 'CONFLICT', '127.0.0.1:8081: the address is in use'],
    ['ECONNREFUSED', { address: '::1', port: 9092 }, 'REMOTE_UNAVAILABLE', '::1:9092: the connection was refused'],
    ['ENOTFOUND', { hostname: 'no.such.host' }, 'REMOTE_UNAVAILABLE', 'no.such.host: the host name is unknown'],
  ] as const)('%s %j is %s', ([errno, more, code, message]) => {
    expect(describeError(system(errno, more)).json).toMatchObject({
      code,
      message,
      exit: ERRORS[code].exit,
      details: { errno },
    });
  });

  test('a cause counts where the error itself says nothing: fetch hides why it failed', () => {
    const error = new TypeError('fetch failed', { cause: system('ECONNREFUSED', { address: '127.0.0.1', port: 1 }) });
    expect(describeError(error).json).toMatchObject({
      code: 'REMOTE_UNAVAILABLE',
      message: '127.0.0.1:1: the connection was refused',
    });
  });

  test('real errors of this machine', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-failure-'));
    expect(describeError(thrownBy(() => fs.readFileSync(folder))).json.code).toBe('CONFLICT');
    expect(describeError(thrownBy(() => fs.mkdirSync(folder))).json).toMatchObject({
      code: 'CONFLICT',
      message: `${folder}: it exists already`,
    });
    expect(describeError(thrownBy(() => fs.readdirSync(`${folder}/no`))).json.code).toBe('NOT_FOUND');
    const refused = await new Promise(resolve => net.connect(1, '127.0.0.1').on('error', resolve));
    expect(describeError(refused).json.code).toBe('REMOTE_UNAVAILABLE');
    const timeout = await new Promise(resolve =>
      AbortSignal.timeout(1).addEventListener('abort', event => resolve((event.target as AbortSignal).reason)),
    );
    expect(describeError(timeout).json.code).toBe('TIMEOUT');
    fs.rmSync(folder, { recursive: true });
  });

  test.skipIf(process.getuid?.() === 0)('a file that may not be read is not called unwritable', () => {
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-failure-')), 'f');
    fs.writeFileSync(file, 'x', { mode: 0 });
    expect(describeError(thrownBy(() => fs.readFileSync(file))).json.code).toBe('PERMISSION_DENIED');
  });

  test('causes that form a circle end', () => {
    const error = new Error('a');
    error.cause = error;
    expect(describeError(error).json.code).toBe('UNEXPECTED');
  });
});

describe('whatever was thrown', () => {
  test.for([[undefined], [null], [''], [0], [{}], [Symbol('x')], [[]], [new Error('')]])(
    '%o becomes an error with a message',
    ([thrown]) => {
      const { json } = describeError(thrown);
      expect(json).toMatchObject({ code: 'UNEXPECTED', exit: 1 });
      expect(json.message).not.toBe('');
    },
  );

  test('the place of an error is in its JSON', () => {
    const place = { file: 'sentops.yaml', line: 3, column: 1 };
    expect(describeError(new SentopsError('CONFIG_INVALID', 'm', { place })).json).toMatchObject({ place });
    expect(describeError(new SentopsError('CONFIG_INVALID', 'm')).json).not.toHaveProperty('place');
  });

  test('an error with one of our names and no code of ours is not one of ours', () => {
    expect(describeError(Object.assign(new Error('m'), { name: 'SentopsError', code: 'toString' })).json.code).toBe(
      'UNEXPECTED',
    );
  });
});

describe('flags read before the parser', () => {
  test.for([
    [['--json'], { json: true }],
    [['--format', 'json'], { json: true }],
    [['--format=json'], { json: true }],
    [['json'], { json: false }],
    [['--format', 'csv'], { json: false, format: 'csv' }],
    [['--', '--json'], { json: false }],
    [['-q'], { quiet: true }],
    [['-yqv'], { quiet: true, verbose: true, json: false }],
    [['-Cq'], { quiet: false }],
    [['--log-format=json'], { 'log-format': 'json' }],
    [['--no-color'], { 'no-color': true }],
  ] as const)('%j', ([argv, expected]) => {
    expect(scanOutputFlags(argv)).toMatchObject(expected);
  });

  test('the first argument is no value of a flag that is not there', () => {
    expect(scanOutputFlags(['json', 'x']).json).toBe(false);
  });
});

test('a place is shown as seen from the current folder', () => {
  expect(formatPlace({ file: '/a/b/c.yaml', line: 1, column: 2 }, '/a/b')).toBe('c.yaml:1:2');
  expect(formatPlace({ file: '/a/c.yaml', line: 1 }, '/a/b')).toBe('/a/c.yaml:1');
  expect(formatPlace({ file: 'c.yaml', column: 7 }, '/a')).toBe('c.yaml');
});
