import { SentopsError } from '../../../../src/lib/core/errors.ts';
import type { LoggedModel, ModelVersion, RegisteredModel } from '../../../../src/lib/tracking/entities.ts';
import type { Artifacts, LoggedModels, Models, Tracker } from '../../../../src/lib/tracking/types.ts';
import { createFakeTracker, type FakeTracker } from '../../../helpers/fake-tracker.ts';

export interface MemoryTracker extends FakeTracker {
  /** `<root>/<path>` → text of each artifact. */
  readonly files: ReadonlyMap<string, string>;
  readonly logged: ReadonlyMap<string, LoggedModel>;
  readonly versions: readonly ModelVersion[];
  readonly registered: ReadonlyMap<string, RegisteredModel>;
  /** What happened to it, in order: `artifacts.write model/MLmodel`, `models.createVersion reviews-best`. */
  readonly events: readonly string[];
  isClosed(): boolean;
}

interface MemoryOptions {
  /** Called before each event; what it throws is what the call throws. */
  readonly before?: (event: string) => void;
  /** As a store that is older than logged models. */
  readonly old?: boolean;
}

/** The whole of a tracker that a training job touches, in memory. */
export function memoryTracker({ before = () => {}, old = false }: MemoryOptions = {}): MemoryTracker {
  const fake = createFakeTracker();
  const events: string[] = [];
  const happen = (event: string) => {
    before(event);
    events.push(event);
  };
  const files = new Map<string, string>();
  const logged = new Map<string, LoggedModel>();
  const versions: ModelVersion[] = [];
  const registered = new Map<string, RegisteredModel>();
  let closed = false;
  return {
    ...fake,
    files,
    logged,
    versions,
    registered,
    events,
    isClosed: () => closed,
    experiments: watched('experiments', fake.experiments, happen, ({ name }: { name?: string }) => name ?? ''),
    runs: watched('runs', fake.runs, happen, (first: unknown, second: unknown) => describeRunCall(first, second)),
    artifacts: watched('artifacts', memoryArtifacts(files), happen, (_root: string, path: string) => path),
    loggedModels: watched('loggedModels', memoryModels(logged, old), happen, (first: { name?: string } | string) =>
      typeof first === 'string' ? first : (first.name ?? ''),
    ),
    models: watched('models', memoryRegistry(registered, versions), happen, (first: { name?: string } | string) =>
      typeof first === 'string' ? first : (first.name ?? ''),
    ),
    close: async () => {
      happen('close');
      closed = true;
    },
  };
}

function describeRunCall(first: unknown, second: unknown): string {
  if (typeof first === 'object' && first !== null && 'name' in first) return String(first.name);
  if (typeof second === 'object' && second !== null && 'status' in second) return String(second.status);
  return typeof second === 'object' && second !== null ? Object.keys(second).join(',') : '';
}

function watched<Port extends object>(
  name: string,
  port: Port,
  happen: (event: string) => void,
  describe: (...args: never[]) => string,
): Port {
  return new Proxy(port, {
    get(target, key, receiver) {
      const member = Reflect.get(target, key, receiver);
      if (typeof member !== 'function') return member;
      return async (...args: never[]) => {
        happen(`${name}.${String(key)} ${describe(...args)}`.trim());
        return member.apply(target, args);
      };
    },
  });
}

function memoryArtifacts(files: Map<string, string>): Artifacts {
  return {
    list: async () => [],
    read: () => missing('artifact'),
    async write(root, path, body, bytes) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(chunk);
      const whole = Buffer.concat(chunks);
      if (whole.length !== bytes) throw new Error(`${path} has ${whole.length} bytes, not ${bytes}`);
      files.set(`${root}/${path}`, whole.toString('latin1'));
    },
    delete: async (root, path) => void files.delete(`${root}/${path}`),
  };
}

function memoryModels(logged: Map<string, LoggedModel>, old: boolean): LoggedModels {
  const ports: Pick<LoggedModels, 'create' | 'finish'> = {
    async create({ experimentId, name, sourceRunId = null, modelType = null }) {
      if (old) missing('logged model in a store of this age');
      const modelId = `m-${String(logged.size).padStart(32, '0')}`;
      const model: LoggedModel = {
        ...{ modelId, experimentId, name, sourceRunId, modelType },
        ...{ createdAt: 1, updatedAt: 1, status: 'PENDING', statusMessage: null, params: {}, tags: {}, metrics: [] },
        artifactUri: `file:///artifacts/${experimentId}/models/${modelId}/artifacts`,
      };
      logged.set(modelId, model);
      return model;
    },
    async finish(modelId, status) {
      logged.set(modelId, { ...(logged.get(modelId) ?? missing(modelId)), status });
    },
  };
  return ports as LoggedModels;
}

function memoryRegistry(registered: Map<string, RegisteredModel>, versions: ModelVersion[]): Models {
  const keys = new Map<string, ModelVersion>();
  const ports: Pick<Models, 'create' | 'get' | 'createVersion'> = {
    async create({ name, description = '' }) {
      if (registered.has(name)) throw new SentopsError('CONFLICT', `${name} is there already`);
      registered.set(name, { name, description, createdAt: 1, updatedAt: 1, tags: {}, aliases: {}, latest: [] });
    },
    get: async name => registered.get(name) ?? null,
    async createVersion({ name, source, runId = null, tags = {}, key, modelId }) {
      // As MLflow 3.17: the source has to lie inside of the logged model that is named with it.
      if (modelId !== undefined && !source.includes(modelId))
        throw new SentopsError('FLAG_INVALID', `Invalid model version source: ${source}`);
      if (!registered.has(name)) missing(name);
      const known = keys.get(key);
      if (known) return known;
      const version: ModelVersion = {
        ...{ name, source, artifactUri: source, runId, tags, description: '', userId: '', createdAt: 1, updatedAt: 1 },
        ...{ stage: 'None', status: 'READY', statusMessage: null, aliases: [] },
        version: versions.filter(each => each.name === name).length + 1,
      };
      versions.push(version);
      keys.set(key, version);
      return version;
    },
  };
  return ports as Models;
}

function missing(what: string): never {
  throw new SentopsError('NOT_FOUND', `there is no ${what}`);
}

/** Every run that the tracker has, whatever its state. */
export async function runsOf(tracker: Tracker, experimentId = '0') {
  const { items } = await tracker.runs.search({ experimentIds: [experimentId], view: 'all', limit: 1000 });
  return new Map(items.map(run => [run.name, run]));
}
