import path from 'node:path';
import { SentopsError } from '../core/errors.ts';
import type { World } from '../extend/world.ts';
import { findRun } from '../runs/find-run.ts';
import type { ModelVersion, Texts } from '../tracking/entities.ts';
import { type TrackingProject, withTracker } from '../tracking/open-tracker.ts';
import type { Tracker } from '../tracking/types.ts';
import { describeCaller } from './caller.ts';
import { checkName, createVersion, findSame, keyOf } from './create-version.ts';
import { findSource, type ModelSource } from './model-source.ts';
import { registerFolder } from './register-folder.ts';
import type { Registration } from './registration.ts';

export interface RegisterCall extends World {
  readonly project: TrackingProject;
  readonly name: string;
  /** A run by id or name, and where in its artifacts the model is. */
  readonly run: string | undefined;
  readonly path: string;
  /** Or a folder of this machine. */
  readonly modelPath: string | undefined;
  readonly description: string | undefined;
  readonly tags: Texts;
  readonly dryRun: boolean;
}

/** Makes a version of a registered model of what a run logged, or of a folder. What is no model is refused before. */
export function registerModel(call: RegisterCall): Promise<Registration> {
  const { project, dryRun, run, modelPath } = call;
  checkName(call.name);
  if ((run === undefined) === (modelPath === undefined))
    throw new SentopsError('USAGE', 'say what to register: --run RUN or --model-path DIR', {
      hint: 'a run has its model in its artifacts, a folder is uploaded first',
    });
  return withTracker(project, call, dryRun ? 'read' : 'write', tracker => registerOn(tracker, call));
}

/** The same on a tracker that is open. */
export function registerOn(tracker: Tracker, call: RegisterCall): Promise<Registration> {
  const { project, run, modelPath } = call;
  if (modelPath === undefined) return registerRun(tracker, { ...call, run: run ?? '' });
  return registerFolder(tracker, {
    ...call,
    dir: path.resolve(call.cwd, modelPath),
    experiment: project.config.mlflow.experiment,
    caller: describeCaller(call, project.dir),
    versionTags: call.tags,
    origin: null,
  });
}

async function registerRun(tracker: Tracker, call: RegisterCall & { readonly run: string }): Promise<Registration> {
  const { name, dryRun, description, tags } = call;
  const run = await findRun(tracker, call.run);
  if (run.lifecycle === 'deleted')
    throw new SentopsError('CONFLICT', `run ${run.name} (${run.runId}) is deleted`, {
      hint: `bring it back first: sentops run restore ${run.runId}`,
    });
  const source = await findSource(tracker, run, call.path.replace(/^\/+|\/+$/g, ''));
  const known = await findSame(tracker, name, one => one.runId === run.runId && isSame(one, source));
  const facts = {
    model: name,
    dryRun,
    source: source.source,
    runId: run.runId,
    format: source.found.format,
    flavors: [...source.found.flavors],
    uploaded: null,
  };
  if (known !== null) return { ...facts, version: known.version, created: false };
  if (dryRun) return { ...facts, version: null, created: true };
  const { version } = await createVersion(tracker, {
    name,
    source: source.source,
    runId: run.runId,
    tags,
    key: keyOf(name, run.runId, source.source),
    ...(source.modelId === null ? {} : { modelId: source.modelId }),
    ...(description === undefined ? {} : { description }),
  });
  return { ...facts, version, created: true };
}

function isSame(version: ModelVersion, { source, artifactUri }: ModelSource): boolean {
  return version.source === source || version.artifactUri === artifactUri;
}
