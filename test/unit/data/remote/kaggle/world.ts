import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import create from '../../../../../src/lib/data/remote/kaggle/source.ts';
import type { DatasetSource } from '../../../../../src/lib/data/types.ts';
import type { Faults, KaggleStandIn, StandInDataset, StandInUsers } from '../../../../helpers/kaggle/types.ts';
import { startKaggleStandIn } from '../../../../helpers/kaggle-stand-in.ts';
import { createWorld, HASTY } from '../web.ts';

const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

export const FILES = { 'reviews.csv': Buffer.from('text,label\ngood,1\n'), 'raw/a b.txt': Buffer.from('raw') };
const USERS: StandInUsers = {
  keys: { ann: 'key-of-ann-1' },
  tokens: { 'token-of-ann': 'ann' },
  logins: { 'login-of-ann': 'token-of-ann' },
};

export async function startKaggle(
  more: Partial<StandInDataset> = {},
  faults: Partial<Faults> = {},
): Promise<KaggleStandIn> {
  const kaggle = await startKaggleStandIn({ 'owner/name': { versions: [FILES], ...more } }, USERS, faults);
  ends.push(() => kaggle.close());
  return kaggle;
}

/** A home of nobody. */
export function createHome(): string {
  const home = mkdtempSync(path.join(os.tmpdir(), 'sentops-kaggle-'));
  ends.push(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

export async function put(home: string, name: string, content: unknown, mode = 0o600): Promise<string> {
  const file = path.join(home, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content), { mode });
  return file;
}

export interface Client {
  readonly source: DatasetSource;
  readonly notes: string[];
}

/** Our client, talking to the stand-in as somebody with this home and these variables. */
export async function createClient(
  { url }: Pick<KaggleStandIn, 'url'>,
  env: Readonly<Record<string, string>> = {},
): Promise<Client> {
  const { context, notes } = createWorld({ HOME: createHome(), KAGGLE_API_ENDPOINT: url, ...env });
  return { source: await create(HASTY, context), notes };
}
