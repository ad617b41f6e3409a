import { randomUUID } from 'node:crypto';
import type { Job, Runner } from 'sentops/plugin';

/** Takes jobs and says that they are done: to see what would be submitted. */
export default function createRunner(): Runner {
  const jobs = new Map<string, Job & { log: string }>();
  const byRequest = new Map<string, string>();
  return {
    async submit(spec, { requestId }) {
      const known = jobs.get(byRequest.get(requestId) ?? '');
      if (known) return known;
      const id = randomUUID();
      const job = { id, state: 'SUCCEEDED', detail: null, driverOutputUri: null, attempt: 1, log: [spec.file, ...spec.args].join(' ') } as const;
      jobs.set(id, job);
      byRequest.set(requestId, id);
      return job;
    },
    async describe(id) {
      return jobs.get(id) ?? null;
    },
    async *list({ state, limit }) {
      yield* [...jobs.values()].filter(job => state === undefined || job.state === state).slice(0, limit);
    },
    async *logs(id) {
      const job = jobs.get(id);
      if (!job) throw new Error(`there is no job ${id}`);
      yield job.log;
    },
    async cancel() {},
  };
}
