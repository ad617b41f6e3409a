import { randomBytes } from 'node:crypto';
import type { ErrorCode, Experiment, Experiments, Metric, Page, Run, Runs, Tracker, View } from 'sentops/plugin';

type Change<Entity> = { -readonly [Key in keyof Entity]?: Entity[Key] };

/** Keeps experiments and runs in memory, as long as the process lives. Artifacts and models it refuses. */
export default function createTracker(): Tracker {
  const experiments = new Map<string, Experiment>();
  const runs = new Map<string, Run>();
  return {
    uri: 'memory:',
    experiments: createExperiments(experiments, runs),
    runs: createRuns(runs, experiments),
    artifacts: refused('artifacts'),
    loggedModels: refused('logged models'),
    models: refused('registered models'),
    async close() {},
  };
}

function createExperiments(all: Map<string, Experiment>, runs: Map<string, Run>): Experiments {
  const named = (name: string) => [...all.values()].find(experiment => experiment.name === name);
  const change = (id: string, values: Change<Experiment>) => {
    all.set(id, { ...need(all, id, 'experiment'), ...values, updatedAt: Date.now() });
  };
  const mark = (id: string, lifecycle: Experiment['lifecycle']) => {
    if (need(all, id, 'experiment').lifecycle === lifecycle) throw failure('NOT_FOUND', `experiment ${id} is ${lifecycle} already`);
    change(id, { lifecycle });
    for (const run of runs.values()) if (run.experimentId === id) runs.set(run.runId, { ...run, lifecycle });
  };
  return {
    async create({ name, artifactLocation = 'memory:', tags = {} }) {
      if (name === '') throw failure('FLAG_INVALID', 'the name of the experiment is empty');
      if (named(name)) throw failure('CONFLICT', `there is an experiment ${name} already`);
      const experimentId = String(all.size + 1);
      all.set(experimentId, { experimentId, name, artifactLocation, lifecycle: 'active', createdAt: Date.now(), updatedAt: Date.now(), tags });
      return experimentId;
    },
    get: async id => all.get(id) ?? null,
    find: async name => named(name) ?? null,
    search: async ({ view, ...query }) => pageOf([...all.values()].reverse(), view, query),
    async rename(id, name) {
      if (named(name)) throw failure('CONFLICT', `there is an experiment ${name} already`);
      change(id, { name });
    },
    delete: async id => mark(id, 'deleted'),
    restore: async id => mark(id, 'active'),
    setTag: async (id, key, value) => change(id, { tags: { ...need(all, id, 'experiment').tags, [key]: value } }),
    deleteTag: async (id, key) => change(id, { tags: without(need(all, id, 'experiment').tags, key) }),
  };
}

function createRuns(all: Map<string, Run>, experiments: Map<string, Experiment>): Runs {
  const histories = new Map<string, Metric[]>();
  const change = (id: string, values: Change<Run>) => {
    all.set(id, { ...need(all, id, 'run'), ...values });
  };
  return {
    async create({ experimentId, name, userId = '', startTime = Date.now(), parentRunId, tags = {} }) {
      if (need(experiments, experimentId, 'experiment').lifecycle === 'deleted') throw failure('CONFLICT', `experiment ${experimentId} is deleted`);
      const runId = randomBytes(16).toString('hex');
      const parent = parentRunId === undefined ? {} : { 'mlflow.parentRunId': parentRunId };
      const run: Run = {
        runId, experimentId, userId, startTime,
        name: name ?? runId.slice(0, 8),
        status: 'RUNNING', endTime: null, lifecycle: 'active', artifactUri: `memory:${runId}`,
        params: {}, metrics: [], tags: { ...tags, ...parent, 'mlflow.runName': name ?? runId.slice(0, 8) }, inputs: [], outputs: [],
      };
      all.set(runId, run);
      return run;
    },
    get: async id => all.get(id) ?? null,
    async update(id, { status, endTime, name }) {
      const ends = status !== undefined && status !== 'RUNNING' && status !== 'SCHEDULED';
      const end = endTime ?? (ends ? Date.now() : need(all, id, 'run').endTime);
      change(id, { ...(status && { status }), ...(name && { name }), endTime: end });
    },
    search: async ({ experimentIds, view, ...query }) =>
      pageOf([...all.values()].reverse().filter(run => experimentIds.includes(run.experimentId)), view, query),
    async log(id, { metrics = [], params = {}, tags = {} }) {
      const run = need(all, id, 'run');
      if (run.lifecycle === 'deleted') throw failure('CONFLICT', `run ${id} is deleted`);
      const changed = Object.keys(params).find(key => (run.params[key] ?? params[key]) !== params[key]);
      if (changed !== undefined) throw failure('CONFLICT', `parameter ${changed} is written once`);
      const history = [...(histories.get(id) ?? []), ...metrics].sort(inOrder);
      histories.set(id, history);
      const latest = new Map(history.map(metric => [metric.key, metric]));
      const sorted = [...latest.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
      change(id, { metrics: sorted, params: { ...run.params, ...params }, tags: { ...run.tags, ...tags } });
    },
    deleteTag: async (id, key) => change(id, { tags: without(need(all, id, 'run').tags, key) }),
    logInputs: async (id, inputs) => change(id, { inputs: [...need(all, id, 'run').inputs, ...inputs] }),
    logOutputs: async (id, outputs) => change(id, { outputs: [...need(all, id, 'run').outputs, ...outputs] }),
    logModelInputs: async (id, ids) => change(id, { modelInputs: [...(need(all, id, 'run').modelInputs ?? []), ...ids] }),
    async history(id, key, page) {
      need(all, id, 'run');
      return cut((histories.get(id) ?? []).filter(metric => metric.key === key), page);
    },
    delete: async id => change(id, { lifecycle: 'deleted' }),
    restore: async id => change(id, { lifecycle: 'active' }),
  };
}

interface Query {
  readonly filter?: string;
  readonly orderBy?: readonly string[];
  readonly limit: number;
  readonly pageToken?: string;
}

/** A filter that is not understood must never be left out: what it keeps away would be shown. */
function pageOf<Item extends { lifecycle: string }>(items: Item[], view: View = 'active', query: Query): Page<Item> {
  if (query.filter || query.orderBy?.length) throw failure('FLAG_INVALID', 'this tracker neither filters nor orders');
  return cut(items.filter(item => view === 'all' || item.lifecycle === view), query);
}

function cut<Item>(items: Item[], { limit, pageToken = '0' }: Query): Page<Item> {
  const end = Number(pageToken) + limit;
  return { items: items.slice(Number(pageToken), end), nextPageToken: end < items.length ? String(end) : null };
}

function inOrder(a: Metric, b: Metric): number {
  return a.step - b.step || a.timestamp - b.timestamp || a.value - b.value;
}

function need<Entity>(all: Map<string, Entity>, id: string, what: string): Entity {
  const found = all.get(id);
  if (!found) throw failure('NOT_FOUND', `there is no ${what} ${id}`);
  return found;
}

function without(tags: Readonly<Record<string, string>>, key: string): Record<string, string> {
  if (!Object.hasOwn(tags, key)) throw failure('NOT_FOUND', `there is no tag ${key}`);
  return Object.fromEntries(Object.entries(tags).filter(([name]) => name !== key));
}

/** A part of the port that is not there: whatever is called says so. */
function refused<Part extends object>(part: string): Part {
  const refuse = () => {
    throw failure('FLAG_INVALID', `this tracker keeps no ${part}`, 'name a tracker that does, such as an MLflow server');
  };
  return new Proxy({} as Part, { get: (_, member) => (member === 'then' ? undefined : refuse) });
}

/** An error of sentops' own table is known by its name: the plugin needs no copy of sentops to run. */
function failure(code: ErrorCode, message: string, hint?: string): Error {
  return Object.assign(new Error(message), { name: 'SentopsError', code, ...(hint && { hint }) });
}
