import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EnvironmentName, endGroup, pythonEnvironment, unwatch, watch } from './python.ts';

const ENVIRONMENTS = { '3.17.2': 'mlflow317', '3.4.0': 'mlflow34' } as const satisfies Record<string, EnvironmentName>;

export type MlflowVersion = keyof typeof ENVIRONMENTS;

/** The environment that a version needs, for `missingFor`. */
export function mlflowEnvironment(version: MlflowVersion): EnvironmentName {
  return ENVIRONMENTS[version];
}

export interface MlflowServerOptions {
  readonly version: MlflowVersion;
  /** Behind the basic-auth app, with this administrator. The password has to have 12 characters. */
  readonly auth?: { readonly username: string; readonly password: string };
  /** Where it keeps its database and artifacts; a temporary folder, which `stop` removes, where absent. */
  readonly folder?: string;
  readonly args?: readonly string[];
}

export interface MlflowServer {
  readonly uri: string;
  readonly folder: string;
  readonly pid: number | undefined;
  /** What it has printed so far. */
  log(): string;
  stop(): Promise<void>;
}

const START_MS = 240_000;

/** A real MLflow server with one worker on a free port of this machine. */
export async function startMlflowServer(options: MlflowServerOptions): Promise<MlflowServer> {
  const folder = options.folder ?? fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-mlflow-'));
  const remove = () => {
    if (options.folder === undefined) fs.rmSync(folder, { recursive: true, force: true });
  };
  const start: Start = {
    version: options.version,
    folder,
    args: port => serverArgs(port, options),
    env: options.auth ? authEnv(folder, options.auth) : {},
  };
  try {
    const { stop, ...server } = await launch(start);
    return { ...server, stop: () => stop().then(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

export interface ModelServerOptions {
  readonly version: MlflowVersion;
  /** A folder, or what MLflow takes for a model: `models:/name@alias`. */
  readonly model: string;
  readonly trackingUri: string;
  readonly folder: string;
}

/** A model behind `mlflow models serve`, in the environment that is there. */
export function startModelServer({ version, model, trackingUri, folder }: ModelServerOptions): Promise<MlflowServer> {
  const args = (port: number) => {
    const place = ['--host', '127.0.0.1', '--port', String(port), '--workers', '1'];
    return ['-m', 'mlflow', 'models', 'serve', '--model-uri', model, '--env-manager', 'local', ...place];
  };
  return launch({ version, folder, args, env: { MLFLOW_TRACKING_URI: trackingUri } });
}

interface Start {
  readonly version: MlflowVersion;
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  args(port: number): string[];
}

async function launch({ version, folder, args, env }: Start): Promise<MlflowServer> {
  const { python } = await pythonEnvironment(ENVIRONMENTS[version]);
  const port = await freePort();
  const uri = `http://127.0.0.1:${port}`;
  const child = spawn(python, args(port), {
    cwd: folder,
    // It finds its own programs by PATH.
    env: { ...serverEnv(), ...env, PATH: `${path.dirname(python)}${path.delimiter}${process.env['PATH'] ?? ''}` },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  watch(child);
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => {
      log = (log + part).slice(-50_000);
    });
  try {
    await waitUntilHealthy(uri, child);
  } catch (error) {
    await end(child);
    throw new Error(`MLflow ${version} did not start:\n${log.slice(-5000)}`, { cause: error });
  }
  return { uri, folder, pid: child.pid, log: () => log, stop: () => end(child) };
}

function serverArgs(port: number, { auth, args = [] }: MlflowServerOptions): string[] {
  const place = ['--host', '127.0.0.1', '--port', String(port), '--workers', '1'];
  const store = ['--backend-store-uri', 'sqlite:///mlflow.db', '--artifacts-destination', './mlartifacts'];
  return ['-m', 'mlflow', 'server', ...place, ...store, ...(auth ? ['--app-name', 'basic-auth'] : []), ...args];
}

function serverEnv(): NodeJS.ProcessEnv {
  // What the caller's shell says of its own server is not for this one.
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('MLFLOW_'));
  return {
    ...Object.fromEntries(own),
    MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
    MLFLOW_DISABLE_TELEMETRY: 'true',
    PYTHONUNBUFFERED: '1',
  };
}

function authEnv(folder: string, { username, password }: { username: string; password: string }): NodeJS.ProcessEnv {
  const file = path.join(folder, 'basic_auth.ini');
  const lines = [
    '[mlflow]',
    'default_permission = READ',
    'database_uri = sqlite:///basic_auth.db',
    `admin_username = ${username}`,
    `admin_password = ${password}`,
    'authorization_function = mlflow.server.auth:authenticate_request_basic_auth',
  ];
  fs.writeFileSync(file, `${lines.join('\n')}\n`);
  return {
    MLFLOW_AUTH_CONFIG_PATH: file,
    MLFLOW_AUTH_ADMIN_USERNAME: username,
    MLFLOW_AUTH_ADMIN_PASSWORD: password,
    MLFLOW_FLASK_SERVER_SECRET_KEY: 'for tests only',
  };
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function waitUntilHealthy(uri: string, child: ChildProcess): Promise<void> {
  for (const start = Date.now(); Date.now() - start < START_MS; await sleep(200)) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    const answer = await fetch(`${uri}/health`).catch(() => null);
    if (answer?.ok) return;
  }
  throw new Error(`no answer within ${START_MS / 1000} s`);
}

async function end(child: ChildProcess): Promise<void> {
  const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
  endGroup(child);
  await ended;
  unwatch(child);
}
