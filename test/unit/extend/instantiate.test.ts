import { describe, expect, test } from 'vitest';
import { SentopsError } from '../../../src/lib/core/errors.ts';
import type { Factory, Kind, Kinds } from '../../../src/lib/extend/contract.ts';
import { toExtension } from '../../../src/lib/extend/instantiate.ts';
import { createTestContext } from '../../helpers/extension-context.ts';
import { sink } from './sources.ts';

/** What another copy of this package throws: the same fields, another class. */
class ForeignError extends Error {
  override name = 'SentopsError';
  code = 'DATA_INVALID';
  hint = 'mend the row';
  details = { row: 7 };
}

function create<K extends Kind>(kind: K, factory: unknown, plugin = 'acme'): Promise<Kinds[K]> {
  const load = async () => factory as Factory<Kind>;
  return toExtension(kind, { kind, name: 'thing', plugin, summary: '', load }).create({}, createTestContext());
}

async function errorOf(work: Promise<unknown>): Promise<SentopsError> {
  return work.then(
    () => expect.unreachable('it did not fail'),
    error => error,
  );
}

describe('a factory', () => {
  test.each([
    ['is missing', { other: 1 }, 'cannot be loaded: the module has no factory function as its default export'],
    ['is null', null, 'cannot be loaded: the module has no factory function as its default export'],
    [
      'throws',
      () => {
        throw new Error('no such host');
      },
      'cannot be made: no such host',
    ],
    ['rejects', async () => Promise.reject(new Error('no such host')), 'cannot be made: no such host'],
    ['returns nothing', () => undefined, 'does not fit: the factory returned undefined, not an object'],
    ['returns null', () => null, 'does not fit: the factory returned null, not an object'],
    ['returns a text', () => 'sink', 'does not fit: the factory returned string, not an object'],
    [
      'returns half a sink',
      () => ({ delivery: 'at-least-once', open() {}, write: 'later', close() {} }),
      'does not fit: it lacks write (function), flush (function), which contract version 1 demands of a stream sink',
    ],
  ])('that %s is reported with plugin, kind and name', async (_title, factory, message) => {
    const error = await errorOf(create('stream-sink', factory));
    expect(error.code).toBe('EXTENSION_FAILED');
    expect(error.message).toBe(`stream sink thing of plugin acme ${message}`);
    expect(error.details).toMatchObject({ kind: 'stream-sink', name: 'thing', plugin: 'acme' });
  });

  test('may speak in words of our error table, also from another copy of the package', async () => {
    const own = new SentopsError('CONFIG_INVALID', 'path is missing', { hint: 'give path' });
    expect(await errorOf(create('stream-sink', () => Promise.reject(own)))).toBe(own);
    const foreign = await errorOf(create('stream-sink', () => Promise.reject(new ForeignError('row 7 is damaged'))));
    expect(foreign).toBeInstanceOf(SentopsError);
    expect(foreign).toMatchObject({
      code: 'DATA_INVALID',
      message: 'row 7 is damaged',
      hint: 'mend the row',
      details: { row: 7 },
    });
  });

  test('cannot forge an error code that is not in the table', async () => {
    const forged = Object.assign(new ForeignError('hm'), { code: 'toString' });
    expect((await errorOf(create('stream-sink', () => Promise.reject(forged)))).code).toBe('EXTENSION_FAILED');
  });
});

describe('an instance of a plugin', () => {
  test('that fails later still names its plugin and the method', async () => {
    const failing = { ...sink, write: async () => Promise.reject(new Error('connection reset')) };
    const made = await create('stream-sink', () => failing);
    const error = await errorOf(made.write({ id: 0, records: [], positions: {} }));
    expect(error.code).toBe('EXTENSION_FAILED');
    expect(error.message).toBe('stream sink thing of plugin acme failed in write: connection reset');
  });

  test('that throws at once instead of rejecting is no different', async () => {
    const metric = {
      features: ['numeric'],
      levels: { warn: 0, alert: 1 },
      compare() {
        throw new RangeError('empty');
      },
    };
    const made = await create('drift-metric', () => metric);
    const sample = { type: 'numeric', values: new Float64Array() } as const;
    expect(() => made.compare(sample, sample, { bins: 1 })).toThrow(
      'drift metric thing of plugin acme failed in compare: empty',
    );
  });

  test('whose rows fail half-way names the plugin, after the rows that came', async () => {
    const source = {
      find: async () => ({}),
      async *read() {
        yield new Uint8Array([1]);
        throw new Error('connection reset');
      },
    };
    const made = await create('dataset-source', () => source);
    const seen: Uint8Array[] = [];
    const reading = (async () => {
      const dataset = { ref: '', version: '', files: [] };
      const options = { start: 0, signal: new AbortController().signal };
      for await (const chunk of made.read(dataset, { path: '', bytes: null, sha256: null }, options)) seen.push(chunk);
    })();
    expect((await errorOf(reading)).message).toBe(
      'dataset source thing of plugin acme failed in read: connection reset',
    );
    expect(seen).toHaveLength(1);
  });

  test('may be frozen, have private fields and a prototype', async () => {
    class Sink {
      readonly delivery = 'at-least-once';
      #rows = 0;
      async open() {}
      async write({ records }: { records: readonly unknown[] }) {
        this.#rows += records.length;
      }
      async flush() {}
      async close() {}
      get rows() {
        return this.#rows;
      }
    }
    const made = await create('stream-sink', () => Object.freeze(new Sink()));
    const record = { fields: {}, origin: { partition: '', offset: '' } };
    await made.write({ id: 0, records: [record, record], positions: {} });
    expect((made as unknown as Sink).rows).toBe(2);
    expect('flush' in made).toBe(true);
    expect('repair' in made).toBe(false);
  });

  test('that is stopped says so, not that the plugin failed', async () => {
    const aborted = AbortSignal.abort();
    const made = await create('stream-sink', () => ({ ...sink, flush: async () => aborted.throwIfAborted() }));
    expect((await errorOf(made.flush())).name).toBe('AbortError');
    const interrupted = new SentopsError('INTERRUPTED');
    const other = await create('stream-sink', () => ({ ...sink, flush: async () => Promise.reject(interrupted) }));
    expect(await errorOf(other.flush())).toBe(interrupted);
  });
});

test('ours are not wrapped: the hot path stays bare', async () => {
  expect(await create('stream-sink', () => sink, 'sentops')).toBe(sink);
});
