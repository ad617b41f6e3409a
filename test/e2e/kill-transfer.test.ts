import { expect, test } from 'vitest';
import { killDownloads, killUploads } from '../helpers/kill-transfer.ts';
import { installTarball } from '../helpers/pack.ts';

/** A few moments and little content; test/soak/kill-transfer.test.ts takes many and much. */
const FEW = { bytes: 30_000_000, kills: 4, bytesPerSecond: 60e6 };

test('a download that is killed goes on where it stopped, and leaves nothing behind', {
  timeout: 240_000,
}, async () => {
  const tally = await killDownloads({ ...FEW, bin: (await installTarball()).bin });
  expect(tally.complaints).toEqual([]);
  expect(tally.again).toBeLessThan(tally.kills * 15_000_000);
});

test('an upload that is killed goes on where it stopped, and leaves nothing behind', { timeout: 240_000 }, async () => {
  const tally = await killUploads({ ...FEW, bin: (await installTarball()).bin });
  expect(tally.complaints).toEqual([]);
  expect(tally.again).toBeLessThan(tally.kills * 15_000_000);
});
