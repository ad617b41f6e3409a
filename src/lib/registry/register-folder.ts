import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { SentopsError } from '../core/errors.ts';
import type { Report } from '../core/report.ts';
import { searchText } from '../runs/search-terms.ts';
import { changedMeanwhile } from '../tracking/artifacts/changed-meanwhile.ts';
import { localArtifacts } from '../tracking/artifacts/local.ts';
import { planUpload, type UploadedFile, uploadTree } from '../tracking/artifacts/upload-tree.ts';
import type { Run, Texts } from '../tracking/entities.ts';
import { ensureExperiment } from '../tracking/find-experiment.ts';
import type { Tracker } from '../tracking/types.ts';
import type { Caller } from './audit.ts';
import { checkFiles, type FoundModel } from './check-files.ts';
import { createVersion, findSame, keyOf } from './create-version.ts';
import { findModelFolder } from './model-folder.ts';
import { below } from './model-source.ts';
import type { Registration } from './registration.ts';

export interface FolderCall {
  readonly name: string;
  /** A model as `openModel` takes it. */
  readonly dir: string;
  readonly experiment: string;
  readonly description: string | undefined;
  readonly versionTags: Texts;
  /** Whose model it was elsewhere: its run's metrics, parameters and data come along. */
  readonly origin: { readonly run: Run | null; readonly tags: Texts } | null;
  readonly caller: Caller;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  readonly report: Report;
}

const DIGEST_TAG = 'sentops.model.digest';
const KEY_TAG = 'sentops.register.key';
const MODEL_PATH = 'model';

/**
 * Uploads a folder as the artifacts of a run made for it, then registers it. Everything hangs on the digest of the
 * files: who does it again, also after a kill, finds the run and the version that were begun, and completes them.
 */
export async function registerFolder(tracker: Tracker, call: FolderCall): Promise<Registration> {
  const { name, dryRun } = call;
  const dir = findModelFolder(call.dir);
  const found = await checkFolder(dir);
  const files = await planUpload(dir, MODEL_PATH);
  const digest = await digestOf(files, call.signal);
  const facts = { model: name, dryRun, format: found.format, flavors: [...found.flavors] };
  const known = await findSame(tracker, name, version => version.tags[DIGEST_TAG] === digest);
  // Files that somebody deleted are stored again.
  if (known !== null && (await tracker.artifacts.list(known.artifactUri)).length > 0) {
    const { version, source, runId } = known;
    return { ...facts, version, created: false, source, runId, uploaded: null };
  }
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const uploaded = { files: files.length, bytes };
  if (dryRun) return { ...facts, version: null, created: true, source: null, runId: null, uploaded };
  const run = await openRun(tracker, call, keyOf(name, digest));
  await uploadTree(tracker.artifacts, dir, run.artifactUri, MODEL_PATH, call);
  // The digest has to be that of what was sent: the next one who registers the folder goes by it.
  if ((await digestOf(await planUpload(dir, MODEL_PATH), call.signal)) !== digest) throw changedMeanwhile(dir);
  await checkArrived(tracker, run);
  await tracker.runs.update(run.runId, { status: 'FINISHED' });
  const source = below(run.artifactUri, MODEL_PATH);
  const { version } = await createVersion(tracker, {
    name,
    source,
    runId: run.runId,
    tags: { ...call.versionTags, [DIGEST_TAG]: digest },
    key: keyOf(name, run.runId, digest),
    ...(call.description === undefined ? {} : { description: call.description }),
  });
  return { ...facts, version, created: version !== known?.version, source, runId: run.runId, uploaded };
}

async function checkFolder(dir: string): Promise<FoundModel> {
  const found = await checkFiles(localArtifacts(), dir, '');
  if (found === null) throw new SentopsError('NOT_FOUND', `${dir} is empty`, { hint: 'give the folder of a model' });
  return found;
}

/** Of names and contents, so that the same files in another place are the same model. */
async function digestOf(files: readonly UploadedFile[], signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for (const { path, file, bytes } of files) {
    const content = createHash('sha256');
    for await (const chunk of createReadStream(file) as AsyncIterable<Uint8Array>) {
      signal.throwIfAborted();
      content.update(chunk);
    }
    hash.update(`${JSON.stringify(path)} ${bytes} ${content.digest('hex')}\n`);
  }
  return hash.digest('hex');
}

/** The run of an earlier attempt, or a new one. */
async function openRun(tracker: Tracker, call: FolderCall, key: string): Promise<Run> {
  const { experimentId } = await ensureExperiment(tracker, call.experiment);
  const filter = `tags.\`${KEY_TAG}\` = ${searchText(key)}`;
  const begun = await tracker.runs.search({ experimentIds: [experimentId], filter, limit: 1 });
  const { caller, origin, name } = call;
  const run =
    begun.items[0] ??
    (await tracker.runs.create({
      experimentId,
      name: `register-${name}`,
      userId: caller.by,
      tags: {
        ...origin?.tags,
        'mlflow.user': caller.by,
        'mlflow.source.name': 'sentops',
        'mlflow.source.type': 'LOCAL',
        ...(caller.gitCommit === null ? {} : { 'mlflow.source.git.commit': caller.gitCommit }),
        [KEY_TAG]: key,
      },
    }));
  if (origin?.run) {
    const { metrics, params, inputs } = origin.run;
    await tracker.runs.log(run.runId, { metrics: metrics.map(({ modelId, ...metric }) => metric), params });
    if (inputs.length > 0) await tracker.runs.logInputs(run.runId, inputs);
  }
  return run;
}

/** Reads back what was sent before anything is registered. */
async function checkArrived({ artifacts }: Tracker, run: Run): Promise<void> {
  if ((await checkFiles(artifacts, run.artifactUri, MODEL_PATH)) !== null) return;
  throw new SentopsError('REMOTE_UNAVAILABLE', `the files of run ${run.runId} were sent and are not there`, {
    hint: 'run the command again; nothing was registered',
  });
}
