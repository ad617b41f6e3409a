import { afterAll, beforeAll, describe } from 'vitest';
import createGsStorage from '../../src/lib/storage/gs/storage.ts';
import type { Storage } from '../../src/lib/storage/types.ts';
import { createTestContext } from '../helpers/extension-context.ts';
import type { Fault } from '../helpers/gcs-stand-in/faults.ts';
import { type GcsStandIn, startGcsStandIn } from '../helpers/gcs-stand-in/start.ts';
import { fresh } from './storage/opened.ts';
import { describeStorage } from './storage/suite.ts';

/** Servers that fail now and then, each in its way: what is promised holds all the same. */
const SERVERS: Readonly<Record<string, readonly Fault[]>> = {
  'a good server': [],
  'a busy server': [
    { kind: 'status', status: 503, every: 3, times: null },
    { kind: 'status', status: 429, reason: 'rateLimitExceeded', every: 7, times: null },
  ],
  'a server whose answers get lost': [{ kind: 'noAnswer', every: 4, times: null }],
  'a line that breaks': [
    { kind: 'cutRequest', afterBytes: 500_000, on: ['object.insert', 'upload.chunk'], every: 2, times: null },
    { kind: 'cutResponse', afterBytes: 70_000, on: 'object.media', every: 2, times: null },
  ],
  'a server that keeps little at a time and forgets sessions': [
    { kind: 'keepLess', bytes: 3_000_000, every: 2, times: null },
    { kind: 'loseSession', status: 410, on: ['upload.chunk', 'upload.status'], every: 5, times: null },
  ],
};

describe.each(Object.entries(SERVERS))('the gs adapter and %s', (name, faults) => {
  let server: GcsStandIn;
  let storage: Storage;
  beforeAll(async () => {
    server = await startGcsStandIn({ buckets: ['contract'], rewriteBytesPerCall: 300_000, faults });
    const options = { endpoint: server.uri, auth: 'adc', project: 'test-project', location: 'US', concurrency: 8 };
    storage = await createGsStorage({ ...options, retries: 30, retryDelayMs: 1 }, createTestContext());
  });
  afterAll(() => server.stop());

  const open = () => ({ storage, root: `gs://contract/${fresh('root')}/`, newBucket: `gs://${fresh('bucket')}` });
  describeStorage(name, open, { answers: faults.length > 0 });
});
