import { randomUUID } from 'node:crypto';
import type { ModelVersion, Run, Tracker } from 'sentops/plugin';

/** Keeps runs in memory, as long as the process lives. */
export default function createTracker(): Tracker {
  const runs = new Map<string, Run>();
  const models: ModelVersion[] = [];
  const change = (runId: string, values: Partial<Run>) => {
    const run = runs.get(runId);
    if (!run) throw new Error(`there is no run ${runId}`);
    runs.set(runId, { ...run, ...values });
  };
  return {
    ensureExperiment: async name => name,
    async createRun({ experimentId, name, tags = {} }) {
      const runId = randomUUID().replaceAll('-', '');
      const artifactUri = `memory://${runId}`;
      const run: Run = { runId, experimentId, name, status: 'RUNNING', startTime: Date.now(), endTime: null, params: {}, metrics: {}, tags, artifactUri };
      runs.set(runId, run);
      return run;
    },
    async log(runId, { params = {}, metrics = [], tags = {} }) {
      const run = runs.get(runId);
      const latest = Object.fromEntries(metrics.map(({ key, value }) => [key, value]));
      change(runId, { params: { ...run?.params, ...params }, metrics: { ...run?.metrics, ...latest }, tags: { ...run?.tags, ...tags } });
    },
    async endRun(runId, status) {
      change(runId, { status, endTime: Date.now() });
    },
    getRun: async runId => runs.get(runId) ?? null,
    async searchRuns({ experimentIds, filter, limit }) {
      if (filter) throw new Error('this tracker does not filter');
      return { items: [...runs.values()].filter(run => experimentIds.includes(run.experimentId)).slice(0, limit), nextPageToken: null };
    },
    async registerModel(name, { runId, source }) {
      const version = models.filter(model => model.name === name).length + 1;
      const model: ModelVersion = { name, version, stage: 'None', aliases: [], runId, source };
      models.push(model);
      return model;
    },
    async findModel(name, which) {
      const fits = (model: ModelVersion) => {
        if ('version' in which) return model.version === which.version;
        return 'alias' in which ? model.aliases.includes(which.alias) : model.stage === which.stage;
      };
      return models.findLast(model => model.name === name && fits(model)) ?? null;
    },
    async close() {},
  };
}
