import { describe, expect, test } from 'vitest';
import type { Json } from '../../../src/lib/config/types.ts';
import { type CheckReport, type CheckWorld, checkExtension } from '../../../src/lib/extend/check.ts';
import type { Factory, Kind, Kinds } from '../../../src/lib/extend/contract.ts';
import { toExtension } from '../../../src/lib/extend/instantiate.ts';
import type { Classifier, SparseRows } from '../../../src/lib/learn/types.ts';
import type { StreamRecord, StreamSource } from '../../../src/lib/stream/types.ts';
import { createTestContext } from '../../helpers/extension-context.ts';
import { sink } from './sources.ts';

function check<K extends Kind>(
  kind: K,
  instance: Kinds[K] | Error,
  more: Partial<CheckWorld> = {},
): Promise<CheckReport> {
  const factory = () => {
    if (instance instanceof Error) throw instance;
    return instance;
  };
  const load = async () => factory as Factory<Kind>;
  const world = { ...createTestContext(), project: null, request: { cwd: '/', env: {}, home: undefined }, ...more };
  return checkExtension(toExtension(kind, { kind, name: 'thing', plugin: 'acme', summary: '', load }), {}, world);
}

function failures({ steps, ok }: CheckReport): string[] {
  const failed = steps.filter(step => step.status === 'fail').map(step => `${step.title}: ${step.detail}`);
  expect(ok).toBe(failed.length === 0);
  return failed;
}

describe('any kind', () => {
  test('what cannot be made is the one step, and it failed', async () => {
    const report = await check('runner', new Error('no gcloud'));
    expect(report).toMatchObject({ kind: 'runner', name: 'thing', plugin: 'acme', depth: 'shape', ok: false });
    expect(failures(report)).toEqual([
      'loads and has the shape of its kind: runner thing of plugin acme cannot be made: no gcloud',
    ]);
  });

  test('a kind that needs a service is looked at, and that is what the report says', async () => {
    const unused = async () => Promise.reject(new Error('unused'));
    const none = async function* () {};
    const runner = { submit: unused, describe: unused, list: none, logs: none, cancel: unused };
    const report = await check('runner', runner);
    expect(report).toMatchObject({ depth: 'shape', ok: true });
    expect(report.steps).toHaveLength(1);
  });

  test('a stop is a stop, not a failed check', async () => {
    const controller = new AbortController();
    const stopping = {
      ...sink,
      open: async () => controller.abort(new Error('stopped by the user')),
      write: async () => controller.signal.throwIfAborted(),
    };
    await expect(check('stream-sink', stopping, { signal: controller.signal })).rejects.toThrow('stopped by the user');
  });
});

describe('stream sink', () => {
  test('sees three rows twice and an empty batch, flushed, and is closed', async () => {
    const calls: string[] = [];
    const report = await check('stream-sink', {
      delivery: 'exactly-once',
      open: async () => void calls.push('open'),
      write: async ({ id, records }) => void calls.push(`write ${id}: ${records.length}`),
      flush: async () => void calls.push('flush'),
      close: async () => void calls.push('close'),
    });
    expect(failures(report)).toEqual([]);
    expect(report.depth).toBe('contract');
    expect(calls).toEqual(['open', 'write 0: 3', 'flush', 'write 0: 3', 'write 1: 0', 'flush', 'close']);
  });

  test.each([
    [
      'an unknown delivery',
      { delivery: 'at-most-once' as 'at-least-once' },
      'says how it delivers: delivery is "at-most-once"',
    ],
    [
      'a refusal to write',
      { write: async () => Promise.reject(new Error('disk full')) },
      'takes a batch of three rows: stream sink thing of plugin acme failed in write: disk full',
    ],
    ['a repeated batch taken for an error', { write: refuseTwins() }, 'takes the same batch again, as after a crash: '],
    [
      'a stumble over an empty batch',
      { write: async (batch: { records: readonly unknown[] }) => void (batch.records[0] as object).toString() },
      'takes an empty batch: ',
    ],
    ['a failing flush', { flush: async () => Promise.reject(new Error('gone')) }, 'flushes: '],
    ['a failing close', { close: async () => Promise.reject(new Error('gone')) }, 'closes: '],
  ])('%s is found', async (_title, flaw, message) => {
    const found = failures(await check('stream-sink', { ...sink, ...flaw }));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
  });

  test('is closed also when writing fails', async () => {
    let closed = false;
    const broken = {
      ...sink,
      write: async () => Promise.reject(new Error('x')),
      close: async () => {
        closed = true;
      },
    };
    await check('stream-sink', broken);
    expect(closed).toBe(true);
  });
});

function refuseTwins() {
  const seen = new Set<number>();
  return async ({ id }: { id: number }) => {
    if (seen.has(id)) throw new Error(`batch ${id} was written before`);
    seen.add(id);
  };
}

describe('stream source', () => {
  const rows: StreamRecord[] = ['a', 'b', 'c', 'd'].map((text, index) => ({
    fields: { text },
    origin: { partition: 'p', offset: String(index) },
  }));
  const sourceOf = (flaw: Partial<StreamSource> = {}): StreamSource => {
    let next = 0;
    return {
      replayable: true,
      open: async positions => {
        next = Number(positions['p'] ?? 0);
      },
      read: async ({ maxRecords }) => {
        const records = rows.slice(next, next + maxRecords);
        next += records.length;
        return records.length === 0 ? null : { records, positions: { p: String(next) } };
      },
      commit: async () => {},
      close: async () => {},
      ...flaw,
    };
  };

  test('a sound one passes, also one that is at its end or cannot go back', async () => {
    expect(failures(await check('stream-source', sourceOf()))).toEqual([]);
    expect(failures(await check('stream-source', sourceOf({ read: async () => null })))).toEqual([]);
    expect(failures(await check('stream-source', sourceOf({ replayable: false })))).toEqual([]);
  });

  test.each([
    [
      'more rows than asked for',
      { read: async () => ({ records: rows, positions: { p: '4' } }) },
      'it gave 4 rows where 3 were asked for',
    ],
    ['no positions', { read: async () => ({ records: [], positions: null as never }) }, 'the batch has no positions'],
    [
      'rows of a partition without a position',
      { read: async () => ({ records: rows.slice(0, 1), positions: {} }) },
      'the positions say nothing about partition p',
    ],
    [
      'rows without fields',
      { read: async () => ({ records: [{ ...rows[0], fields: null } as never], positions: { p: '1' } }) },
      'row 0 has no fields',
    ],
    [
      'rows without an origin',
      { read: async () => ({ records: [{ fields: {} } as never], positions: {} }) },
      'row 0 does not say where it comes from (origin)',
    ],
    ['a false promise to go back', { open: async () => {} }, 'reads the same rows again: the first row is another one'],
  ])('%s are found', async (_title, flaw, message) => {
    const found = failures(await check('stream-source', sourceOf(flaw)));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
  });
});

describe('doctor check', () => {
  const doctor = { id: 'acme.disk', title: 'disk', run: async () => ({ status: 'ok', detail: '1 GB free' }) as const };

  test('a sound one passes and its finding is shown; nothing is repaired', async () => {
    let repaired = false;
    const repair = async () => {
      repaired = true;
      return 'mended';
    };
    const report = await check('doctor-check', { ...doctor, repair });
    expect(failures(report)).toEqual([]);
    expect(report.steps.at(-1)?.detail).toBe('ok: 1 GB free');
    expect(repaired).toBe(false);
  });

  test.each([
    ['an id that --only cannot name', { id: 'My Check' }, 'has an id and a title: "My Check" is not made of'],
    ['an empty title', { title: ' ' }, 'has an id and a title: the title is empty'],
    [
      'an unknown status',
      { run: async () => ({ status: 'good' as 'ok', detail: 'x' }) },
      'looks: status is "good", none of ok, warn, fail, skip',
    ],
    [
      'an empty finding',
      { run: async () => ({ status: 'ok', detail: '' }) as const },
      'looks: it does not say what it found',
    ],
  ])('%s is found', async (_title, flaw, message) => {
    expect(failures(await check('doctor-check', { ...doctor, ...flaw }))).toEqual([expect.stringContaining(message)]);
  });
});

describe('notifier', () => {
  const notifier = {
    preview: ({ title }: { title: string }) => ({ to: '#alerts', body: title }),
    send: async () => {},
  };

  test('only the preview is asked for', async () => {
    const send = async () => expect.unreachable('a check sends nothing');
    expect(failures(await check('notifier', { ...notifier, send }))).toEqual([]);
  });

  test.each([
    ['no receiver', { preview: () => ({ to: '', body: 'text_len has drifted' }) }, 'does not say where to'],
    ['a body without the title', { preview: () => ({ to: 'a', body: 'hm' }) }, 'the body does not hold the title'],
  ])('%s is found', async (_title, flaw, message) => {
    expect(failures(await check('notifier', { ...notifier, ...flaw }))).toEqual([expect.stringContaining(message)]);
  });
});

describe('drift metric', () => {
  const metric: Kinds['drift-metric'] = {
    features: ['numeric', 'categorical'],
    levels: { warn: 0.1, alert: 0.2 },
    compare: (baseline, current) => (baseline === current ? 0 : 1),
  };

  test('a sound one passes', async () => expect(failures(await check('drift-metric', metric))).toEqual([]));

  test.each([
    ['levels in the wrong order', { levels: { warn: 2, alert: 1 } }, 'has levels: warn (2) and alert (1)'],
    ['no features', { features: [] }, 'features is not a list'],
    ['features of no known type', { features: ['toString'] as never }, 'features is not a list'],
    ['values that are no numbers', { compare: () => Number.NaN }, 'it gave NaN and NaN'],
    ['blindness', { compare: () => 1 }, 'a drifted sample (1) is not above an identical one (1)'],
  ])('%s is found', async (_title, flaw, message) => {
    expect(failures(await check('drift-metric', { ...metric, ...flaw }))).toEqual([expect.stringContaining(message)]);
  });
});

describe('trainer', () => {
  const stage = { type: 'oracle', params: {}, arrays: {} };
  const score = ({ starts, indices }: SparseRows, right: boolean) =>
    Float64Array.from({ length: (starts.length - 1) * 2 }, (_, cell) =>
      Number((indices[cell >> 1] === cell % 2) === right),
    );
  const trainer = (predict: Classifier['predict'], fitted: unknown = stage): Kinds['trainer'] => ({
    params: {},
    fit: async () => ({ stage: fitted as typeof stage, probabilistic: true, predict }),
  });

  test('a sound one passes', async () =>
    expect(
      failures(
        await check(
          'trainer',
          trainer(rows => score(rows, true)),
        ),
      ),
    ).toEqual([]));

  test.each([
    ['wrong classes', trainer(rows => score(rows, false)), 'learns two classes: it got 0 of 40 rows right'],
    [
      'too few scores',
      trainer(() => new Float64Array(3)),
      'learns two classes: it gave 3 scores for 40 rows and 2 classes',
    ],
    [
      'a stage without a type',
      trainer(rows => score(rows, true), {}),
      'learns two classes: the fitted stage has no type',
    ],
    [
      'chance',
      trainer(rows => score(rows, true).map(value => value + Math.random() / 100)),
      'gives the same with the same seed: the scores of a second fit differ',
    ],
  ])('%s are found', async (_title, flawed, message) => {
    expect(failures(await check('trainer', flawed))).toEqual([expect.stringContaining(message)]);
  });
});

describe('generator', () => {
  const project = { config: {} as Record<string, Json> } as never;
  const generator = (path: () => string) => ({
    summary: 'a file',
    generate: async () => [{ path: path(), data: 'x' }],
  });

  test('a sound one passes; without a project nothing is tried', async () => {
    expect(
      failures(
        await check(
          'generator',
          generator(() => 'a/b.yml'),
          { project },
        ),
      ),
    ).toEqual([]);
    expect(
      (
        await check(
          'generator',
          generator(() => '/etc/passwd'),
        )
      ).depth,
    ).toBe('shape');
  });

  test.each(['', '/etc/passwd', '../x', 'a/../../x', 'a\\..\\..\\x', 'C:\\x', 'c:x', '\\\\host\\x'])(
    'a path outside is found: %j',
    async path => {
      expect(
        failures(
          await check(
            'generator',
            generator(() => path),
            { project },
          ),
        ),
      ).toEqual([expect.stringContaining('is no path below the folder')]);
    },
  );

  test('chance is found', async () => {
    let count = 0;
    const found = failures(
      await check(
        'generator',
        generator(() => `file-${count++}`),
        { project },
      ),
    );
    expect(found).toEqual(['generates the same again: a second time it gave something else']);
  });
});
