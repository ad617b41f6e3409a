import { afterAll, beforeAll, describe } from 'vitest';
import createRest from '../../src/lib/tracking/rest/tracker.ts';
import type { Tracker } from '../../src/lib/tracking/types.ts';
import { describeTracker } from '../contract/tracker/suite.ts';
import { createTestContext } from '../helpers/extension-context.ts';
import { type MlflowServer, mlflowEnvironment, startMlflowServer } from '../helpers/mlflow-server.ts';
import { missingFor } from '../helpers/python.ts';

/** The contract of a tracker holds at real servers, an old and a new one, as it does without any. */
const VERSIONS = ['3.17.2', '3.4.0'] as const;

for (const version of VERSIONS)
  describe.skipIf(missingFor(mlflowEnvironment(version)))(`MLflow ${version}`, { timeout: 120_000 }, () => {
    let server: MlflowServer;
    let tracker: Tracker;
    beforeAll(async () => {
      server = await startMlflowServer({ version });
      const context = createTestContext({ cwd: server.folder, env: { HOME: server.folder } });
      tracker = await createRest({ uri: server.uri, mode: 'write' }, context);
    }, 600_000);
    afterAll(async () => {
      await tracker?.close();
      await server?.stop();
    });

    describeTracker(`our client at MLflow ${version}`, () => tracker);
  });
