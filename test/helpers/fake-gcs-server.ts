import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { withLock } from '../../src/lib/core/lock-file.ts';
import { endGroup, unwatch, watch } from './python.ts';

const MODULE = 'github.com/fsouza/fake-gcs-server@v1.56.0';
const cache = path.join(process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'), 'sentops-test', 'go');
const START_MS = 60_000;

/** Go on PATH, where GOROOT says, or where its installer puts it without touching PATH; undefined where there is none. */
function findGo(): string | undefined {
  const root = process.env['GOROOT'];
  const places = ['go', ...(root === undefined ? [] : [path.join(root, 'bin/go')]), '/usr/local/go/bin/go'];
  return places.find(program => {
    try {
      execFileSync(program, ['version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}

/** Why the server cannot be had on this machine; undefined where it can. In CI nothing is missing: the test fails. */
export function missingGo(): string | undefined {
  if (findGo() !== undefined) return undefined;
  const reason = 'fake-gcs-server: no Go on PATH';
  if (['1', 'true'].includes(process.env['CI'] ?? '')) throw new Error(`CI has to bring this: ${reason}`);
  console.warn(`skipped, ${reason}`);
  return reason;
}

/** Builds the pinned version into the cache folder, once; two processes that want it at once wait for each other. */
async function install(): Promise<string> {
  const folder = path.join(cache, MODULE.slice(MODULE.lastIndexOf('/') + 1));
  const program = path.join(folder, 'fake-gcs-server');
  const marker = path.join(folder, 'complete');
  if (fs.existsSync(marker)) return program;
  const go = findGo();
  if (go === undefined) throw new Error(missingGo());
  fs.mkdirSync(cache, { recursive: true });
  const build = async () => {
    if (fs.existsSync(marker)) return;
    const env = { ...process.env, GOBIN: folder, GOFLAGS: '', CGO_ENABLED: '0' };
    await promisify(execFile)(go, ['install', MODULE], { env, maxBuffer: 1 << 26 });
    fs.writeFileSync(marker, `${MODULE}\n`);
  };
  await withLock(folder, build, { waitMs: 1_800_000 });
  return program;
}

export interface FakeGcsServerOptions {
  /** Keeps the objects as files in this folder; in memory without it. */
  readonly folder?: string;
  /** Speaks TLS on another port as well, with a certificate of its own: gsutil asks for it. */
  readonly https?: boolean;
}

export interface FakeGcsServer {
  readonly uri: string;
  /** The same objects over TLS, where asked for. */
  readonly httpsUri: string | null;
  readonly pid: number | undefined;
  /** What it has printed so far. */
  log(): string;
  stop(): Promise<void>;
}

/** A real fake-gcs-server on a free port of this machine. */
export async function startFakeGcsServer({ folder, https = false }: FakeGcsServerOptions = {}): Promise<FakeGcsServer> {
  const program = await install();
  const port = await freePort();
  const uri = `http://127.0.0.1:${port}`;
  const securePort = https ? await freePort() : null;
  const httpsUri = securePort === null ? null : `https://127.0.0.1:${securePort}`;
  const backend = folder === undefined ? ['memory'] : ['filesystem', '-filesystem-root', folder];
  const ports =
    securePort === null
      ? ['-scheme', 'http', '-port', String(port)]
      : ['-scheme', 'both', '-port', String(securePort), '-port-http', String(port)];
  const place = [...ports, '-host', '127.0.0.1', '-public-host', `127.0.0.1:${port}`];
  const args = [...place, '-external-url', uri, '-log-level', 'warn', '-backend', ...backend];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  watch(child);
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => {
      log = (log + part).slice(-50_000);
    });
  const exited = once(child, 'exit');
  const stop = async () => {
    endGroup(child);
    await exited;
    unwatch(child);
  };
  const until = Date.now() + START_MS;
  while (!(await answers(`${uri}/storage/v1/b?project=p`))) {
    if (child.exitCode === null && Date.now() < until) {
      await sleep(50);
      continue;
    }
    await stop();
    throw new Error(`fake-gcs-server did not start:\n${log.slice(-5000)}`);
  }
  return { uri, httpsUri, pid: child.pid, log: () => log, stop };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
