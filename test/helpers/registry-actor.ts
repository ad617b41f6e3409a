import { parseArgs } from 'node:util';
import { SentopsError } from '../../src/lib/core/errors.ts';
import { silent } from '../../src/lib/core/report.ts';
import { promoteOn } from '../../src/lib/registry/promote.ts';
import type { PromoteCall } from '../../src/lib/registry/promotion-scene.ts';
import { rollbackOn } from '../../src/lib/registry/rollback.ts';
import { openStore } from '../../src/lib/tracking/embedded/open-store.ts';
import { embeddedTracker } from '../../src/lib/tracking/embedded/tracker.ts';
import type { Tracker } from '../../src/lib/tracking/types.ts';
import { dyingTracker } from './dying-tracker.ts';

/**
 * A process of its own that promotes versions of a model in a store: `--file mlflow.db --name reviews`. With `--meet` it
 * waits in the middle of each promotion, when it has read who serves, until its parent has sent a message; else it
 * promotes and rolls back on and on until somebody kills it, or kills itself at change number `--die`.
 */
const { values } = parseArgs({
  options: {
    file: { type: 'string', default: '' },
    name: { type: 'string', default: 'reviews' },
    die: { type: 'string' },
    meet: { type: 'boolean', default: false },
  },
});

const config = {
  mlflow: {
    trackingUri: '',
    registryMode: 'both',
    stageAliases: { Production: 'champion', Staging: 'challenger' },
    auth: {},
  },
};

const call = {
  project: { config, dir: '/', layers: [] },
  cwd: '/',
  env: { USER: `process ${process.pid}` },
  platform: process.platform,
  signal: new AbortController().signal,
  report: silent,
  name: values.name,
  to: undefined,
  alias: undefined,
  evalData: undefined,
  rules: { metric: 'accuracy', minDelta: -1, minAccuracy: null, minF1: null, test: 'none', alpha: 0.05, minSamples: 1 },
  force: false,
  dryRun: false,
} as unknown as PromoteCall;

const store = await openStore({ file: values.file, mode: 'write' });
const tracker = embeddedTracker(store, 'sqlite:///test');

function nextMessage(): Promise<number> {
  return new Promise(resolve => process.once('message', message => resolve(Number(message))));
}

/** Says that it has read who serves, and goes on when it is told to. */
function meeting(): Tracker {
  let hasMet = false;
  const get = async (runId: string) => {
    if (!hasMet) {
      hasMet = true;
      const go = nextMessage();
      process.send?.('measured');
      await go;
    }
    return tracker.runs.get(runId);
  };
  return { ...tracker, runs: { ...tracker.runs, get } };
}

async function promote(on: Tracker, version: number): Promise<string> {
  try {
    return (await promoteOn(on, { ...call, version })).decision;
  } catch (error) {
    if (error instanceof SentopsError) return error.code;
    throw error;
  }
}

if (values.meet) {
  process.send?.('ready');
  for (;;) {
    const version = await nextMessage();
    if (version === 0) break;
    process.send?.(await promote(meeting(), version));
  }
  store.close();
  process.disconnect?.();
} else {
  const death = values.die === undefined ? null : { call: Number(values.die), how: 'before' as const };
  const dying = dyingTracker(tracker, death, () => {
    process.kill(process.pid, 'SIGKILL');
    throw new Error('killed');
  }).tracker;
  process.send?.('ready');
  for (let turn = 0; ; turn += 1) {
    const version = 1 + (turn % 3);
    await promote(dying, version);
    if (turn % 4 === 3) await rollbackOn(dying, { ...call, steps: 1, reason: undefined }).catch(() => {});
  }
}
