import { describe, expect, test } from 'vitest';
import { CONTRACT_VERSION } from '../../../src/lib/extend/contract.ts';
import { defineExtensions } from '../../../src/lib/extend/define.ts';
import { checkContract, loadPlugin } from '../../../src/lib/extend/load-plugin.ts';
import { withinTime } from '../../../src/lib/extend/within-time.ts';
import { plugin, sink, sinks } from './sources.ts';

describe('a plugin that cannot be used', () => {
  test.each([
    ['throws at import', new Error('boom\n  at somewhere'), 'boom'],
    ['throws something that is no error', Object.assign(new Error(''), { toString: () => '' }), 'no reason given'],
    ['exports nothing', {}, 'has no default export made by defineExtensions'],
    ['exports null', null, 'has no default export made by defineExtensions'],
    ['exports a function', () => {}, 'has no default export made by defineExtensions'],
    [
      'has no register function',
      { default: { contract: 1, register: true } },
      'has no default export made by defineExtensions',
    ],
    [
      'names no contract',
      { default: { register() {} } },
      'it does not say for which contract version it was, and this sentops has version 1',
    ],
    [
      'was written for a later contract',
      { default: { contract: 2, register() {} } },
      'it was written for contract version 2, and this sentops has version 1',
    ],
    [
      'was written for a contract in words',
      { default: { contract: '1', register() {} } },
      'it was written for contract version 1, and',
    ],
    [
      'throws while it registers',
      defineExtensions(() => {
        throw new TypeError('cannot read properties of undefined');
      }),
      'cannot read properties of undefined',
    ],
  ])('%s', async (_title, module, cause) => {
    const { registrations, problems, failure } = await loadPlugin(plugin('acme', module));
    expect(registrations).toEqual([]);
    expect(failure?.code).toBe('EXTENSION_FAILED');
    expect(failure?.message).toMatch(/^plugin acme cannot be loaded: /);
    expect(failure?.message).toContain(cause);
    expect(failure?.message).not.toContain('\n');
    expect(failure?.hint).toContain('sentops plugins uninstall acme');
    expect(problems).toEqual([{ plugin: 'acme', reason: 'unloadable', extension: null, message: failure?.message }]);
  });

  test('what was registered before the throw does not count: half a plugin is none', async () => {
    const module = defineExtensions(api => {
      api.register('stream-sink', 'half', async () => () => sink);
      throw new Error('then it broke');
    });
    expect((await loadPlugin(plugin('acme', module))).registrations).toEqual([]);
  });
});

test('the module may be the default export itself or hold it', async () => {
  for (const module of [sinks('a'), { default: sinks('a') }]) {
    expect((await loadPlugin(plugin('acme', module))).registrations.map(entry => entry.name)).toEqual(['a']);
  }
});

test('the plain object of a plugin that loads nothing of sentops is as good as defineExtensions', () => {
  const register = () => {};
  expect(defineExtensions(register)).toEqual({ contract: CONTRACT_VERSION, register });
  expect(() => checkContract(CONTRACT_VERSION)).not.toThrow();
});

describe('within time', () => {
  test('gives the result and leaves no timer behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length;
    const before = timers();
    const work = withinTime(Promise.resolve(7), 60_000);
    expect(timers()).toBe(before + 1);
    expect(await work).toBe(7);
    expect(timers()).toBe(before);
  });

  test('a module that waits for ever at its top does not hang the command', async () => {
    await expect(withinTime(new Promise(() => {}), 20)).rejects.toThrow('it took longer than 0.02 s');
  });
});
