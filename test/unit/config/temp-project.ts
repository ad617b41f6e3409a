import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { ProjectRequest } from '../../../src/lib/config/types.ts';
import { SentopsError } from '../../../src/lib/core/errors.ts';

/** A real folder with these files, gone after the test. */
export function tempProject(files: Readonly<Record<string, string | Buffer>> = {}): string {
  const dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-config-')));
  onTestFinished(() => fs.rmSync(dir, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(dir, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  }
  return dir;
}

/** Asked from that folder, in an environment that holds nothing else. */
export function request(cwd: string, more: Partial<ProjectRequest> = {}): ProjectRequest {
  return { cwd, env: {}, home: undefined, ...more };
}

/** The error that a piece of work ends in. */
export async function failure(work: Promise<unknown>): Promise<SentopsError> {
  const error = await work.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (error instanceof SentopsError) return error;
  throw error;
}
