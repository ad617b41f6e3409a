import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { loadProject } from '../../../../src/lib/config/load.ts';
import { SentopsError } from '../../../../src/lib/core/errors.ts';
import type { ReportEvent } from '../../../../src/lib/core/report.ts';
import type { StorageCall } from '../../../../src/lib/storage/operate/place.ts';
import { type GcsStandIn, startGcsStandIn } from '../../../helpers/gcs-stand-in/start.ts';

/** A folder of its own, a server with two buckets, and what a command would hand to the library. */
export interface Workplace {
  readonly folder: string;
  readonly gcs: GcsStandIn;
  readonly call: StorageCall;
  readonly events: readonly ReportEvent[];
  at(...names: string[]): string;
  put(name: string, content?: string | Uint8Array): void;
  text(name: string): string;
  /** Files below, links followed, as paths from there. */
  tree(name?: string): string[];
  /** Objects of both buckets, without the scheme. */
  objects(): string[];
  input(text: string): StorageCall;
  close(): Promise<void>;
}

export async function createWorkplace(project = ''): Promise<Workplace> {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-operate-')));
  const gcs = await startGcsStandIn({ buckets: ['bucket', 'other'] });
  const at = (...names: string[]) => path.join(folder, ...names);
  const put = (name: string, content: string | Uint8Array = name) => {
    fs.mkdirSync(path.dirname(at(name)), { recursive: true });
    fs.writeFileSync(at(name), content);
  };
  put('sentops.yaml', `version: 1\nproject: { name: reviews }\n${project}`);
  const env = { HOME: at('home'), STORAGE_EMULATOR_HOST: gcs.uri };
  const loaded = await loadProject({
    cwd: folder,
    env,
    home: at('home'),
    sections: ['storage', 'profiles', 'cluster', 'buckets'],
  });
  const events: ReportEvent[] = [];
  const worldWith = (text: string): StorageCall => ({
    project: loaded,
    cwd: folder,
    env,
    platform: 'linux',
    stdin: Readable.from([Buffer.from(text)]),
    stdout: new PassThrough(),
    signal: new AbortController().signal,
    report: event => void events.push(event),
  });
  return {
    folder,
    gcs,
    call: worldWith(''),
    events,
    at,
    put,
    text: name => fs.readFileSync(at(name), 'utf8'),
    tree: (name = '.') => walk(at(name), '').sort(),
    objects: () => gcs.uris().map(uri => uri.slice('gs://'.length)),
    input: worldWith,
    async close() {
      await gcs.stop();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

function walk(folder: string, start: string): string[] {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const name = start + entry.name;
    return entry.isDirectory() ? walk(path.join(folder, entry.name), `${name}/`) : [name];
  });
}

/** The error that the work ends with, as code, message and hint. */
export async function failureOf(work: Promise<unknown>): Promise<{ code: string; message: string; hint: string }> {
  const error = await work.then(
    value => new Error(`no error but ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof SentopsError)) throw error;
  return { code: error.code, message: error.message, hint: error.hint };
}
