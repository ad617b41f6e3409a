import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { searchRuns } from '../../../../../src/lib/tracking/embedded/search/search-runs.ts';
import type { Store } from '../../../../../src/lib/tracking/embedded/store.ts';
import { openTemp } from '../stores.ts';

interface PlainRun {
  readonly id: string;
  readonly experiment: number;
  readonly deleted: boolean;
  readonly name: string;
  readonly status: string;
  readonly start: number;
  readonly end: number | null;
  readonly metrics: Readonly<Record<string, number>>;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly datasets: readonly { readonly name: string; readonly context?: string }[];
}

const WORDS = ['a', 'A', 'ab', 'a%b', 'a_b', '', '[a]', 'a*', 'a?', 'é', 'É', "it's", '10', '9'];
const KEYS = ['x', 'y z', "k'; DROP TABLE runs; --"];
const word = fc.constantFrom(...WORDS);
const texts = fc.dictionary(fc.constantFrom(...KEYS), word);

const plainRuns = fc
  .array(
    fc.record({
      experiment: fc.constantFrom(1, 2),
      deleted: fc.boolean(),
      name: word,
      status: fc.constantFrom('RUNNING', 'FINISHED', 'FAILED'),
      start: fc.constantFrom(1000, 2000, 3000),
      end: fc.constantFrom(null, 4000, 5000),
      metrics: fc.dictionary(fc.constantFrom(...KEYS), fc.constantFrom(0, -1, 0.5, 0.9, Number.NaN, 1e300)),
      params: texts,
      tags: texts,
      datasets: fc.array(fc.record({ name: word, context: word }, { requiredKeys: ['name'] }), { maxLength: 2 }),
    }),
    { maxLength: 10 },
  )
  .map(runs =>
    runs.map((run, index): PlainRun => ({ ...run, id: ((index * 7919) % 4096).toString(16).padStart(32, '0') })),
  );

/** A comparison as text, and what it means without any SQL. */
interface Part {
  readonly text: string;
  holds(run: PlainRun): boolean;
}

const COMPARE: Readonly<Record<string, (a: number | string, b: number | string) => boolean>> = {
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

function like(pattern: string, flags: string): RegExp {
  const source = [...pattern].map(c => (c === '%' ? '.*' : c === '_' ? '.' : c.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')));
  return new RegExp(`^${source.join('')}$`, `su${flags}`);
}

/** SQLite folds ASCII letters only. */
const fold = (text: string) => text.replace(/[A-Z]/g, letter => letter.toLowerCase());

function textHolds(comparator: string, value: string, actual: string | undefined | null): boolean {
  if (comparator === 'IS NULL') return actual == null;
  if (comparator === 'IS NOT NULL') return actual != null;
  if (actual == null) return false;
  if (comparator === 'LIKE') return like(value, '').test(actual);
  if (comparator === 'ILIKE') return like(fold(value), '').test(fold(actual));
  return COMPARE[comparator]?.(actual, value) ?? false;
}

const key = fc.constantFrom(...KEYS);
const quote = (text: string) => (text.includes("'") ? `"${text}"` : `'${text}'`);
const textComparator = fc.constantFrom('=', '!=', 'LIKE', 'ILIKE');
const nullable = fc.oneof(textComparator, fc.constantFrom('IS NULL', 'IS NOT NULL'));
const pattern = fc.oneof(word, fc.constantFrom('%', 'a%', '_', '%b', 'A_', '%é%', '[a]'));
const numberComparator = fc.constantFrom('=', '!=', '<', '<=', '>', '>=');

const part: fc.Arbitrary<Part> = fc.oneof(
  fc.tuple(key, numberComparator, fc.constantFrom(0, 0.5, -1, 1)).map(([name, comparator, value]) => ({
    text: `metrics.\`${name}\` ${comparator} ${value}`,
    holds: (run: PlainRun) => {
      const actual = run.metrics[name];
      return actual !== undefined && (COMPARE[comparator]?.(actual, value) ?? false);
    },
  })),
  fc.tuple(fc.constantFrom('params', 'tags'), key, nullable, pattern).map(([kind, name, comparator, value]) => ({
    text: `${kind}.\`${name}\` ${comparator} ${comparator.startsWith('IS') ? '' : quote(value)}`,
    holds: (run: PlainRun) => textHolds(comparator, value, (kind === 'params' ? run.params : run.tags)[name]),
  })),
  fc.tuple(textComparator, pattern).map(([comparator, value]) => ({
    text: `run_name ${comparator} ${quote(value)}`,
    holds: (run: PlainRun) => textHolds(comparator, value, run.name),
  })),
  fc.tuple(fc.constantFrom('name', 'context'), textComparator, pattern).map(([field, comparator, value]) => ({
    text: `dataset.${field} ${comparator} ${quote(value)}`,
    holds: (run: PlainRun) =>
      run.datasets.some(({ name, context }) => textHolds(comparator, value, field === 'name' ? name : context)),
  })),
  fc
    .tuple(fc.constantFrom('start_time', 'end_time'), numberComparator, fc.constantFrom(2000, 4000))
    .map(([field, comparator, value]) => ({
      text: `attributes.${field} ${comparator} ${value}`,
      holds: (run: PlainRun) => {
        const actual = field === 'start_time' ? run.start : run.end;
        return actual !== null && (COMPARE[comparator]?.(actual, value) ?? false);
      },
    })),
  fc.constantFrom('IN', 'NOT IN').map(comparator => ({
    text: `run_id ${comparator} ('${'0'.repeat(32)}', 'x')`,
    holds: (run: PlainRun) => (run.id === '0'.repeat(32)) === (comparator === 'IN'),
  })),
);

interface Order {
  readonly text: string;
  value(run: PlainRun): number | string | null | undefined;
  readonly ascending: boolean;
}

const order: fc.Arbitrary<Order> = fc
  .tuple(
    fc.oneof(
      key.map(name => ({ text: `metrics.\`${name}\``, value: (run: PlainRun) => run.metrics[name] })),
      key.map(name => ({ text: `params.\`${name}\``, value: (run: PlainRun) => run.params[name] })),
      fc.constantFrom(
        { text: 'start_time', value: (run: PlainRun) => run.start },
        { text: 'end_time', value: (run: PlainRun) => run.end },
        { text: 'status', value: (run: PlainRun) => run.status },
        { text: 'run_name', value: (run: PlainRun) => run.name },
      ),
    ),
    fc.boolean(),
  )
  .map(([field, ascending]) => ({ ...field, ascending }));

const bytes = (a: number | string, b: number | string) =>
  typeof a === 'string' ? Buffer.compare(Buffer.from(a), Buffer.from(String(b))) : a - Number(b);
/** Values, then NaN, then nothing, either way. */
const rank = (value: unknown) => (value == null ? 2 : Number.isNaN(value) ? 1 : 0);

function compareRuns(orders: readonly Order[], a: PlainRun, b: PlainRun): number {
  for (const { value, ascending } of orders) {
    const [left, right] = [value(a), value(b)];
    const ranks = rank(left) - rank(right);
    if (ranks !== 0) return ranks;
    if (rank(left) !== 0) continue;
    const values = bytes(left ?? 0, right ?? 0);
    if (values !== 0) return ascending ? values : -values;
  }
  const byStart = orders.some(({ text }) => text === 'start_time') ? 0 : b.start - a.start;
  return byStart || bytes(a.id, b.id);
}

async function fill(store: Store, runs: readonly PlainRun[]): Promise<void> {
  await store.write(() => {
    for (const table of ['input_tags', 'inputs', 'datasets', 'tags', 'params', 'latest_metrics', 'runs'])
      store.run(`DELETE FROM ${table}`);
    for (const run of runs) insert(store, run);
  });
}

function insert(store: Store, run: PlainRun): void {
  store.run(
    `INSERT INTO runs (run_uuid, name, status, start_time, end_time, lifecycle_stage, experiment_id, source_type)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'LOCAL')`,
    run.id,
    'the tag counts',
    run.status,
    run.start,
    run.end,
    run.deleted ? 'deleted' : 'active',
    run.experiment,
  );
  store.run('UPDATE runs SET name = ? WHERE run_uuid = ?', run.name, run.id);
  for (const [name, value] of Object.entries({ ...run.tags, 'mlflow.runName': run.name }))
    store.run('INSERT INTO tags ("key", value, run_uuid) VALUES (?, ?, ?)', name, value, run.id);
  for (const [name, value] of Object.entries(run.params))
    store.run('INSERT INTO params ("key", value, run_uuid) VALUES (?, ?, ?)', name, value, run.id);
  for (const [name, value] of Object.entries(run.metrics))
    store.run(
      'INSERT INTO latest_metrics ("key", value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, 1, 0, ?, ?)',
      name,
      Number.isNaN(value) ? 0 : value,
      Number.isNaN(value) ? 1 : 0,
      run.id,
    );
  for (const [index, { name, context }] of run.datasets.entries()) {
    const id = `${run.id}-${index}`.slice(-36);
    store.run(
      `INSERT INTO datasets (dataset_uuid, experiment_id, name, digest, dataset_source_type, dataset_source)
       VALUES (?, ?, ?, ?, 'local', '{}')`,
      id,
      run.experiment,
      name,
      id,
    );
    store.run(
      `INSERT INTO inputs (input_uuid, source_type, source_id, destination_type, destination_id)
       VALUES (?, 'DATASET', ?, 'RUN', ?)`,
      id,
      id,
      run.id,
    );
    if (context !== undefined)
      store.run("INSERT INTO input_tags (input_uuid, name, value) VALUES (?, 'mlflow.data.context', ?)", id, context);
  }
}

async function openWithExperiments(): Promise<Store> {
  const { store } = await openTemp();
  await store.write(() => {
    for (const id of [1, 2])
      store.run("INSERT INTO experiments (experiment_id, name, lifecycle_stage) VALUES (?, ?, 'active')", id, `e${id}`);
  });
  return store;
}

test('finds what a plain look at every run finds, in the same order, page by page', async () => {
  const store = await openWithExperiments();
  const view = fc.constantFrom('active', 'deleted', 'all');
  const experiments = fc.constantFrom<readonly number[]>([1], [2], [1, 2], [1, 3]);
  await fc.assert(
    fc.asyncProperty(
      plainRuns,
      fc.array(part, { maxLength: 3 }),
      fc.uniqueArray(order, { maxLength: 2, selector: ({ text }) => text }),
      view,
      experiments,
      fc.integer({ min: 1, max: 4 }),
      async (runs, parts, orders, shown, ids, limit) => {
        await fill(store, runs);
        const expected = runs
          .filter(run => ids.includes(run.experiment) && parts.every(({ holds }) => holds(run)))
          .filter(({ deleted }) => shown === 'all' || deleted === (shown === 'deleted'))
          .sort((a, b) => compareRuns(orders, a, b));
        const query = {
          experimentIds: ids.map(String),
          filter: parts.map(({ text }) => text).join(' AND '),
          orderBy: orders.map(({ text, ascending }) => `${text} ${ascending ? 'ASC' : 'DESC'}`),
          view: shown,
          limit,
        } as const;
        const found: string[] = [];
        for (let token: string | null = ''; token !== null; ) {
          const page = searchRuns(store.db, { ...query, pageToken: token });
          expect(page.ids.length).toBeLessThanOrEqual(limit);
          found.push(...page.ids);
          token = page.nextPageToken;
        }
        expect({ query, found }).toEqual({ query, found: expected.map(({ id }) => id) });
      },
    ),
    { numRuns: 400 },
  );
}, 60_000);

test('NaN differs from every number, compares with none and stands between values and nothing', async () => {
  const store = await openWithExperiments();
  const run = (id: string, metrics: PlainRun['metrics']): PlainRun => ({
    id,
    experiment: 1,
    deleted: false,
    name: id,
    status: 'FINISHED',
    start: 1,
    end: null,
    metrics,
    params: {},
    tags: {},
    datasets: [],
  });
  await fill(store, [run('nan', { x: Number.NaN }), run('none', {}), run('one', { x: 1 }), run('zero', { x: 0 })]);
  const find = (filter: string, orderBy: readonly string[] = []) =>
    searchRuns(store.db, { experimentIds: ['1'], limit: 9, filter, orderBy }).ids;
  expect(find('metrics.x != 0')).toEqual(['nan', 'one']);
  expect(find('metrics.x = 0')).toEqual(['zero']);
  expect(find('metrics.x >= 0')).toEqual(['one', 'zero']);
  expect(find('', ['metrics.x DESC'])).toEqual(['one', 'zero', 'nan', 'none']);
  expect(find('', ['metrics.x ASC'])).toEqual(['zero', 'one', 'nan', 'none']);
});

describe('what cannot be', () => {
  test('no experiment, a wrong id, a page of nothing and a strange token are told', async () => {
    const store = await openWithExperiments();
    const search = (more: object) => () => searchRuns(store.db, { experimentIds: ['1'], limit: 10, ...more });
    const refused = expect.objectContaining({ code: 'FLAG_INVALID' });
    expect(search({ experimentIds: [] })).toThrow('names no experiment');
    expect(search({ experimentIds: ['1; DROP'] })).toThrow(refused);
    expect(search({ limit: 0 })).toThrow(refused);
    expect(search({ limit: 1.5 })).toThrow(refused);
    expect(search({ pageToken: 'x' })).toThrow(refused);
    expect(search({ filter: `params.a LIKE '${'%'.repeat(20_000)}'` })).toThrow('at most 10000');
    expect(search({ experimentIds: ['77'] })()).toEqual({ ids: [], nextPageToken: null });
  });

  test('more than SQLite takes at once', async () => {
    const { db } = await openWithExperiments();
    const of = (count: number) => Array.from({ length: count }, (_, index) => `metrics.m${index}`);
    const query = { experimentIds: ['1'], limit: 5 };
    const filterOf = (count: number) =>
      of(count)
        .map(key => `${key} > 1`)
        .join(' AND ');
    expect(searchRuns(db, { ...query, orderBy: of(60), filter: filterOf(490) }).ids).toEqual([]);
    for (const more of [{ orderBy: of(61) }, { filter: filterOf(500) }])
      expect(() => searchRuns(db, { ...query, ...more })).toThrow(expect.objectContaining({ code: 'FLAG_INVALID' }));
  });

  test('a page beyond the end is empty', async () => {
    const store = await openWithExperiments();
    const pageToken = Buffer.from('{"offset":99}').toString('base64');
    expect(searchRuns(store.db, { experimentIds: ['1'], limit: 5, pageToken })).toEqual({
      ids: [],
      nextPageToken: null,
    });
  });

  test('ten thousand ids are one value to bind', async () => {
    const store = await openWithExperiments();
    const ids = Array.from({ length: 10_000 }, (_, index) => `'${index}'`).join();
    const short = ids.slice(0, 90_000).replace(/,[^,]*$/, '');
    expect(searchRuns(store.db, { experimentIds: ['1'], limit: 5, filter: `run_id IN (${short})` }).ids).toEqual([]);
  });
});

test('every part of a search for runs goes through an index', async () => {
  const store = await openWithExperiments();
  const plans: string[] = [];
  const db = new Proxy(store.db, {
    get: (target, name) =>
      name !== 'prepare'
        ? Reflect.get(target, name)
        : (text: string) => ({
            all: (...values: string[]) => {
              const rows = target.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...values);
              plans.push(...rows.map(row => String(row['detail'])));
              return [];
            },
          }),
  });
  const filter = "metrics.a > 1 AND params.b = 'x' AND tags.c IS NULL AND run_name LIKE 'x%'";
  searchRuns(db, { experimentIds: ['1'], limit: 5, filter, orderBy: ['metrics.d DESC', 'tags.e'] });
  const tables = plans.filter(plan => /^(SCAN|SEARCH) [to]\d?\b/.test(plan));
  expect(tables).toHaveLength(6);
  for (const plan of tables) expect(plan).toMatch(/^SEARCH .* USING (COVERING )?INDEX .*\(key=\? AND run_uuid=\?\)/);
});
