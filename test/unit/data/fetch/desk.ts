import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { loadProject } from '../../../../src/lib/config/load.ts';
import type { Json, Project } from '../../../../src/lib/config/types.ts';
import { SentopsError } from '../../../../src/lib/core/errors.ts';
import type { ReportEvent } from '../../../../src/lib/core/report.ts';
import type { DownloadCall } from '../../../../src/lib/data/fetch/download-dataset.ts';
import { createTestContext } from '../../../helpers/extension-context.ts';

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** What it fails with; a success is a failure of the test. */
export async function failureOf(work: Promise<unknown>): Promise<SentopsError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof SentopsError) return error;
  throw error ?? new Error('it did not fail');
}

type Flags = Readonly<Record<string, Json>>;

/** A folder with a project in it, and everything that a command would be given there. */
export class Desk {
  readonly dir: string;
  readonly notes: string[] = [];
  readonly env: Record<string, string>;

  constructor(yaml = 'version: 1\n', env: Readonly<Record<string, string>> = {}) {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-fetch-'));
    onTestFinished(() => fs.rmSync(root, { recursive: true, force: true }));
    this.dir = path.join(root, 'project');
    this.env = { HOME: root, ...env };
    fs.mkdirSync(this.dir);
    this.write('sentops.yaml', yaml);
  }

  at(...names: readonly string[]): string {
    return path.join(this.dir, ...names);
  }

  write(name: string, content: string | Uint8Array): void {
    fs.mkdirSync(path.dirname(this.at(name)), { recursive: true });
    fs.writeFileSync(this.at(name), content);
  }

  read(name: string): string {
    return fs.readFileSync(this.at(name), 'utf8');
  }

  /** Every file below a folder, hidden ones too. */
  files(below = '.'): string[] {
    const dir = this.at(below);
    if (!fs.existsSync(dir)) return [];
    const names = fs.readdirSync(dir, { recursive: true, encoding: 'utf8' });
    return names.filter(name => fs.statSync(path.join(dir, name)).isFile()).sort();
  }

  async project(flags: Flags = {}, cwd = this.dir): Promise<Project> {
    const given = Object.entries(flags).map(([key, value]) => [key, { flag: `--${key}`, value }]);
    return await loadProject({ cwd, env: this.env, home: this.env['HOME'], flags: Object.fromEntries(given) });
  }

  /** As a command calls the library: the argument, and flags by the paths of their fields. */
  async call(named: string | undefined, flags: Flags = {}, more: Partial<DownloadCall> = {}): Promise<DownloadCall> {
    const { cwd = this.dir } = more;
    const report = (event: ReportEvent) => {
      if (event.type === 'note') this.notes.push(`${event.level}: ${event.message}`);
    };
    return {
      ...createTestContext({ cwd, env: this.env, report }),
      env: this.env,
      platform: process.platform,
      project: await this.project(flags, cwd),
      named,
      update: false,
      force: false,
      dryRun: false,
      ...more,
    };
  }
}

/** What a server of files was asked for. */
export interface Asked {
  readonly path: string;
  readonly range: string | null;
  /** Bytes of the body. */
  sent: number;
}

/** A server of files whose content, tags and manners a test changes. */
export class FileServer {
  readonly asked: Asked[] = [];
  readonly files = new Map<string, Uint8Array>();
  url = '';
  /** Cuts the connection after so many bytes of one answer; once for each item. */
  cuts: number[] = [];
  tags = true;
  /** Besides those of the file. */
  headers: Readonly<Record<string, string>> = {};
  ranges = true;
  private readonly server = http.createServer((request, response) => this.answer(request, response));

  static async open(files: Readonly<Record<string, string | Uint8Array>>): Promise<FileServer> {
    const web = new FileServer();
    for (const [name, content] of Object.entries(files)) web.files.set(name, Buffer.from(content));
    web.server.listen(0, '127.0.0.1');
    await once(web.server, 'listening');
    onTestFinished(() => web.close());
    web.url = `http://127.0.0.1:${(web.server.address() as AddressInfo).port}`;
    return web;
  }

  /** Nobody answers there any more. */
  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** Bytes of bodies since the last time. */
  sent(): number {
    return this.asked.splice(0).reduce((sum, { sent }) => sum + sent, 0);
  }

  private answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const name = decodeURIComponent(new URL(request.url ?? '/', 'http://host').pathname.slice(1));
    const content = this.files.get(name);
    const one: Asked = { path: name, range: request.headers.range ?? null, sent: 0 };
    this.asked.push(one);
    if (content === undefined) {
      response.writeHead(404).end();
      return;
    }
    const etag = `"${sha256(content).slice(0, 12)}"`;
    const [, from = '0', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const isPart = this.ranges && one.range !== null && (request.headers['if-range'] ?? etag) === etag;
    const start = isPart ? Number(from) : 0;
    const end = isPart && to !== '' ? Math.min(Number(to) + 1, content.length) : content.length;
    response.writeHead(isPart ? 206 : 200, {
      'content-length': end - start,
      ...this.headers,
      ...(this.tags ? { etag } : {}),
      ...(this.ranges ? { 'accept-ranges': 'bytes' } : {}),
      ...(isPart ? { 'content-range': `bytes ${start}-${end - 1}/${content.length}` } : {}),
    });
    const isWhole = end - start > 1024;
    const cut = isWhole ? this.cuts.shift() : undefined;
    const body = content.subarray(start, cut === undefined ? end : start + cut);
    one.sent = body.length;
    if (cut === undefined) response.end(body);
    else response.write(body, () => setTimeout(() => response.destroy(), 20));
  }
}
