import path from 'node:path';
import type { Layer } from '../config/types.ts';
import { SentopsError } from '../core/errors.ts';
import { cacheFolder } from '../core/folders.ts';
import type { World } from '../extend/world.ts';
import type { ModelVersion, Texts } from '../tracking/entities.ts';
import { type TrackingProject, withTracker } from '../tracking/open-tracker.ts';
import type { Tracker } from '../tracking/types.ts';
import { describeCaller } from './caller.ts';
import { checkFiles } from './check-files.ts';
import { checkName, createVersion, findSame, keyOf } from './create-version.ts';
import { fetchModel } from './fetch-model.ts';
import { findVersion, type VersionSelector } from './find-version.ts';
import { parseModelUri } from './model-uri.ts';
import { registerFolder } from './register-folder.ts';

export interface CopyCall extends World {
  readonly project: TrackingProject;
  /** `NAME`, `NAME@champion`, `NAME/3`, `NAME/Production`, with or without `models:/`. */
  readonly from: string;
  readonly to: string;
  /** The registry to copy into; the same one where absent. */
  readonly toUri: string | undefined;
  readonly dryRun: boolean;
}

export interface CopyReport {
  from: { model: string; version: number };
  to: { model: string; version: number | null; uri: string };
  /** False where it had been copied before. */
  created: boolean;
  dryRun: boolean;
  source: string | null;
  runId: string | null;
  uploaded: { files: number; bytes: number } | null;
}

/** What tells of decisions in the old place says nothing of the new one. */
const LEFT_OUT = /^sentops\.(promotion|model)\./;

/** Makes a version of another model of the same thing: by reference in one registry, with its files between two. */
export function copyModel(call: CopyCall): Promise<CopyReport> {
  readFrom(call.from);
  checkName(call.to);
  const mode = call.dryRun || !staysHere(call) ? 'read' : 'write';
  return withTracker(call.project, call, mode, tracker => copyOn(tracker, call));
}

/** The same on a tracker that is open. */
export async function copyOn(tracker: Tracker, call: CopyCall): Promise<CopyReport> {
  const { toUri, dryRun } = call;
  const { name, which } = readFrom(call.from);
  const version = await findVersion(tracker, name, which);
  if (toUri === undefined || staysHere(call)) return copyWithin(tracker, version, call);
  const { target, world } = otherTracker(call, toUri);
  return withTracker(target, world, dryRun ? 'read' : 'write', other => copyAcross(tracker, other, version, call));
}

function staysHere({ toUri, project }: CopyCall): boolean {
  return toUri === undefined || toUri === project.config.mlflow.trackingUri;
}

interface From {
  readonly name: string;
  readonly which: VersionSelector;
}

function readFrom(text: string): From {
  const rest = text.replace(/^models:\/*/i, '');
  const parsed = parseModelUri(`models:/${/[@/]/.test(rest) ? rest : `${rest}/latest`}`);
  if (parsed.kind === 'version' && parsed.path === '') return parsed;
  throw new SentopsError('FLAG_INVALID', `${JSON.stringify(text)} names no version of a registered model`, {
    hint: 'write NAME, NAME/3, NAME/Production or NAME@champion',
    details: { value: text },
  });
}

/** As MLflow's copy_model_version: the new version refers to the old one, and shares its files and its run. */
async function copyWithin(tracker: Tracker, version: ModelVersion, { to, dryRun }: CopyCall): Promise<CopyReport> {
  const source = `models:/${version.name}/${version.version}`;
  if ((await checkFiles(tracker.artifacts, version.artifactUri, '')) === null) throw noFiles(version);
  const facts = { from: idOf(version), dryRun, source, runId: version.runId, uploaded: null };
  const known = await findSame(tracker, to, one => one.source === source);
  const place = { model: to, uri: tracker.uri };
  if (known !== null) return { ...facts, to: { ...place, version: known.version }, created: false };
  if (dryRun) return { ...facts, to: { ...place, version: null }, created: true };
  const made = await createVersion(tracker, {
    name: to,
    source,
    tags: tagsOf(version),
    key: keyOf('copy', to, source),
    ...(version.runId === null ? {} : { runId: version.runId }),
    ...(version.description === '' ? {} : { description: version.description }),
  });
  return { ...facts, to: { ...place, version: made.version }, created: true };
}

/** Fetched here, then registered there as a folder is; the new run has what the old one measured. */
async function copyAcross(
  tracker: Tracker,
  other: Tracker,
  version: ModelVersion,
  call: CopyCall,
): Promise<CopyReport> {
  const { description, runId } = version;
  const cacheDir = path.join(cacheFolder(call), 'models');
  const dir = await fetchModel(tracker, version, { ...call, cacheDir });
  const run = runId === null ? null : await tracker.runs.get(runId);
  const made = await registerFolder(other, {
    name: call.to,
    dir,
    experiment: call.project.config.mlflow.experiment,
    description: description === '' ? undefined : description,
    versionTags: tagsOf(version),
    origin: { run, tags: run === null ? {} : { 'sentops.copied_from_run': run.runId } },
    caller: describeCaller(call, call.project.dir),
    dryRun: call.dryRun,
    signal: call.signal,
    report: call.report,
  });
  return {
    from: idOf(version),
    to: { model: call.to, version: made.version, uri: other.uri },
    created: made.created,
    dryRun: call.dryRun,
    source: made.source,
    runId: made.runId,
    uploaded: made.uploaded,
  };
}

function idOf({ name, version }: ModelVersion): CopyReport['from'] {
  return { model: name, version };
}

function tagsOf(version: ModelVersion): Texts {
  const kept = Object.entries(version.tags).filter(([key]) => !LEFT_OUT.test(key));
  return { ...Object.fromEntries(kept), 'sentops.copied_from': `${version.name}/${version.version}` };
}

function noFiles({ name, version, artifactUri }: ModelVersion): SentopsError {
  return new SentopsError('NOT_FOUND', `the files of ${name} version ${version} are not there: ${artifactUri}`, {
    hint: 'choose another version, or register the model again',
    details: { model: name, version, artifactUri },
  });
}

const CREDENTIALS = ['MLFLOW_TRACKING_TOKEN', 'MLFLOW_TRACKING_USERNAME', 'MLFLOW_TRACKING_PASSWORD'];

/**
 * The project as it looks with the other registry. Credentials are for one server: another one gets its own, from
 * `SENTOPS_TO_TOKEN`, `SENTOPS_TO_USERNAME` and `SENTOPS_TO_PASSWORD`, never those of the first.
 */
export function otherTracker(call: CopyCall, toUri: string): { target: TrackingProject; world: World } {
  const { project, env } = call;
  const { mlflow } = project.config;
  const layer: Layer = {
    kind: 'flag',
    name: '--to-uri',
    values: { mlflow: { trackingUri: toUri } },
    place: () => undefined,
  };
  const isSameServer = originOf(mlflow.trackingUri) !== null && originOf(mlflow.trackingUri) === originOf(toUri);
  const own = {
    MLFLOW_TRACKING_TOKEN: env['SENTOPS_TO_TOKEN'],
    MLFLOW_TRACKING_USERNAME: env['SENTOPS_TO_USERNAME'],
    MLFLOW_TRACKING_PASSWORD: env['SENTOPS_TO_PASSWORD'],
  };
  const rest = Object.fromEntries(Object.entries(env).filter(([key]) => !CREDENTIALS.includes(key)));
  const auth = isSameServer ? mlflow.auth : {};
  return {
    target: {
      dir: project.dir,
      profile: project.profile,
      layers: [layer, ...project.layers],
      config: { ...project.config, mlflow: { ...mlflow, trackingUri: toUri, auth } as typeof mlflow },
    },
    world: { ...call, env: isSameServer ? env : { ...rest, ...own } },
  };
}

function originOf(uri: string): string | null {
  return URL.canParse(uri) && /^https?:/i.test(uri) ? new URL(uri).origin : null;
}
