import fs from 'node:fs';
import path from 'node:path';
import { writeFilesAtomic } from '../../core/atomic.ts';
import { SentopsError } from '../../core/errors.ts';
import { runProgram } from '../../core/exec.ts';
import type { Report } from '../../core/report.ts';
import { quoteWord } from '../../core/shell-word.ts';
import { VERSION } from '../../core/version.ts';
import type { Kind } from '../contract.ts';
import { readKind } from '../names.ts';
import { listPluginFiles } from './list-files.ts';
import { readPluginName } from './plugin-name.ts';

export interface CreateRequest {
  readonly name: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A folder below cwd of the package's name where absent. */
  readonly dir?: string;
  /** One stream sink where empty. */
  readonly kinds: readonly string[];
  /** What to compile against: a folder or tarball of sentops, or a version; this version where absent. */
  readonly sentops?: string;
  /** First words of the commands that there are. */
  readonly reserved: ReadonlySet<string>;
  readonly install: boolean;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  readonly report: Report;
}

export interface CreatedPlugin {
  package: string;
  name: string;
  dir: string;
  kinds: Kind[];
  files: string[];
  /** False with --dry-run. */
  written: boolean;
  installed: boolean;
  /** Why `npm install` did not succeed, or null. */
  installProblem: string | null;
  /** What to type next. */
  next: string[];
}

/** Writes a new plugin that builds, tests and links as it stands. */
export async function createPlugin(request: CreateRequest): Promise<CreatedPlugin> {
  const plugin = readPluginName(request.name, request.reserved);
  const kinds = [...new Set(request.kinds.length > 0 ? request.kinds.map(readKind) : (['stream-sink'] as const))];
  const sentops = readSentops(request);
  const dir = path.resolve(request.cwd, request.dir ?? path.basename(plugin.packageName));
  refuseUsedFolder(dir);
  const files = listPluginFiles({ ...plugin, kinds, sentops });
  const result = {
    package: plugin.packageName,
    name: plugin.name,
    dir,
    kinds,
    files: files.map(file => file.path),
    written: false,
    installed: false,
    installProblem: null,
    next: [],
  };
  if (request.dryRun) return result;
  await writeFilesAtomic(dir, files, { signal: request.signal });
  const installProblem = request.install ? await install(dir, request) : null;
  const installed = request.install && installProblem === null;
  const next = [
    `cd ${quoteWord(path.relative(request.cwd, dir) || '.')}`,
    ...(installed ? [] : ['npm install']),
    'npm test',
    'npm run build',
    'sentops plugins link .',
    `sentops ${plugin.name}`,
  ];
  return { ...result, written: true, installed, installProblem, next };
}

/** A folder that was made for the plugin, with nothing but its git repository, counts as empty. */
function refuseUsedFolder(dir: string): void {
  const stat = fs.statSync(dir, { throwIfNoEntry: false });
  if (stat === undefined) return;
  const what = stat.isDirectory() ? 'is not empty' : 'is a file';
  if (stat.isDirectory() && fs.readdirSync(dir).every(entry => entry === '.git')) return;
  throw new SentopsError('CONFLICT', `${dir} ${what}`, {
    hint: 'give another folder with --dir',
    place: { file: dir },
  });
}

function readSentops({ sentops, cwd }: CreateRequest): string {
  if (sentops === undefined) return `^${VERSION}`;
  if (/^[\^~]?\d+(\.\d+)*(-[\w.]+)?$/.test(sentops)) return sentops;
  const file = path.resolve(cwd, sentops);
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (stat?.isDirectory() ? fs.existsSync(path.join(file, 'package.json')) : stat?.isFile()) return `file:${file}`;
  throw new SentopsError('NOT_FOUND', `--sentops ${sentops}: there is no package`, {
    hint: 'give a folder or a tarball of sentops, or a version',
  });
}

async function install(dir: string, { env, signal, report }: CreateRequest): Promise<string | null> {
  const step = { type: 'step', id: 'install', label: 'npm install' } as const;
  report({ ...step, state: 'start' });
  const { found, code, stderr } = await runProgram('npm', ['install', '--no-fund', '--no-audit'], {
    cwd: dir,
    env,
    signal,
  });
  const problem = !found ? 'npm was not found on the PATH' : code === 0 ? null : readNpmError(stderr);
  report({ ...step, state: problem === null ? 'done' : 'fail', ...(problem === null ? {} : { detail: problem }) });
  return problem;
}

/** npm says what is wrong on its first lines and where its log is on the last. */
function readNpmError(stderr: string): string {
  const lines = stderr.split('\n').map(line => line.replace(/^npm (error|ERR!) ?/, '').trim());
  const telling = lines.filter(line => line !== '' && !/^(code|errno|syscall|path) /.test(line));
  return telling[0] ?? 'npm install failed';
}
