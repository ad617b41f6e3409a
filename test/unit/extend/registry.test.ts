import { describe, expect, test } from 'vitest';
import { SentopsError } from '../../../src/lib/core/errors.ts';
import type { Kind } from '../../../src/lib/extend/contract.ts';
import { defineExtensions } from '../../../src/lib/extend/define.ts';
import { createRegistry } from '../../../src/lib/extend/registry.ts';
import type { PluginSource, Registry } from '../../../src/lib/extend/types.ts';
import { createTestContext } from '../../helpers/extension-context.ts';
import { plugin, sink, sinks } from './sources.ts';

function registryOf(...sources: PluginSource[]): Registry {
  const registry = createRegistry();
  for (const source of sources) registry.addPlugin(source);
  return registry;
}

async function failureOf(work: Promise<unknown>): Promise<SentopsError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SentopsError);
  return error as SentopsError;
}

describe('our own extensions', () => {
  test('registering loads nothing; using loads once per instance', async () => {
    const registry = createRegistry();
    let loads = 0;
    registry.register('stream-sink', 'mine', async () => {
      loads += 1;
      return () => sink;
    });
    await registry.list();
    const extension = await registry.resolve('stream-sink', 'mine');
    expect(loads).toBe(0);
    expect(await extension.create({}, createTestContext())).toBe(sink);
    expect(loads).toBe(1);
  });

  test('a name has one spelling, and belongs to one kind', async () => {
    const registry = createRegistry();
    registry.register('stream-sink', 'My_Sink', async () => () => sink);
    for (const name of ['my-sink', 'MY_SINK', ' my sink ']) {
      expect((await registry.resolve('stream-sink', name)).name).toBe('my-sink');
    }
    await expect(registry.resolve('stream-source', 'my-sink')).rejects.toThrow(
      'no stream source is called "my-sink"; there is none',
    );
  });

  test('a name that is none is refused at once: it is a mistake in our own code', () => {
    expect(() => createRegistry().register('stream-sink', 'a/b', async () => () => sink)).toThrow(
      '"a/b" is no name for a stream sink',
    );
  });

  test('options and context reach the factory', async () => {
    const registry = createRegistry();
    const seen: unknown[] = [];
    registry.register('stream-sink', 'mine', async () => ({
      default: (options, context) => {
        seen.push(options, context);
        return sink;
      },
    }));
    const context = createTestContext();
    await (await registry.resolve('stream-sink', 'mine')).create({ path: 'x' }, context);
    expect(seen).toEqual([{ path: 'x' }, context]);
  });
});

describe('plugins', () => {
  test('no plugin is loaded for a name of ours', async () => {
    const hello = plugin('hello', sinks('hello'));
    const registry = registryOf(hello);
    registry.register('stream-sink', 'mine', async () => () => sink);
    await registry.resolve('stream-sink', 'mine');
    expect(hello.loads()).toBe(0);
  });

  test('only the plugins that may bring the name are loaded, each once', async () => {
    const announcing = plugin('announcing', sinks('hello'), { 'stream-sink': ['hello'] });
    const other = plugin('other', sinks('bye'), { 'stream-sink': ['bye'] });
    const silent = plugin('silent', sinks('third'));
    const registry = registryOf(other, announcing, silent);
    await Promise.all([registry.resolve('stream-sink', 'hello'), registry.resolve('stream-sink', 'HELLO')]);
    expect([announcing.loads(), other.loads(), silent.loads()]).toEqual([1, 0, 1]);
  });

  test('list shows everything by kind and name, with the plugin', async () => {
    const registry = registryOf(plugin('hello', sinks('zeta', 'alpha')));
    registry.register('stream-source', 'lines', async () => () => Promise.reject(new Error('not used')), {
      summary: 'lines',
    });
    registry.register('stream-sink', 'mine', async () => () => sink);
    expect((await registry.list()).map(({ kind, name, plugin: owner }) => `${kind} ${name} ${owner}`)).toEqual([
      'stream-sink alpha hello',
      'stream-sink mine sentops',
      'stream-sink zeta hello',
      'stream-source lines sentops',
    ]);
    expect(await registry.list('stream-source')).toEqual([
      { kind: 'stream-source', name: 'lines', plugin: 'sentops', summary: 'lines' },
    ]);
  });

  test('a name of ours wins, and the conflict names the plugin', async () => {
    const registry = registryOf(plugin('rival', sinks('stdout', 'extra')));
    registry.register('stream-sink', 'stdout', async () => () => sink);
    expect((await registry.list()).map(({ name, plugin: owner }) => `${name} ${owner}`)).toEqual([
      'extra rival',
      'stdout sentops',
    ]);
    expect(registry.problems()).toEqual([
      {
        plugin: 'rival',
        reason: 'conflict',
        extension: { kind: 'stream-sink', name: 'stdout' },
        message: 'stream sink stdout of plugin rival is ignored: sentops itself has one of that name',
      },
    ]);
  });

  test('of two plugins the one installed first wins, however slow it is', async () => {
    const registry = registryOf(plugin('first', sinks('same'), null, 40), plugin('second', sinks('same')));
    expect((await registry.resolve('stream-sink', 'same')).plugin).toBe('first');
    expect(registry.problems()[0]?.message).toBe(
      'stream sink same of plugin second is ignored: plugin first was installed earlier and has one of that name',
    );
  });

  test('two questions at once never see a plugin that is loaded but not entered', async () => {
    const slow = plugin('slow', sinks('slow'), null, 40);
    const quick = plugin('quick', sinks('quick'), null, 5);
    const registry = registryOf(quick, slow);
    const listing = registry.list();
    expect((await registry.resolve('stream-sink', 'quick')).plugin).toBe('quick');
    expect(await listing).toHaveLength(2);
  });

  test('asking again is not a conflict of a plugin with itself', async () => {
    const registry = registryOf(plugin('hello', sinks('hello')), plugin('broken', new Error('boom')));
    const first = await registry.list();
    expect(await registry.list()).toEqual(first);
    expect(registry.problems().map(problem => problem.reason)).toEqual(['unloadable']);
  });

  test('a broken plugin takes nobody with it', async () => {
    const registry = registryOf(plugin('broken', new Error('boom')), plugin('sound', sinks('sound')));
    expect((await registry.resolve('stream-sink', 'sound')).plugin).toBe('sound');
    expect(registry.problems()).toEqual([
      { plugin: 'broken', reason: 'unloadable', extension: null, message: 'plugin broken cannot be loaded: boom' },
    ]);
  });
});

describe('unknown names', () => {
  const known = (...more: PluginSource[]) => {
    const registry = registryOf(plugin('hello', sinks('hello')), ...more);
    registry.register('stream-sink', 'stdout', async () => () => sink);
    registry.register('stream-source', 'lines', async () => () => Promise.reject(new Error('not used')));
    return registry;
  };

  test('the error lists what there is, with the plugins, and guesses', async () => {
    const error = await failureOf(known().resolve('stream-sink', 'helo'));
    expect(error.code).toBe('EXTENSION_UNKNOWN');
    expect(error.message).toBe('no stream sink is called "helo"; there are hello (plugin hello), stdout');
    expect(error.hint).toMatch(/^did you mean hello\?/);
    expect(error.hint).toContain('npm search keywords:sentops-plugin');
    expect(error.details).toMatchObject({ available: ['hello', 'stdout'], suggestion: 'hello', brokenPlugins: [] });
  });

  test('a name of another kind is said to be one', async () => {
    expect((await failureOf(known().resolve('stream-sink', 'lines'))).hint).toContain('lines is a stream source');
  });

  test('a broken plugin is named as the one that may bring it', async () => {
    const error = await failureOf(
      known(plugin('kafka-plugin', new Error('no librdkafka'))).resolve('stream-sink', 'kafka'),
    );
    expect(error.code).toBe('EXTENSION_UNKNOWN');
    expect(error.hint).toContain('plugin kafka-plugin cannot be loaded: no librdkafka (it may bring the name)');
    expect(error.hint).not.toContain('npm search');
    expect(error.details['brokenPlugins']).toEqual(['kafka-plugin']);
  });

  test('where a broken plugin announces the name, its failure is the error', async () => {
    const broken = plugin('kafka-plugin', new Error('no librdkafka'), { 'stream-sink': ['kafka'] });
    const error = await failureOf(known(broken).resolve('stream-sink', 'kafka'));
    expect(error.code).toBe('EXTENSION_FAILED');
    expect(error.message).toBe('plugin kafka-plugin cannot be loaded: no librdkafka');
    expect(error.details).toMatchObject({ plugin: 'kafka-plugin', cause: 'no librdkafka' });
  });

  test.each(['', '  ', '../../etc/passwd', 'a b/c', 'x'.repeat(1000), '__proto__', 'constructor'])(
    '%j is unknown and nothing worse',
    async name => {
      expect((await failureOf(known().resolve('stream-sink', name))).code).toBe('EXTENSION_UNKNOWN');
    },
  );
});

describe('what a plugin may not register', () => {
  const problemsOf = async (module: unknown, provides: PluginSource['provides'] = null) => {
    const registry = registryOf(plugin('odd', module, provides));
    const names = (await registry.list()).map(entry => entry.name);
    return { names, messages: registry.problems().map(problem => `${problem.reason}: ${problem.message}`) };
  };

  test('a kind of a later version is left out alone', async () => {
    const module = defineExtensions(api => {
      api.register('time-machine' as Kind, 'past', async () => () => sink as never);
      api.register('stream-sink', 'fine', async () => () => sink);
    });
    const { names, messages } = await problemsOf(module);
    expect(names).toEqual(['fine']);
    expect(messages).toEqual([
      expect.stringMatching(
        /^refused: time-machine past of plugin odd is of no known kind; there are dataset-source, /,
      ),
    ]);
  });

  test.each([
    [
      'a name with a slash',
      (api: Parameters<ReturnType<typeof sinks>['register']>[0]) =>
        api.register('stream-sink', 'a/b', async () => () => sink),
      'has a name that',
    ],
    [
      'a name that is no text',
      (api: Parameters<ReturnType<typeof sinks>['register']>[0]) =>
        api.register('stream-sink', 7 as never, async () => () => sink),
      'has a name that',
    ],
    [
      'no loader',
      (api: Parameters<ReturnType<typeof sinks>['register']>[0]) =>
        api.register('stream-sink', 'x', undefined as never),
      'without a function that loads it',
    ],
  ])('%s', async (_title, register, message) => {
    const { names, messages } = await problemsOf(defineExtensions(register));
    expect(names).toEqual([]);
    expect(messages).toEqual([expect.stringContaining(message)]);
  });

  test('a name that package.json does not announce, and one that it announces in vain', async () => {
    const { names, messages } = await problemsOf(sinks('here', 'hidden'), { 'stream-sink': ['here', 'gone'] });
    expect(names).toEqual(['here']);
    expect(messages).toEqual([
      'refused: stream sink hidden of plugin odd is not announced under sentops.provides in its package.json',
      'refused: stream sink gone of plugin odd is announced in its package.json but was not registered',
    ]);
  });
});
