import path from 'node:path';
import { countNoun } from '../../core/count-noun.ts';
import { SentopsError } from '../../core/errors.ts';
import type { World } from '../../extend/world.ts';
import { openTracker } from '../open-tracker.ts';
import { isEmbedded, storeFile, type TrackingProject } from '../store-file.ts';
import type { Tracker } from '../types.ts';
import { artifactFolderOf } from './artifact-folder.ts';
import { ArtifactRoot } from './artifact-root.ts';
import { type Listening, listen } from './http-server.ts';
import { createInTurn } from './in-turn.ts';
import { isLoopback, readToken } from './read-token.ts';
import { ServedFolder } from './served-folder.ts';
import type { Access, Service } from './service.ts';

interface ServeRequest extends World {
  readonly project: TrackingProject;
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** Relative to the working folder. */
  readonly tokenFile?: string | undefined;
  /** Other machines may come without a token. */
  readonly allowAnyone: boolean;
  readonly allowedHosts: readonly string[];
  readonly maxArtifactBytes: number;
  readonly dryRun: boolean;
  /** Called when requests are answered. */
  onStart(served: ServedStore): Promise<void>;
}

export interface ServedStore {
  /** False for a dry run. */
  readonly listening: boolean;
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  /** The database. */
  readonly store: string;
  /** The folder behind `mlflow-artifacts:` addresses. */
  readonly artifacts: string;
  readonly auth: 'token' | 'none';
}

const LIMITS = { jsonBytes: 16 << 20, jsonMs: 60_000, idleMs: 120_000 };
/** Less than a command is given to clean up. */
const GRACE_MS = 8_000;

/**
 * Serves the store of a project until the signal says stop, and ends in order: what is under way is answered, nothing
 * new is taken. Throws where something had to be cut off.
 */
export async function serveStore(request: ServeRequest): Promise<ServedStore> {
  const { project, host, port, cwd } = request;
  const file = fileOf(project, cwd);
  const access = await accessOf(request);
  if (request.dryRun) {
    const folder = path.join(path.dirname(file), 'artifacts');
    return describe({ listening: false, url: '', host, port }, file, folder, access);
  }
  const tracker = await openForServing(request);
  try {
    return await serve(request, tracker, file, access);
  } finally {
    await tracker.close();
  }
}

/** The signal ends waiting for the store, but not the work of requests that are under way when it comes. */
async function openForServing(request: ServeRequest): Promise<Tracker> {
  const { project, signal } = request;
  const opening = new AbortController();
  const giveUp = () => opening.abort(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener('abort', giveUp);
  try {
    return await openTracker(project, { ...request, signal: opening.signal }, 'write');
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

async function serve(request: ServeRequest, tracker: Tracker, file: string, access: Access): Promise<ServedStore> {
  const { host, port, signal, report } = request;
  const folder = await artifactFolderOf(tracker, file);
  const limits = { ...LIMITS, artifactBytes: request.maxArtifactBytes };
  const service = createService({ tracker, folder, store: file, access, limits, report });
  const server = await listen(service, host, port);
  const served = describe({ listening: true, url: server.url, host, port: server.port }, file, folder, access);
  try {
    await request.onStart(served);
    await aborted(signal);
  } finally {
    await stop(server, request);
  }
  return served;
}

type ServiceParts = Pick<Service, 'tracker' | 'store' | 'access' | 'limits' | 'report'> & { readonly folder: string };

export function createService({ folder, ...parts }: ServiceParts): Service {
  return { ...parts, root: new ArtifactRoot(folder), files: new ServedFolder(folder), inTurn: createInTurn() };
}

async function stop(server: Listening, { signal, report }: ServeRequest): Promise<void> {
  const cut = await server.stop(GRACE_MS);
  report({ type: 'note', level: 'info', message: `stopped after ${countNoun(server.answered, 'request')}` });
  if (cut === 0 || !(signal.reason instanceof SentopsError)) return;
  throw new SentopsError(
    signal.reason.code,
    `cut off after ${GRACE_MS / 1000} s: ${countNoun(cut, 'request')} that did not end`,
    {
      hint: 'nothing of them was half-written; clients will repeat them or report an error',
      details: { cut },
    },
  );
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function fileOf(project: TrackingProject, cwd: string): string {
  const { trackingUri } = project.config.mlflow;
  if (isEmbedded(project)) return storeFile(project, cwd);
  throw new SentopsError('CONFIG_INVALID', `mlflow.trackingUri ${trackingUri} is no store on this machine`, {
    hint: 'leave it empty for the store of the project, or name a database: --mlflow-uri sqlite:///mlflow.db',
  });
}

async function accessOf({
  env,
  cwd,
  tokenFile,
  host,
  allowAnyone,
  allowedHosts,
  report,
}: ServeRequest): Promise<Access> {
  const token = await readToken(env, tokenFile === undefined ? undefined : path.resolve(cwd, tokenFile), report);
  if (token === null && !isLoopback(host) && !allowAnyone)
    throw new SentopsError('USAGE', `--host ${host} lets other machines in, and there is no token`, {
      hint: 'name a file with one: --auth-token-file FILE; or say --allow-anyone, and whoever reaches the port may read and delete everything',
    });
  return { token, hosts: allowedHosts };
}

function describe(
  at: Pick<ServedStore, 'listening' | 'url' | 'host' | 'port'>,
  store: string,
  artifacts: string,
  { token }: Access,
): ServedStore {
  return { ...at, pid: process.pid, store, artifacts, auth: token === null ? 'none' : 'token' };
}
