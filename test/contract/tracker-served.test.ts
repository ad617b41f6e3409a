import { afterAll, beforeAll } from 'vitest';
import createRest from '../../src/lib/tracking/rest/tracker.ts';
import type { Tracker } from '../../src/lib/tracking/types.ts';
import { createTestContext } from '../helpers/extension-context.ts';
import { startServedStore, type TestServer } from '../helpers/served-store.ts';
import { describeTracker } from './tracker/suite.ts';

let server: TestServer;
let tracker: Tracker;
beforeAll(async () => {
  server = await startServedStore();
  tracker = await createRest(
    { uri: server.url, mode: 'write' },
    createTestContext({ cwd: server.folder, env: { HOME: server.folder } }),
  );
});
afterAll(async () => {
  await tracker?.close();
  await server?.stop();
});

describeTracker('our client at our server', () => tracker);
