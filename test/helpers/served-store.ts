import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadProject } from '../../src/lib/config/load.ts';
import { type ServedStore, serveStore } from '../../src/lib/tracking/serve/run-server.ts';
import { createTestContext } from './extension-context.ts';

export interface TestServer extends ServedStore {
  readonly folder: string;
  stop(): Promise<void>;
}

/** Our own server over a store in a folder of its own, in this process. */
export async function startServedStore(): Promise<TestServer> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-served-'));
  const env = { HOME: folder };
  const project = await loadProject({ cwd: folder, env, home: folder });
  const { signal, end } = stopper();
  const started = Promise.withResolvers<ServedStore>();
  const ended = serveStore({
    ...createTestContext({ cwd: folder, env, signal }),
    platform: process.platform,
    env,
    project,
    host: '127.0.0.1',
    port: 0,
    allowAnyone: false,
    allowedHosts: [],
    maxArtifactBytes: 1 << 30,
    dryRun: false,
    onStart: async served => started.resolve(served),
  });
  ended.catch(started.reject);
  const stop = async () => {
    end();
    await ended.catch(() => {});
    fs.rmSync(folder, { recursive: true, force: true });
  };
  return { ...(await started.promise), folder, stop };
}

function stopper() {
  const controller = new AbortController();
  return { signal: controller.signal, end: () => controller.abort(new Error('the test is over')) };
}
