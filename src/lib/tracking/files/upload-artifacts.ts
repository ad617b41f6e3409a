import path from 'node:path';
import { SentopsError } from '../../core/errors.ts';
import type { World } from '../../extend/world.ts';
import { findRun } from '../../runs/find-run.ts';
import { planUpload, type UploadedFile, uploadTree } from '../artifacts/upload-tree.ts';
import { type TrackingProject, withTracker } from '../open-tracker.ts';

export interface UploadCall extends World {
  readonly project: TrackingProject;
  /** A file or a folder. */
  readonly source: string;
  readonly run: string;
  /** Folder among the artifacts of the run; their root where absent. */
  readonly path: string | undefined;
  readonly dryRun: boolean;
}

export interface UploadResult {
  runId: string;
  runName: string;
  artifactUri: string;
  files: { path: string; file: string; bytes: number }[];
  bytes: number;
  /** False with --dry-run. */
  written: boolean;
}

/** Stores a file, or what is in a folder, among the artifacts of a run. */
export async function uploadArtifacts(call: UploadCall): Promise<UploadResult> {
  const { project, cwd, dryRun } = call;
  const source = path.resolve(cwd, call.source);
  const into = call.path ?? '';
  const planned = await planUpload(source, into);
  if (planned.length === 0)
    throw new SentopsError('NOT_FOUND', `there is no file in ${call.source}`, {
      hint: 'give a file, or a folder with files',
    });
  return await withTracker(project, call, dryRun ? 'read' : 'write', async tracker => {
    const run = await findRun(tracker, call.run);
    const { runId, artifactUri } = run;
    if (run.lifecycle === 'deleted')
      throw new SentopsError('CONFLICT', `run ${run.name} is deleted`, {
        hint: `bring it back: sentops run restore ${runId}`,
      });
    const files = dryRun ? planned : await uploadTree(tracker.artifacts, source, artifactUri, into, call);
    return { runId, runName: run.name, artifactUri, written: !dryRun, ...describe(files, cwd) };
  });
}

function describe(files: readonly UploadedFile[], cwd: string): Pick<UploadResult, 'files' | 'bytes'> {
  return {
    files: files.map(file => ({ ...file, file: path.relative(cwd, file.file) })),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
