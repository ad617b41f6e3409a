import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadProject } from '../../../src/lib/config/load.ts';
import type { Project } from '../../../src/lib/config/types.ts';
import type { ReportEvent } from '../../../src/lib/core/report.ts';
import type { World } from '../../../src/lib/extend/world.ts';
import type { Metric, RunStatus } from '../../../src/lib/tracking/entities.ts';
import { withTracker } from '../../../src/lib/tracking/open-tracker.ts';
import type { Tracker } from '../../../src/lib/tracking/types.ts';
import { createTestContext } from '../../helpers/extension-context.ts';

/** What is said of a run to be recorded. */
interface GivenRun {
  readonly experiment?: string;
  readonly name: string;
  readonly parent?: string;
  readonly startTime?: number;
  readonly metrics?: Readonly<Record<string, number | readonly number[]>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly status?: RunStatus;
}

export interface RunsStore {
  readonly dir: string;
  /** What every request of the library begins with. */
  readonly base: World & { readonly project: Project };
  readonly notes: ReportEvent[];
  use<T>(work: (tracker: Tracker) => Promise<T>): Promise<T>;
  /** The id. A list of values is a history, the first at step 1. */
  add(run: GivenRun): Promise<string>;
  remove(): void;
}

/** A project in a folder of its own, with our own store. */
export async function makeRunsStore(input = ''): Promise<RunsStore> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-runs-'));
  const notes: ReportEvent[] = [];
  const project = await loadProject({ cwd: dir, env: {}, home: undefined, sections: ['mlflow'] });
  const context = createTestContext({ cwd: dir, report: event => void notes.push(event), input });
  const base = { ...context, env: {}, platform: process.platform, project };
  let clock = Date.UTC(2026, 0, 1);
  const use: RunsStore['use'] = work => withTracker(project, base, 'write', work);
  return {
    dir,
    base,
    notes,
    use,
    add: given =>
      use(async tracker => {
        const { experiment = 'reviews', name, parent, status, params = {}, tags = {}, metrics = {} } = given;
        clock += 1000;
        const found = await tracker.experiments.find(experiment);
        const experimentId = found?.experimentId ?? (await tracker.experiments.create({ name: experiment }));
        const nested = parent === undefined ? {} : { parentRunId: parent };
        const startTime = given.startTime ?? clock;
        const { runId } = await tracker.runs.create({ experimentId, name, startTime, ...nested });
        await tracker.runs.log(runId, { params, tags, metrics: Object.entries(metrics).flatMap(valuesOf) });
        if (status !== undefined) await tracker.runs.update(runId, { status, endTime: startTime + 10_000 });
        return runId;
      }),
    remove: () => fs.rmSync(dir, { recursive: true, force: true }),
  };
}

function valuesOf([key, given]: readonly [string, number | readonly number[]]): Metric[] {
  if (typeof given === 'number') return [{ key, value: given, step: 0, timestamp: 1000 }];
  return given.map((value, index) => ({ key, value, step: index + 1, timestamp: 1000 + index }));
}
