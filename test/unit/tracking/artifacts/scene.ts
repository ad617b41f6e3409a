import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach } from 'vitest';
import { SentopsError } from '../../../../src/lib/core/errors.ts';
import type { ReportEvent } from '../../../../src/lib/core/report.ts';
import type { Artifacts } from '../../../../src/lib/tracking/types.ts';

/** A folder for each test, with short ways to put, read and list files in it. */
export function createScene() {
  let dir = '';
  beforeEach(() => {
    dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-artifacts-')));
  });
  afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));
  const at = (name: string) => path.join(dir, name);
  return {
    at,
    uri: (name: string) => pathToFileURL(at(name)).href,
    put(name: string, text: string | Uint8Array = name): string {
      fs.mkdirSync(path.dirname(at(name)), { recursive: true });
      fs.writeFileSync(at(name), text);
      return at(name);
    },
    read: (name: string) => fs.readFileSync(at(name), 'utf8'),
    /** Every file and folder below, hidden ones too. */
    tree: (name: string) =>
      fs.existsSync(at(name)) ? fs.readdirSync(at(name), { recursive: true, encoding: 'utf8' }).sort() : [],
  };
}

export async function* chunks(...parts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield typeof part === 'string' ? Buffer.from(part) : part;
}

export async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

/** Error code and message of work that must fail. */
export async function failureOf(work: Promise<unknown>): Promise<SentopsError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof SentopsError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

export function createWatch() {
  const controller = new AbortController();
  const events: ReportEvent[] = [];
  return {
    events,
    abort: () => controller.abort(new SentopsError('INTERRUPTED')),
    options: { signal: controller.signal, report: (event: ReportEvent) => void events.push(event) },
    /** The last word about a piece of work. */
    progress(id: string) {
      const last = events.findLast(event => event.type === 'progress' && event.id === id);
      return last?.type === 'progress' ? { done: last.done, total: last.total } : undefined;
    },
  };
}

export interface MemoryArtifacts extends Artifacts {
  readonly files: Map<string, Uint8Array>;
  /** `read model/MLmodel 100`, in the order of the calls. */
  readonly calls: string[];
  /** Called before each chunk of so many bytes is handed out. */
  onChunk: (path: string, sent: number) => void | Promise<void>;
}

/** Artifacts of a server far away: nothing of it lies in a folder, and it hands out small chunks. */
export function memoryArtifacts(files: Readonly<Record<string, string | Uint8Array>>, chunk = 1000): MemoryArtifacts {
  const stored = new Map(Object.entries(files).map(([name, body]) => [name, Buffer.from(body) as Uint8Array]));
  const calls: string[] = [];
  const artifacts: MemoryArtifacts = {
    files: stored,
    calls,
    onChunk: () => {},
    async list(_root, folder = '') {
      const before = folder === '' ? '' : `${folder}/`;
      const level = new Map<string, number | null>();
      for (const [name, body] of stored) {
        if (!name.startsWith(before)) continue;
        const [first = '', ...rest] = name.slice(before.length).split('/');
        level.set(`${before}${first}`, rest.length > 0 ? null : body.length);
      }
      return [...level].map(([name, bytes]) => ({ path: name, isFolder: bytes === null, bytes }));
    },
    async *read(_root, name, { start = 0 } = {}) {
      calls.push(`read ${name} ${start}`);
      const body = stored.get(name);
      if (body === undefined) throw new SentopsError('NOT_FOUND', name);
      for (let from = start; from < body.length; from += chunk) {
        await artifacts.onChunk(name, from);
        yield body.subarray(from, from + chunk);
      }
    },
    async write(_root, name, body) {
      const parts: Uint8Array[] = [];
      for await (const part of body) parts.push(Buffer.from(part));
      calls.push(`write ${name}`);
      stored.set(name, Buffer.concat(parts));
    },
    async delete(_root, name) {
      for (const key of stored.keys()) if (key === name || key.startsWith(`${name}/`)) stored.delete(key);
    },
  };
  return artifacts;
}
