import { SentopsError } from '../../src/lib/core/errors.ts';
import type { Experiment, Metric, Run } from '../../src/lib/tracking/entities.ts';
import type { Experiments, Page, RunQuery, Runs, Tracker } from '../../src/lib/tracking/types.ts';

export interface FakeTracker extends Tracker {
  /** Names of the calls so far, to count them. */
  readonly calls: string[];
}

/**
 * Experiments and runs in memory, for tests of what stands on the port. Of the filter language it knows `and`, the
 * comparisons and LIKE; a thing that it does not know is an error of the test. Artifacts and models are not there.
 */
export function createFakeTracker(): FakeTracker {
  const calls: string[] = [];
  const experiments = new Map<string, Experiment>();
  const runs = new Map<string, Run>();
  const metrics = new Map<string, Metric[]>();
  const counted = <T extends object>(name: string, port: T): T =>
    new Proxy(port, {
      get(target, key, receiver) {
        calls.push(`${name}.${String(key)}`);
        return Reflect.get(target, key, receiver);
      },
    });
  return {
    uri: 'memory:',
    calls,
    experiments: counted('experiments', fakeExperiments(experiments)),
    runs: counted('runs', fakeRuns(runs, metrics, experiments)),
    artifacts: {
      list: async () => [],
      read: () => absent('artifact'),
      write: () => absent('artifact'),
      delete: () => absent('artifact'),
    },
    loggedModels: absentPort<Tracker['loggedModels']>('loggedModels'),
    models: absentPort<Tracker['models']>('models'),
    close: async () => {},
  };
}

function fakeExperiments(experiments: Map<string, Experiment>): Experiments {
  const find = (id: string) => experiments.get(id) ?? absent(`experiment ${id}`);
  const change = (id: string, values: Partial<Experiment>) => void experiments.set(id, { ...find(id), ...values });
  return {
    async create({ name, artifactLocation, tags }) {
      if ([...experiments.values()].some(experiment => experiment.name === name))
        throw new SentopsError('CONFLICT', `experiment ${name} is there already`);
      const experimentId = String(experiments.size);
      const at = 1000 + experiments.size;
      experiments.set(experimentId, {
        experimentId,
        name,
        artifactLocation: artifactLocation ?? `file:///artifacts/${experimentId}`,
        lifecycle: 'active',
        createdAt: at,
        updatedAt: at,
        tags: tags ?? {},
      });
      return experimentId;
    },
    get: async id => experiments.get(id) ?? null,
    find: async name => [...experiments.values()].find(experiment => experiment.name === name) ?? null,
    async search({ view = 'active', limit, pageToken }) {
      const found = [...experiments.values()].filter(({ lifecycle }) => view === 'all' || lifecycle === view);
      return page(found.toReversed(), limit, pageToken);
    },
    rename: async (id, name) => change(id, { name }),
    delete: async id => change(id, { lifecycle: 'deleted' }),
    restore: async id => change(id, { lifecycle: 'active' }),
    setTag: async (id, key, value) => change(id, { tags: { ...find(id).tags, [key]: value } }),
    deleteTag: async (id, key) => change(id, { tags: without(find(id).tags, key) }),
  };
}

function fakeRuns(
  runs: Map<string, Run>,
  histories: Map<string, Metric[]>,
  experiments: Map<string, Experiment>,
): Runs {
  const find = (id: string) => runs.get(id) ?? absent(`run ${id}`);
  const change = (id: string, values: Partial<Run>) => void runs.set(id, { ...find(id), ...values });
  return {
    async create({ experimentId, name, userId = '', startTime = Date.now(), parentRunId, tags }) {
      if (!experiments.has(experimentId)) absent(`experiment ${experimentId}`);
      const runId = fakeRunId(runs.size);
      const parent = parentRunId === undefined ? {} : { 'mlflow.parentRunId': parentRunId };
      const run: Run = {
        runId,
        experimentId,
        name: name ?? `run-${runs.size}`,
        status: 'RUNNING',
        userId,
        startTime,
        endTime: null,
        lifecycle: 'active',
        artifactUri: `file:///artifacts/${experimentId}/${runId}/artifacts`,
        params: {},
        metrics: [],
        tags: { ...tags, ...parent },
        inputs: [],
        outputs: [],
      };
      runs.set(runId, run);
      return run;
    },
    get: async id => runs.get(id) ?? null,
    async update(id, { status, endTime, name }) {
      const ends = status !== undefined && status !== 'RUNNING' && status !== 'SCHEDULED';
      change(id, {
        ...(status === undefined ? {} : { status }),
        ...(name === undefined ? {} : { name }),
        ...(endTime === undefined && !ends ? {} : { endTime: endTime ?? Date.now() }),
      });
    },
    search: async query => page(select([...runs.values()], query), query.limit, query.pageToken),
    async log(id, values) {
      const run = find(id);
      for (const [key, value] of Object.entries(values.params ?? {})) {
        if ((run.params[key] ?? value) !== value) throw new SentopsError('CONFLICT', `parameter ${key} would change`);
      }
      const history = [...(histories.get(id) ?? []), ...(values.metrics ?? [])].sort(byStep);
      histories.set(id, history);
      const latest = new Map(history.map(metric => [metric.key, metric]));
      change(id, {
        params: { ...run.params, ...values.params },
        tags: { ...run.tags, ...values.tags },
        metrics: [...latest.values()].sort((a, b) => (a.key < b.key ? -1 : 1)),
      });
    },
    deleteTag: async (id, key) => change(id, { tags: without(find(id).tags, key) }),
    logInputs: async (id, inputs) => change(id, { inputs: [...find(id).inputs, ...inputs] }),
    logModelInputs: async id => void find(id),
    logOutputs: async (id, outputs) => change(id, { outputs: [...find(id).outputs, ...outputs] }),
    history: async (id, key, { limit, pageToken }) =>
      page(
        (histories.get(find(id).runId) ?? []).filter(metric => metric.key === key),
        limit,
        pageToken,
      ),
    delete: async id => change(id, { lifecycle: 'deleted' }),
    restore: async id => change(id, { lifecycle: 'active' }),
  };
}

/** The id of the nth run: 32 digits that look like nothing else, the first eight all different. */
function fakeRunId(index: number): string {
  return (0xabc00000 + index).toString(16).padEnd(32, '0123456789abcdef');
}

function byStep(a: Metric, b: Metric): number {
  return a.step - b.step || a.timestamp - b.timestamp || a.value - b.value;
}

function without(values: Readonly<Record<string, string>>, key: string): Record<string, string> {
  if (values[key] === undefined) absent(`tag ${key}`);
  return Object.fromEntries(Object.entries(values).filter(([name]) => name !== key));
}

function page<Item>(items: readonly Item[], limit: number, token = '0'): Page<Item> {
  const end = Number(token) + limit;
  return { items: items.slice(Number(token), end), nextPageToken: end < items.length ? String(end) : null };
}

function select(runs: readonly Run[], { experimentIds, view = 'active', filter, orderBy = [] }: RunQuery): Run[] {
  const tests = (filter?.split(/ and /i) ?? []).map(compile);
  const found = runs
    .filter(run => experimentIds.includes(run.experimentId) && (view === 'all' || run.lifecycle === view))
    .filter(run => tests.every(test => test(run)));
  const orders = [...orderBy, 'attributes.start_time DESC'].map(compileOrder);
  return found.sort((a, b) => orders.map(order => order(a, b)).find(result => result !== 0) ?? 0);
}

const CLAUSE = /^\s*(\w+)\.(?:`([^`]+)`|"([^"]+)"|(\S+?))\s*(=|!=|>=|<=|>|<|LIKE)\s*(?:'([^']*)'|"([^"]*)"|(\S+))\s*$/i;

function compile(clause: string): (run: Run) => boolean {
  const [, kind = '', quoted, doubled, bare = '', operator = '', single, double, number] = CLAUSE.exec(clause) ?? [];
  if (kind === '') throw new SentopsError('FLAG_INVALID', `the filter ${clause} cannot be read`);
  const wanted = single ?? double ?? Number(number);
  const key = quoted ?? doubled ?? bare;
  return run => {
    const value = read(run, kind, key);
    if (value === undefined) return false;
    if (/like/i.test(operator)) return String(value).startsWith(String(wanted).replace('%', ''));
    if (operator === '=') return value === wanted;
    if (operator === '!=') return value !== wanted;
    if (operator === '>') return value > wanted;
    if (operator === '<') return value < wanted;
    return operator === '>=' ? value >= wanted : value <= wanted;
  };
}

const ATTRIBUTES: Readonly<Record<string, (run: Run) => string | number>> = {
  run_id: run => run.runId,
  run_name: run => run.name,
  status: run => run.status,
  start_time: run => run.startTime,
};

function read(run: Run, kind: string, key: string): string | number | undefined {
  if (kind === 'metrics') return run.metrics.find(metric => metric.key === key)?.value;
  if (kind === 'params') return run.params[key];
  if (kind === 'tags') return run.tags[key];
  const attribute = ATTRIBUTES[key] ?? absent(`attribute ${key}`);
  return attribute(run);
}

/** NaN, then nothing, come last either way, as in MLflow. */
function compileOrder(text: string): (a: Run, b: Run) => number {
  const [, kind = '', quoted, bare = '', direction = 'ASC'] =
    /^(\w+)\.(?:`([^`]+)`|(\S+))(?:\s+(ASC|DESC))?$/i.exec(text) ?? absent(`order ${text}`);
  const rank = (value: string | number | undefined) => (value === undefined ? 2 : Number.isNaN(value) ? 1 : 0);
  return (a, b) => {
    const [left, right] = [read(a, kind, quoted ?? bare), read(b, kind, quoted ?? bare)];
    if (rank(left) !== rank(right)) return rank(left) - rank(right);
    if (left === undefined || right === undefined || left === right) return 0;
    const order = left < right ? -1 : 1;
    return /desc/i.test(direction) ? -order : order;
  };
}

function absent(what: string): never {
  throw new SentopsError('NOT_FOUND', `there is no ${what}`);
}

function absentPort<Port extends object>(name: string): Port {
  return new Proxy({} as Port, { get: (_, key) => absent(`${name}.${String(key)} in the fake`) });
}
