import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import createEmbedded from '../../src/lib/tracking/embedded/tracker.ts';
import type { Tracker } from '../../src/lib/tracking/types.ts';
import { createTestContext } from '../helpers/extension-context.ts';
import { describeTracker } from './tracker/suite.ts';

let folder: string;
let tracker: Tracker;
beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops tracker #1 ä-'));
  const context = createTestContext({ cwd: folder, env: { HOME: folder }, input: '' });
  tracker = await createEmbedded({ uri: '', mode: 'write', file: path.join(folder, 'mlflow.db') }, context);
});
afterAll(async () => {
  await tracker?.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

describeTracker('the embedded store', () => tracker);
