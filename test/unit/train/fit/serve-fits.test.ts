import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import createNaiveBayes from '../../../../src/lib/learn/trainers/naivebayes.ts';
import { runFit } from '../../../../src/lib/train/fit/run-fit.ts';
import { serveFits } from '../../../../src/lib/train/fit/serve-fits.ts';
import { shareInts, shareRows } from '../../../../src/lib/train/fit/share-rows.ts';
import { isOwnTrainer, loadOwnTrainer } from '../../../../src/lib/train/fit/trainers.ts';
import type { FitWorkerOrder, FitWorkerReply } from '../../../../src/lib/train/fit/types.ts';
import { makeRows } from '../../learn/made-rows.ts';

const ROWS = makeRows({ seed: 8, rows: 90, columns: 12, classes: 2, weighted: true });
const { signal } = new AbortController();

let port: MessagePort;
let replies: FitWorkerReply[];
let channel: MessageChannel;
beforeEach(() => {
  channel = new MessageChannel();
  replies = [];
  port = channel.port1;
  port.on('message', (reply: FitWorkerReply) => replies.push(reply));
  serveFits(channel.port2, { rows: shareRows(ROWS) });
});
afterEach(() => {
  channel.port1.close();
  channel.port2.close();
});

const order = (task: number, more: Partial<FitWorkerOrder> = {}): FitWorkerOrder => ({
  task,
  trainer: 'naivebayes',
  params: {},
  seed: 1,
  leaveOut: null,
  ...more,
});

/** Sends orders and waits for so many to be over. */
async function settle(...orders: FitWorkerOrder[]): Promise<FitWorkerReply[]> {
  for (const one of orders) port.postMessage(one);
  await expect.poll(() => replies.filter(({ kind }) => kind !== 'progress').length).toBe(orders.length);
  return replies;
}

describe('the inside of a fitting thread', () => {
  test('does what it is told, one order after the other, and numbers its answers', async () => {
    await settle(order(4), order(2, { params: { smoothing: 9 } }));
    const done = replies.flatMap(reply =>
      reply.kind === 'done' ? [[reply.task, reply.outcome.stage.params['smoothing']]] : [],
    );
    expect(done.sort()).toEqual([
      [2, 9],
      [4, 1],
    ]);
    expect(replies.filter(({ kind }) => kind === 'progress')).not.toHaveLength(0);
  });

  test('sends what a fit in place gives, though its memory changes hands', async () => {
    const assigned = shareInts(ROWS.labels.map((_, row) => row % 3));
    const leaveOut = { fold: 1, assigned };
    const [reply] = (await settle(order(0, { leaveOut }))).filter(({ kind }) => kind === 'done');
    const here = await runFit(ROWS, { trainer: createNaiveBayes(), params: {}, seed: 1, leaveOut, signal });
    if (reply?.kind !== 'done') throw new Error('it is not done');
    expect(reply.outcome.stage).toEqual(here.stage);
    expect(reply.outcome.heldOut).toEqual(here.heldOut);
    expect([...(here.heldOut?.rows ?? [])]).toEqual([...ROWS.labels.keys()].filter(row => row % 3 === 1));
  });

  test('survives what it cannot do, and says why and of what kind it is', async () => {
    await settle(order(0, { trainer: 'theirs' }), order(1, { params: { smoothing: -1 } }), order(2));
    expect(replies.filter(({ kind }) => kind === 'failed')).toEqual([
      { kind: 'failed', task: 0, name: 'RangeError', message: expect.stringContaining('there is no trainer theirs') },
      { kind: 'failed', task: 1, name: 'RangeError', message: 'naivebayes: smoothing must be at least 0, not -1' },
    ]);
    expect(replies.find(reply => reply.kind === 'done')).toMatchObject({ task: 2 });
  });

  test('works on the same memory as everybody else, and changes nothing in it', async () => {
    const shared = shareRows(ROWS);
    const before = structuredClone(ROWS);
    const other = new MessageChannel();
    serveFits(other.port2, { rows: shared });
    other.port1.postMessage(order(0, { trainer: 'logisticregression', params: { maxIter: 3 } }));
    await new Promise<void>(resolve =>
      other.port1.on('message', ({ kind }: FitWorkerReply) => kind === 'done' && resolve()),
    );
    other.port1.close();
    expect([...shared.features.values]).toEqual([...before.features.values]);
    expect([...shared.labels]).toEqual([...before.labels]);
  });
});

describe('rows in shared memory', () => {
  test('are the same rows', () => {
    const shared = shareRows(ROWS);
    expect(shared.classes).toBe(ROWS.classes);
    for (const key of ['starts', 'indices', 'values'] as const) {
      expect([...shared.features[key]]).toEqual([...ROWS.features[key]]);
      expect(shared.features[key].buffer).toBeInstanceOf(SharedArrayBuffer);
    }
    expect([...(shared.weights ?? [])]).toEqual([...(ROWS.weights ?? [])]);
    expect(shared.labels.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  test('are not copied a second time, and have no weights where there were none', () => {
    const { weights: _, ...plain } = ROWS;
    const once = shareRows(plain);
    const twice = shareRows(once);
    expect(twice.features.values).toBe(once.features.values);
    expect(twice.labels).toBe(once.labels);
    expect(once).not.toHaveProperty('weights');
  });

  test('a part of a larger array stays that part', () => {
    const whole = Int32Array.of(1, 2, 3, 4);
    expect([...shareInts(whole.subarray(1, 3))]).toEqual([2, 3]);
  });
});

test.each(['logisticregression', 'linearsvc', 'naivebayes', 'randomforest'])(
  '%s is one of ours and can be loaded',
  async name => {
    expect(isOwnTrainer(name)).toBe(true);
    const trainer = await loadOwnTrainer(name);
    const { stage, probabilistic } = await trainer.fit(ROWS, { params: {}, seed: 1, signal });
    expect(stage.type).toBe(name);
    expect(probabilistic).toBe(name !== 'linearsvc');
  },
);

test.each(['ngram', 'toString', '__proto__', ''])('%j is none of ours', async name => {
  expect(isOwnTrainer(name)).toBe(false);
  await expect(loadOwnTrainer(name)).rejects.toThrow(RangeError);
});
