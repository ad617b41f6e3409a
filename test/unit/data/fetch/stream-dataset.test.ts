import { describe, expect, onTestFinished, test } from 'vitest';
import type { Json } from '../../../../src/lib/config/types.ts';
import { syncDataset } from '../../../../src/lib/data/fetch/sync-dataset.ts';
import type { SyncCall, SyncResult } from '../../../../src/lib/data/fetch/sync-types.ts';
import { startGcsStandIn } from '../../../helpers/gcs-stand-in/start.ts';
import { Desk, FileServer, failureOf } from './desk.ts';

/** Larger than what is sent in one request. */
const LARGE = Buffer.from(Array.from({ length: 1_200_000 }, (_, row) => `${row},text ${row * 7919}\n`).join(''));

async function open() {
  const store = await startGcsStandIn({ buckets: ['raw'] });
  onTestFinished(() => store.stop());
  const desk = new Desk(undefined, { STORAGE_EMULATOR_HOST: store.uri });
  const web = await FileServer.open({ 'rows.csv': LARGE });
  const stream = async (more: Partial<SyncCall> = {}): Promise<SyncResult> => {
    const flags: Record<string, Json> = {};
    const call = await desk.call(`${web.url}/rows.csv`, flags, more);
    return await syncDataset({ ...call, to: 'gs://raw/s', stream: true });
  };
  return { store, web, stream };
}

/** As a process that is killed once half of the file has been stored. */
async function interrupt(stream: (more: Partial<SyncCall>) => Promise<SyncResult>): Promise<void> {
  const controller = new AbortController();
  const report: SyncCall['report'] = event => {
    if (event.type === 'progress' && event.done > LARGE.length / 2) controller.abort(new Error('killed'));
  };
  await expect(stream({ signal: controller.signal, report })).rejects.toThrow('killed');
}

describe('a stream that was interrupted', () => {
  test('goes on where the store has nothing yet', async () => {
    const { store, web, stream } = await open();
    await interrupt(stream);
    web.sent();
    const { objects, sentBytes } = await stream();
    expect(store.content('gs://raw/s/rows.csv')?.equals(LARGE)).toBe(true);
    expect([objects[0]?.state, sentBytes < LARGE.length]).toEqual(['resumed', true]);
    expect(web.sent()).toBeLessThan(LARGE.length);
  });

  test('begins anew where nobody can tell whether the source is still the same', async () => {
    const { store, web, stream } = await open();
    web.tags = false;
    await interrupt(stream);
    await stream();
    expect(store.content('gs://raw/s/rows.csv')?.equals(LARGE)).toBe(true);
  });

  test('begins anew where the source is another one by now', async () => {
    const { store, web, stream } = await open();
    await interrupt(stream);
    const other = Buffer.from(LARGE.toString().replaceAll('text', 'TEXT'));
    web.files.set('rows.csv', other);
    await stream();
    expect(store.content('gs://raw/s/rows.csv')?.equals(other)).toBe(true);
  });

  test('sends none of the files again that were stored, whatever the source knows of them', async () => {
    const store = await startGcsStandIn({ buckets: ['raw'] });
    onTestFinished(() => store.stop());
    const desk = new Desk(undefined, { STORAGE_EMULATOR_HOST: store.uri });
    desk.write('source/a.csv', 'text,label\n');
    desk.write('source/b.parquet', 'not yet');
    const sync = async () => {
      const call = await desk.call('./source');
      return await syncDataset({ ...call, to: 'gs://raw/s', stream: true });
    };
    expect((await failureOf(sync())).code).toBe('DATA_INVALID');
    expect(store.uris()).toEqual(['gs://raw/s/a.csv']);
    desk.write('source/b.parquet', 'PAR1PAR1');
    const { objects } = await sync();
    expect(objects.map(({ path, state }) => [path, state])).toEqual([
      ['a.csv', 'kept'],
      ['b.parquet', 'stored'],
    ]);
    const lock = desk.read('sentops.lock.yaml');
    expect(lock).not.toContain('partial');
    const { version } = await sync();
    expect(lock).toContain(version);
  });
});
