import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SentopsError } from '../core/errors.ts';
import { recoverFolder } from '../core/replace-folder.ts';
import { type FormatName, openModel } from './load.ts';
import { saveModel } from './save.ts';
import type { FittedModel } from './types.ts';

export interface Conversion {
  from: { path: string; format: FormatName };
  to: { path: string; format: FormatName };
  /** With forward slashes, below the folder. */
  files: { path: string; bytes: number }[];
  stages: string[];
  /** False with --dry-run. */
  written: boolean;
}

export interface ConvertRequest {
  /** As `openModel` takes it. */
  readonly place: string;
  /** As typed, below `cwd`. */
  readonly output: string;
  readonly cwd: string;
  readonly format: FormatName;
  /** Take the place of a model that is there. */
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/** Writes a model down in another form: the whole folder or nothing. */
export async function convertModel(request: ConvertRequest): Promise<Conversion> {
  const { place, format, force, dryRun, signal } = request;
  const output = path.resolve(request.cwd, request.output);
  // What a run that was killed had put aside is there all the same.
  if (!dryRun) recoverFolder(output);
  const opened = await openModel(place);
  refuseOverlap(opened.dir, output);
  if (!force && isOccupied(output))
    throw new SentopsError('CONFLICT', `${request.output} is there already`, {
      hint: 'choose another folder, or replace the model in it with --force',
      place: { file: output },
    });
  signal.throwIfAborted();
  if (!dryRun) await saveModel(opened.model, output, { format, signal });
  return {
    from: { path: opened.dir, format: opened.format },
    to: { path: request.output, format },
    files: dryRun ? await tryOut(opened.model, format, signal) : listFiles(output),
    stages: opened.model.stages.map(({ kind }) => kind),
    written: !dryRun,
  };
}

/** Whether it can be written is known once it was. */
async function tryOut(model: FittedModel, format: FormatName, signal: AbortSignal): Promise<Conversion['files']> {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-convert-'));
  try {
    await saveModel(model, path.join(scratch, 'model'), { format, signal });
    return listFiles(path.join(scratch, 'model'));
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

function listFiles(folder: string): Conversion['files'] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name))
    .map(file => ({
      path: path.relative(folder, file).split(path.sep).join('/'),
      bytes: fs.statSync(file).size,
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** An empty folder is nobody's. */
function isOccupied(output: string): boolean {
  const stat = fs.statSync(output, { throwIfNoEntry: false });
  return stat !== undefined && !(stat.isDirectory() && fs.readdirSync(output).length === 0);
}

/** Replacing a folder by what is made from its own files, or from files inside it, would lose the model. */
function refuseOverlap(folder: string, output: string): void {
  // What is not there yet holds nothing.
  if (!fs.existsSync(output)) return;
  const relative = path.relative(fs.realpathSync(output), fs.realpathSync(folder));
  const isInside = relative.split(path.sep)[0] !== '..' && !path.isAbsolute(relative);
  if (!isInside) return;
  throw new SentopsError('CONFLICT', `${output} is, or holds, the model that is converted`, {
    hint: 'write into another folder',
  });
}
