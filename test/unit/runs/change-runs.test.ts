import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { moveRuns, tagRun } from '../../../src/lib/runs/change-runs.ts';
import {
  createExperiment,
  describeExperiment,
  listExperimentRows,
  moveExperiment,
  renameExperiment,
  tagExperiment,
} from '../../../src/lib/runs/experiments.ts';
import { exportRuns } from '../../../src/lib/runs/export-runs.ts';
import { makeRunsStore, type RunsStore } from './runs-store.ts';

let store: RunsStore;
let parent: string;
let child: string;

beforeEach(async () => {
  store = await makeRunsStore();
  parent = await store.add({ name: 'parent', tags: { team: 'a' } });
  const metrics = { loss: [0.5, Number.NaN, 0.2] };
  child = await store.add({ name: 'child, "first"', parent, metrics, params: { n: '=1' } });
});
afterEach(() => store.remove());

const asked: string[] = [];
const yes = async (question: string) => void asked.push(question);
const no = async () => {
  throw new Error('the answer was no');
};
const lifecycle = async (id: string) => (await store.use(tracker => tracker.runs.get(id)))?.lifecycle;

describe('moveRuns', () => {
  const move = (more: Partial<Parameters<typeof moveRuns>[0]>) =>
    moveRuns({ ...store.base, runs: [parent], to: 'deleted', children: false, consent: yes, dryRun: false, ...more });

  test('deletes and restores, a second time without a word', async () => {
    asked.length = 0;
    expect((await move({ runs: ['parent'] })).runs).toMatchObject([{ runId: parent, was: 'active', is: 'deleted' }]);
    expect(asked).toEqual([`Delete run parent (${parent.slice(0, 8)})?`]);
    expect((await move({})).runs).toMatchObject([{ was: 'deleted', is: 'deleted' }]);
    expect((await move({ runs: ['parent'] })).runs).toMatchObject([{ was: 'deleted', is: 'deleted' }]);
    expect(await lifecycle(child)).toBe('active');
    expect((await move({ runs: ['parent'], to: 'active' })).runs).toMatchObject([{ is: 'active' }]);
    expect((await move({ runs: ['parent'], to: 'active' })).runs).toMatchObject([{ was: 'active', is: 'active' }]);
    expect(await lifecycle(parent)).toBe('active');
  });

  test('takes the nested ones along where that is asked for, there and back', async () => {
    expect((await move({ children: true })).runs.map(run => run.children)).toEqual([false, true]);
    expect(await lifecycle(child)).toBe('deleted');
    await move({ children: true, to: 'active' });
    expect(await lifecycle(child)).toBe('active');
  });

  test('takes all of the nested ones along, also those that are nested in them', async () => {
    const grandchild = await store.add({ name: 'grandchild', parent: child });
    await store.use(async tracker => {
      const { experimentId } = (await tracker.runs.get(parent)) ?? {};
      for (let index = 0; index < 210; index += 1)
        await tracker.runs.create({ experimentId: experimentId ?? '', name: `trial-${index}`, parentRunId: parent });
    });
    expect((await move({ children: true })).runs).toHaveLength(213);
    expect(await lifecycle(grandchild)).toBe('deleted');
    expect((await move({ children: true, to: 'active' })).runs).toHaveLength(213);
    expect(await lifecycle(grandchild)).toBe('active');
  });

  test('changes nothing where one of them is not there, on a dry run, and where the answer is no', async () => {
    await expect(move({ runs: [parent, 'nobody'] })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(move({ consent: no })).rejects.toThrow('the answer was no');
    expect((await move({ dryRun: true, consent: no })).runs).toMatchObject([{ is: 'active' }]);
    await expect(move({ runs: [] })).rejects.toMatchObject({ code: 'USAGE' });
    expect(await lifecycle(parent)).toBe('active');
  });
});

describe('tags', () => {
  const tag = (set: Record<string, string>, remove: string[] = [], dryRun = false) =>
    tagRun({ ...store.base, run: parent, set, remove, dryRun });
  const tags = async () => (await store.use(tracker => tracker.runs.get(parent)))?.tags;

  test('are set and deleted, with what was before', async () => {
    expect((await tag({ team: 'b', new: 'x' }, [])).changes).toEqual([
      { key: 'team', before: 'a', after: 'b' },
      { key: 'new', before: null, after: 'x' },
    ]);
    expect(await tags()).toMatchObject({ team: 'b', new: 'x' });
    await tag({}, ['team']);
    expect(await tags()).not.toHaveProperty('team');
  });

  test('a tag to delete that is not there stops everything', async () => {
    await expect(tag({ new: 'x' }, ['constructor'])).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(tag({ team: 'x' }, ['team'])).rejects.toMatchObject({ code: 'FLAG_INVALID' });
    await tag({ new: 'x' }, [], true);
    expect(await tags()).not.toHaveProperty('new');
  });

  test('of experiments too', async () => {
    const request = { ...store.base, experiment: 'reviews', dryRun: false };
    await tagExperiment({ ...request, set: { a: '1', b: '2' }, remove: [] });
    await tagExperiment({ ...request, set: { a: '3' }, remove: ['b'] });
    const found = await describeExperiment({ ...store.base, experiment: 'reviews', limit: 5 });
    expect(found.experiment.tags).toEqual({ a: '3' });
    expect(found.runs.items.map(({ name }) => name)).toEqual(['child, "first"', 'parent']);
  });
});

describe('experiments', () => {
  const names = async (view: 'active' | 'deleted' | 'all' = 'active') =>
    (await listExperimentRows({ ...store.base, view, limit: 10 })).items.map(({ name }) => name).sort();
  const create = (name: string, more: { ifMissing?: boolean; dryRun?: boolean } = {}) =>
    createExperiment({ ...store.base, name, tags: { a: 'b' }, ifMissing: false, dryRun: false, ...more });
  const move = (experiment: string, to: 'active' | 'deleted', consent = yes, dryRun = false) =>
    moveExperiment({ ...store.base, experiment, to, consent, dryRun });

  test('are made once', async () => {
    expect(await create('new', { dryRun: true })).toMatchObject({ experimentId: null });
    expect(await names()).toEqual(['Default', 'reviews']);
    const { experimentId } = await create('new');
    expect(await names()).toEqual(['Default', 'new', 'reviews']);
    await expect(create('new')).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await create('new', { ifMissing: true })).toMatchObject({ experimentId, was: 'active' });
  });

  test('are renamed to what is free', async () => {
    const rename = (name: string) => renameExperiment({ ...store.base, experiment: 'reviews', name, dryRun: false });
    await expect(rename('Default')).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await rename('reviews')).toMatchObject({ was: 'reviews', is: 'reviews' });
    await rename('kept');
    expect(await names()).toEqual(['Default', 'kept']);
  });

  test('are deleted with a yes and brought back without', async () => {
    await expect(move('reviews', 'deleted', no)).rejects.toThrow('the answer was no');
    await move('reviews', 'deleted', no, true);
    expect(await names()).toEqual(['Default', 'reviews']);
    await move('reviews', 'deleted');
    expect([await names(), await names('deleted')]).toEqual([['Default'], ['reviews']]);
    // The name stays taken: who wants it is told how to get it.
    await expect(create('reviews', { ifMissing: true })).rejects.toMatchObject({
      code: 'CONFLICT',
      hint: expect.stringContaining('sentops experiment restore'),
    });
    expect(await move('reviews', 'deleted', no)).toMatchObject({ was: 'deleted' });
    await move('reviews', 'active', no);
    expect(await names()).toEqual(['Default', 'reviews']);
  });

  test('whoever deletes Default is told what that breaks', async () => {
    asked.length = 0;
    await move('0', 'deleted');
    expect(asked).toEqual([
      'Delete experiment Default with its runs; runs of programs that name no experiment will fail then?',
    ]);
  });
});

describe('exportRuns', () => {
  const exported = (output?: string, dryRun = false) => exportRuns({ ...store.base, runs: [child], output, dryRun });
  const read = (file: string) => fs.readFileSync(path.join(store.dir, file), 'utf8');

  test('has every value of every metric, NaN included', async () => {
    const { items, values } = await exported();
    expect(values).toBe(items.length);
    const metrics = items.filter(({ kind }) => kind === 'metric');
    expect(metrics.map(({ step, value }) => [step, value])).toEqual([
      [1, 0.5],
      [2, null],
      [3, 0.2],
    ]);
    expect(items).toContainEqual(expect.objectContaining({ kind: 'param', key: 'n', value: '=1', step: null }));
  });

  test('is written whole, as the name of the file says', async () => {
    expect(await exported('out/run.csv')).toMatchObject({ items: [], file: path.join(store.dir, 'out/run.csv') });
    const lines = read('out/run.csv').split('\r\n');
    expect(lines[0]).toBe('runId,run,experiment,kind,key,value,step,timestamp');
    expect(lines).toContain(`${child},"child, ""first""",reviews,metric,loss,NaN,2,1970-01-01T00:00:01.001Z`);
    await exported('run.jsonl');
    expect(
      read('run.jsonl')
        .trim()
        .split('\n')
        .map(line => JSON.parse(line).key),
    ).toContain('loss');
    await exported('run.json');
    expect(JSON.parse(read('run.json')).runs[0].metrics).toEqual({ loss: 0.2 });
  });

  test('says what is wrong before it writes', async () => {
    await expect(exported('run.txt')).rejects.toMatchObject({ code: 'FLAG_INVALID' });
    await exported('dry.csv', true);
    expect(fs.existsSync(path.join(store.dir, 'dry.csv'))).toBe(false);
  });
});
