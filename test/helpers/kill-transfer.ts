import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnGcsStandIn } from './gcs-stand-in/spawn.ts';
import { cleanEnv, pinnedNode } from './run-cli.ts';

/** What came of transfers that were killed again and again until one got through. */
export interface KillTally {
  kills: number;
  /** Transfers that were complete in the end. */
  completed: number;
  /** Runs that found an earlier one's work and went on with it. */
  resumed: number;
  /** Bytes that went over the network beyond those of the content. */
  again: number;
  complaints: string[];
}

interface Settings {
  /** Start file of the program. */
  readonly bin: string;
  readonly bytes: number;
  /** At least so many processes are killed. */
  readonly kills: number;
  readonly bytesPerSecond: number;
}

/** Bytes that no compression and no mistake of a block makes look right. */
function randomContent(bytes: number): Buffer {
  const content = Buffer.allocUnsafe(bytes);
  let state = 0x9e3779b9;
  for (let at = 0; at + 4 <= bytes; at += 4) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    content.writeInt32LE(state | 0, at);
  }
  return content;
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

interface FileServer {
  readonly url: string;
  /** Bytes of bodies, also those that nobody was left to take. */
  sent(): number;
  close(): void;
}

/** One file, in parts where somebody asks for them, at a pace that leaves time to be killed in. */
async function serveFile(content: Buffer, bytesPerSecond: number): Promise<FileServer> {
  let sent = 0;
  const etag = `"${sha256(content).slice(0, 16)}"`;
  const server = http.createServer(async (request, response) => {
    const [, from = '0', to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const start = Number(from);
    const end = to === undefined || to === '' ? content.length : Math.min(Number(to) + 1, content.length);
    const isPart = request.headers.range !== undefined && (request.headers['if-range'] ?? etag) === etag;
    response.writeHead(isPart ? 206 : 200, {
      etag,
      'accept-ranges': 'bytes',
      'content-type': 'text/csv',
      'content-length': isPart ? end - start : content.length,
      ...(isPart ? { 'content-range': `bytes ${start}-${end - 1}/${content.length}` } : {}),
    });
    const step = 256 * 1024;
    for (let at = isPart ? start : 0; at < (isPart ? end : content.length) && !response.destroyed; at += step) {
      const piece = content.subarray(at, Math.min(at + step, isPart ? end : content.length));
      sent += piece.length;
      if (!response.write(piece)) await drained(response);
      await sleep((piece.length / bytesPerSecond) * 1000);
    }
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/rows.csv`,
    sent: () => sent,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Resolves when there is room again, or nobody who reads. */
function drained(response: http.ServerResponse): Promise<void> {
  return new Promise(resolve => {
    const go = () => {
      response.off('drain', go).off('close', go);
      resolve();
    };
    response.on('drain', go).on('close', go);
  });
}

interface Ended {
  readonly code: number | null;
  readonly killed: boolean;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/** What nobody kills has to end by itself; one that does not is a failure, and not a test that never ends. */
const STUCK_MS = 120_000;

/** Runs the program, and ends it by SIGKILL after some time where it is not done by then. */
async function run(bin: string, args: readonly string[], place: Place, killAfterMs?: number): Promise<Ended> {
  const began = performance.now();
  const child: ChildProcess = spawn(pinnedNode(), [bin, ...args], {
    cwd: place.dir,
    env: { ...cleanEnv(place.home), ...place.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text;
    });
  const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs ?? STUCK_MS);
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  clearTimeout(timer);
  return { code, killed: signal === 'SIGKILL', ...printed, ms: performance.now() - began };
}

interface Place {
  readonly dir: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
}

function newPlace(env: Readonly<Record<string, string>> = {}): Place {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-transfer-'));
  const place = { dir: path.join(root, 'work'), home: path.join(root, 'home'), env };
  fs.mkdirSync(place.dir);
  fs.mkdirSync(place.home);
  return place;
}

function removePlace({ dir }: Place): void {
  fs.rmSync(path.dirname(dir), { recursive: true, force: true });
}

/** The kills after which a transfer is let through: as many as it takes for the next one to get lucky, and then some. */
const KILLS_A_TRANSFER = 5;

interface Transfer {
  readonly args: readonly string[];
  readonly place: Place;
  /** Bytes over the network so far. */
  network(): Promise<number>;
  /** What is wrong with what a complete transfer left. */
  inspect(): Promise<string[]>;
}

/** Kills transfers at random moments, from the start of the process on to its end, until there were enough of them. */
async function killAgain(
  { bin, bytes, kills }: Settings,
  durationMs: number,
  begin: () => Promise<Transfer>,
): Promise<KillTally> {
  const tally: KillTally = { kills: 0, completed: 0, resumed: 0, again: 0, complaints: [] };
  while (tally.kills < kills) {
    const transfer = await begin();
    const { place, args } = transfer;
    const before = await transfer.network();
    let ended: Ended | null = null;
    for (let round = 0; round < KILLS_A_TRANSFER && ended?.code !== 0; round += 1) {
      ended = await run(bin, args, place, Math.random() * durationMs);
      if (ended.killed) tally.kills += 1;
      else if (ended.code !== 0) tally.complaints.push(`ended with ${ended.code}: ${ended.stderr}`);
    }
    if (ended?.code !== 0) ended = await run(bin, args, place);
    if (ended.code !== 0) tally.complaints.push(`could not go on, ${Math.round(ended.ms)} ms: ${ended.stderr}`);
    if (/resumed/.test(ended.stdout)) tally.resumed += 1;
    tally.completed += 1;
    tally.again += (await transfer.network()) - before - bytes;
    tally.complaints.push(...(await transfer.inspect()));
    const came = await transfer.network();
    const second = await run(bin, args, place);
    if (second.code !== 0 || !/already/.test(second.stdout))
      tally.complaints.push(`a second run does something: ${second.stdout}${second.stderr}`);
    if ((await transfer.network()) - came > 1024 * 1024) tally.complaints.push('a second run transfers it again');
    removePlace(place);
  }
  return tally;
}

/** A download from a server of ours. */
export async function killDownloads(settings: Settings): Promise<KillTally> {
  const content = randomContent(settings.bytes);
  const server = await serveFile(content, settings.bytesPerSecond);
  const hash = sha256(content);
  const args = ['dataset', 'download', server.url, '--output-dir', 'data'];
  const begin = async (): Promise<Transfer> => {
    const place = newPlace();
    const inspect = async () => inspectDownload(place, hash);
    return { args, place, inspect, network: async () => server.sent() };
  };
  try {
    const place = newPlace();
    const { ms, code, stderr } = await run(settings.bin, args, place);
    removePlace(place);
    if (code !== 0) throw new Error(`an undisturbed download ends with ${code}: ${stderr}`);
    return await killAgain(settings, ms, begin);
  } finally {
    server.close();
  }
}

function inspectDownload({ dir }: Place, hash: string): string[] {
  const complaints: string[] = [];
  const found = fs.readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort();
  const wanted = ['data', 'data/.sentops', 'data/.sentops/files.jsonl', 'data/rows.csv', 'sentops.lock.yaml'];
  if (found.join() !== wanted.join()) complaints.push(`left behind: ${found.join(', ')}`);
  if (sha256(fs.readFileSync(path.join(dir, 'data/rows.csv'))) !== hash) complaints.push('the file is damaged');
  if (!fs.readFileSync(path.join(dir, 'sentops.lock.yaml'), 'utf8').includes(hash))
    complaints.push('the lock file has another hash');
  return complaints;
}

/** An upload to the stand-in of the store, which keeps what it got of a session as the real one does. */
export async function killUploads(settings: Settings): Promise<KillTally> {
  const content = randomContent(settings.bytes);
  const blobs = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-blobs-'));
  const standIn = await spawnGcsStandIn({ folder: blobs, buckets: ['raw'] });
  const env = { STORAGE_EMULATOR_HOST: standIn.uri };
  let count = 0;
  const begin = async (): Promise<Transfer> => {
    count += 1;
    const object = `upload-${count}/rows.csv`;
    const place = newPlace(env);
    fs.writeFileSync(path.join(place.dir, 'rows.csv'), content);
    const { code, stderr } = await run(
      settings.bin,
      ['dataset', 'download', 'rows.csv', '--source', 'local', '--output-dir', 'data'],
      place,
    );
    if (code !== 0) throw new Error(`the copy to upload cannot be made: ${stderr}`);
    return {
      args: [
        'dataset',
        'upload',
        'rows.csv',
        '--source',
        'local',
        '--gcs-bucket',
        'raw',
        '--gcs-prefix',
        `upload-${count}`,
      ],
      place,
      network: async () => (await standIn.counts()).received(`raw/${object}`),
      inspect: async () => await inspectUpload(`${standIn.uri}/download/storage/v1/b/raw/o/`, object, content, place),
    };
  };
  try {
    const { args, place } = await begin();
    const { ms, code, stderr } = await run(settings.bin, args, place);
    removePlace(place);
    if (code !== 0) throw new Error(`an undisturbed upload ends with ${code}: ${stderr}`);
    return await killAgain(settings, ms, begin);
  } finally {
    await standIn.stop();
    fs.rmSync(blobs, { recursive: true, force: true });
  }
}

async function inspectUpload(base: string, object: string, content: Buffer, place: Place): Promise<string[]> {
  const complaints: string[] = [];
  const response = await fetch(`${base}${encodeURIComponent(object)}?alt=media`);
  const stored = Buffer.from(await response.arrayBuffer());
  if (!stored.equals(content)) complaints.push(`${object} is damaged: ${stored.length} bytes`);
  const sessions = path.join(place.home, '.local/share/sentops/transfers');
  const left = fs.existsSync(sessions) ? fs.readdirSync(sessions) : [];
  if (left.length > 0) complaints.push(`sessions are left: ${left.join(', ')}`);
  return complaints;
}
