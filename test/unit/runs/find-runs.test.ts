import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReportEvent } from '../../../src/lib/core/report.ts';
import { findBestRun } from '../../../src/lib/runs/best-run.ts';
import { compareRows } from '../../../src/lib/runs/compare-rows.ts';
import { compareRuns } from '../../../src/lib/runs/compare-runs.ts';
import { describeRun } from '../../../src/lib/runs/describe-run.ts';
import { listRuns } from '../../../src/lib/runs/list-runs.ts';
import { plotRuns } from '../../../src/lib/runs/plot-runs.ts';
import { makeRunsStore, type RunsStore } from './runs-store.ts';

let store: RunsStore;
let empty: RunsStore;
let ids: { readonly parent: string; readonly lr: string; readonly rf: string; readonly other: string };

beforeAll(async () => {
  empty = await makeRunsStore();
  store = await makeRunsStore();
  const params = { seed: '42' };
  const parent = await store.add({ name: 'parent', status: 'FINISHED' });
  const lr = { accuracy: 0.81, loss: [0.9, 0.5, 0.3], late: Number.NaN };
  ids = {
    parent,
    lr: await store.add({
      name: 'lr',
      parent,
      metrics: lr,
      params: { ...params, regParam: '0.1' },
      status: 'FINISHED',
    }),
    rf: await store.add({ name: 'rf', parent, metrics: { accuracy: 0.78, loss: 0.2 }, params, status: 'FAILED' }),
    other: await store.add({ name: 'other', experiment: 'second', metrics: { accuracy: 0.99 } }),
  };
});
afterAll(() => {
  store.remove();
  empty.remove();
});

const names = (list: { readonly items: readonly { readonly name: string }[] }) => list.items.map(({ name }) => name);

describe('listRuns', () => {
  const list = (more: Partial<Parameters<typeof listRuns>[0]> = {}, where = store) =>
    listRuns({ ...where.base, experiments: ['reviews'], limit: 100, ...more });

  test('the newest come first, with what tells them apart and what does not', async () => {
    const found = await list();
    expect(names(found)).toEqual(['rf', 'lr', 'parent']);
    expect(found.varying.map(({ key }) => key)).toEqual(['accuracy', 'loss', 'late', 'regParam']);
    expect(found.same).toEqual([{ kind: 'param', key: 'seed', value: '42' }]);
    expect(found.items[1]).toMatchObject({
      runId: ids.lr,
      experiment: 'reviews',
      parentRunId: ids.parent,
      metrics: { accuracy: 0.81, loss: 0.3, late: null },
      seconds: 10,
      startedAt: '2026-01-01T00:00:02.000Z',
    });
  });

  test('a filter that finds nothing because of a typing mistake says so; one that is right does not', async () => {
    const notes: ReportEvent[] = [];
    const look = (filter: string) => list({ filter, report: event => void notes.push(event) });
    await look("metrics.acuracy > 0 and params.regparam = '1' and metrics.acuracy < 1 and tags.x = 'y'");
    expect(notes).toEqual([
      { type: 'note', level: 'warn', message: 'no run has the metric "acuracy"; did you mean accuracy?' },
      { type: 'note', level: 'warn', message: 'no run has the parameter "regparam"; did you mean regParam?' },
    ]);
    expect(names(await look('metrics.accuracy > 7'))).toEqual([]);
    expect(names(await look('metrics.accuracy > 0.8'))).toEqual(['lr']);
    expect(notes).toHaveLength(2);
  });

  test("where the project's experiment does not exist yet all are looked at, else only that one", async () => {
    expect(names(await list({ experiments: [] }))).toEqual(['other', 'rf', 'lr', 'parent']);
    const own = await makeRunsStore();
    await own.add({ name: 'mine', experiment: 'sentiment-analysis-pipeline' });
    await own.add({ name: 'theirs' });
    expect(names(await list({ experiments: [] }, own))).toEqual(['mine']);
    expect(names(await list({ experiments: [], everywhere: true }, own))).toEqual(['theirs', 'mine']);
    own.remove();
  });

  test('filter, status, parent and order narrow and sort', async () => {
    expect(names(await list({ filter: 'metrics.accuracy > 0.8' }))).toEqual(['lr']);
    expect(names(await list({ status: 'FAILED' }))).toEqual(['rf']);
    expect(names(await list({ experiments: [], parent: 'parent' }))).toEqual(['rf', 'lr']);
    expect(names(await list({ parent: 'parent', status: 'FINISHED', filter: 'metrics.loss < 1' }))).toEqual(['lr']);
    expect(names(await list({ orderBy: ['metrics.loss ASC'] }))).toEqual(['rf', 'lr', 'parent']);
  });

  test('a page says where the next one begins', async () => {
    const first = await list({ limit: 2 });
    expect(names(first)).toEqual(['rf', 'lr']);
    const second = await list({ limit: 2, pageToken: first.nextPageToken ?? '' });
    expect([names(second), second.nextPageToken]).toEqual([['parent'], null]);
  });

  test('an empty store is an empty list', async () => {
    expect(await list({ experiments: [] }, empty)).toMatchObject({ items: [], varying: [], same: [] });
  });
});

describe('findBestRun', () => {
  const best = (more: Partial<Parameters<typeof findBestRun>[0]> = {}, where = store) =>
    findBestRun({ ...where.base, experiments: ['reviews'], metric: 'accuracy', ...more });

  test('takes the greatest accuracy and tells who comes next', async () => {
    const found = await best({ min: '0.75' });
    expect(found).toMatchObject({ value: 0.81, mode: 'max', gate: { met: true, min: 0.75, max: null } });
    expect(found.run.runId).toBe(ids.lr);
    expect(found.runnersUp).toEqual([{ runId: ids.rf, name: 'rf', value: 0.78 }]);
  });

  test('takes the least loss, unless told otherwise', async () => {
    expect((await best({ metric: 'loss' })).run.name).toBe('rf');
    expect((await best({ metric: 'loss', mode: 'max' })).run.name).toBe('lr');
  });

  test('a bound that is missed is told, not thrown', async () => {
    expect((await best({ min: '0.82' })).gate).toEqual({ met: false, min: 0.82, max: null });
    expect((await best({ metric: 'loss', max: '0.1' })).gate?.met).toBe(false);
    expect((await best({ metric: 'loss', max: '0.2' })).gate?.met).toBe(true);
    expect((await best()).gate).toBe(null);
    await expect(best({ min: 'much' })).rejects.toMatchObject({ code: 'FLAG_INVALID' });
  });

  test('a run without the metric, or with NaN, is no answer though MLflow gives it', async () => {
    await expect(best({ metric: 'acuracy' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      hint: 'did you mean accuracy?',
    });
    await expect(best({ metric: 'late' })).rejects.toMatchObject({ code: 'NOT_FOUND', message: /is a number/ });
    await expect(best({ status: 'KILLED' })).rejects.toMatchObject({ code: 'NOT_FOUND', message: 'no run matches' });
    await expect(best({ experiments: [] }, empty)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('looks only where it is told to', async () => {
    expect((await best({ experiments: ['reviews', 'second'] })).run.name).toBe('other');
    expect((await best({ filter: 'metrics.accuracy < 0.8' })).run.name).toBe('rf');
  });
});

describe('compareRuns', () => {
  const compare = (more: Partial<Parameters<typeof compareRuns>[0]> = {}) =>
    compareRuns({ ...store.base, runs: [], experiments: [], limit: 10, all: false, tags: false, metrics: [], ...more });

  test('runs that are named, in the order of their names', async () => {
    const { runs, values } = await compare({ runs: ['rf', ids.lr.slice(0, 8)] });
    expect(runs.map(({ label }) => label)).toEqual(['rf', 'lr']);
    expect(values.map(({ key }) => key)).toEqual(['status', 'accuracy', 'loss', 'late', 'regParam']);
  });

  test('runs of a search, without those that only hold others together', async () => {
    const { runs } = await compare({ experiments: ['reviews'] });
    expect(runs.map(({ label }) => label)).toEqual(['rf', 'lr']);
  });

  test('a parent with numbers of its own is no rival of its children, and takes no place of theirs', async () => {
    const own = await makeRunsStore();
    for (const year of ['2024', '2025']) {
      const parent = await own.add({ name: `parent ${year}`, metrics: { best_accuracy: 0.9 } });
      await own.add({ name: year, parent, metrics: { accuracy: 0.9 } });
    }
    const { runs, values } = await compare({ ...own.base, experiments: ['reviews'], limit: 2 });
    expect(runs.map(({ label }) => label)).toEqual(['2025', '2024']);
    expect(values.map(({ key }) => key)).not.toContain('best_accuracy');
    expect((await compare({ ...own.base, filter: 'metrics.best_accuracy > 0' })).runs).toHaveLength(2);
    own.remove();
  });

  test('only the metrics that are asked for', async () => {
    const { values } = await compare({ parent: 'parent', metrics: ['loss'] });
    expect(values.filter(({ kind }) => kind === 'metric').map(({ key }) => key)).toEqual(['loss']);
    await expect(compare({ parent: 'parent', metrics: ['los'] })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('fewer than two runs are no comparison', async () => {
    await expect(compare({ runs: ['lr'] })).rejects.toMatchObject({ code: 'USAGE' });
    await expect(compare({ runs: ['lr', ids.lr] })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(compare({ experiments: ['second'] })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test.for(['svg', 'png'])('draws a picture as %s: histories where there are steps', async kind => {
    const { plot } = await compare({ runs: ['lr', 'rf'], metrics: ['loss'], plot: `plots/loss.${kind}` });
    const { default: fs } = await import('node:fs');
    const bytes = fs.readFileSync(plot ?? '');
    if (kind === 'png') expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    else expect(bytes.toString()).toMatch(/<title.*>loss by step<\/title>[\s\S]*lr: from 0.9 to 0.3/);
  });

  test('a metric without steps is drawn run by run, and a strange file refused before anything is read', async () => {
    const { plot } = await compare({ runs: ['lr', 'rf'], metrics: ['accuracy'], plot: 'accuracy.svg' });
    const { default: fs } = await import('node:fs');
    expect(fs.readFileSync(plot ?? '', 'utf8')).toContain('accuracy: lr 0.81, rf 0.78');
    await expect(compare({ runs: ['lr', 'rf'], plot: 'plot.gif' })).rejects.toMatchObject({ code: 'FLAG_INVALID' });
  });
});

test('a picture of very many runs shows the first fifty', async () => {
  const own = await makeRunsStore();
  for (let index = 0; index < 52; index += 1) await own.add({ name: `r${index}`, metrics: { f1: index / 100 } });
  const rows = await listRuns({ ...own.base, experiments: ['reviews'], limit: 100 });
  const file = await own.use(tracker =>
    plotRuns(tracker, rows.items, compareRows(rows.items), { file: 'f1.svg', cwd: own.dir, metrics: ['f1'] }),
  );
  const { default: fs } = await import('node:fs');
  const svg = fs.readFileSync(file, 'utf8');
  expect(svg).toContain('Metrics of the first 50 of 52 runs');
  expect(svg).toContain('r2 0.02.');
  own.remove();
});

describe('describeRun', () => {
  test('tells of a run, its course, its children and its files', async () => {
    const parent = await describeRun({ ...store.base, run: 'parent' });
    expect(parent.children.map(({ name }) => name)).toEqual(['lr', 'rf']);
    expect(parent).toMatchObject({ histories: [], artifacts: [], models: [] });
    const lr = await describeRun({ ...store.base, run: 'lr' });
    expect(lr.histories).toEqual([{ metric: 'loss', points: 3, first: 0.9, last: 0.3, values: [0.9, 0.5, 0.3] }]);
  });
});
