import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type KillTally, killDownloads, killUploads } from '../helpers/kill-transfer.ts';
import { copyInstallation } from '../helpers/pack.ts';

/** Run on purpose only, as kill.test.ts. */
const ROUNDS = Number(process.env['SOAK_ROUNDS'] ?? 60);
const BYTES = 200_000_000;

let folder: string;
let bin: string;
beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-soak-'));
  bin = await copyInstallation(folder);
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function tell(what: string, { kills, completed, resumed, again }: KillTally): void {
  const share = (again / (completed * BYTES)) * 100;
  console.log(
    `${what} of 200 MB: ${kills} kills, ${completed} complete, ${resumed} of them resumed; ${(again / 1e6).toFixed(1)} MB transferred again (${share.toFixed(2)} % of ${completed} × 200 MB)`,
  );
}

test('downloads that are killed at any time go on where they stopped', { timeout: 3_600_000 }, async () => {
  const tally = await killDownloads({ bin, bytes: BYTES, kills: ROUNDS, bytesPerSecond: 150e6 });
  tell('download', tally);
  expect(tally.complaints).toEqual([]);
  expect(tally.again / tally.kills, 'bytes again for each kill').toBeLessThan(BYTES / 10);
});

test('uploads that are killed at any time go on where they stopped', { timeout: 3_600_000 }, async () => {
  const tally = await killUploads({ bin, bytes: BYTES, kills: ROUNDS, bytesPerSecond: 150e6 });
  tell('upload', tally);
  expect(tally.complaints).toEqual([]);
  expect(tally.again / tally.kills, 'bytes again for each kill').toBeLessThan(BYTES / 10);
});
