import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PackedRows } from '../../../../src/lib/learn/ngram/packed-rows.ts';
import type { FitJob } from '../../../../src/lib/train/ngram/fit-job.ts';
import { runFitJob } from '../../../../src/lib/train/ngram/fit-job.ts';
import { createChunkHasher } from '../../../../src/lib/train/ngram/hash-chunk.ts';
import { NgramThread } from '../../../../src/lib/train/ngram/ngram-thread.ts';
import { MemoryBudget, RecordStore } from '../../../../src/lib/train/ngram/record-store.ts';
import { chunkOf, madeTexts } from './made-texts.ts';

const HASHING = { numFeatures: 2 ** 12, words: [1, 2], characters: [] };
const pause = () => Promise.resolve();

let folder: string;
let thread: NgramThread;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ngram-thread-'));
  thread = new NgramThread(HASHING);
});
afterEach(async () => {
  await thread.close();
  fs.rmSync(folder, { recursive: true });
});

const texts = madeTexts(400, 2);

/** A job over the made texts, with so many bytes of them in memory. */
function jobOf(memory = 2 ** 20, passes = 3): FitJob {
  const store = new RecordStore(path.join(folder, 'train.rows'), new MemoryBudget(memory));
  for (let from = 0; from < texts.length; from += 100)
    store.put(store.reserve(), createChunkHasher(HASHING)(chunkOf(texts.slice(from, from + 100))));
  const options = {
    ...{ classes: 2, classOf: Int32Array.of(0, 1), hashedFeatures: 2 ** 12, numFeatures: 2 ** 12, passes, seed: 5 },
    ...{ learningRate: 0.3, alpha: 1, minRows: 1, bucketSize: 2 ** 20 },
  };
  return { training: store.giveAway(), options, bucketFile: path.join(folder, 'dealt'), bucketMemory: 2 ** 20 };
}

describe('NgramThread', () => {
  it('hashes chunks as this thread does, and says how many are under way', async () => {
    const here = createChunkHasher(HASHING);
    const chunks = [texts.slice(0, 50), texts.slice(50, 51), texts.slice(51, 300)].map(chunkOf);
    const found = new Map<number, PackedRows>();
    for (const [at, chunk] of chunks.entries()) thread.hash(chunk, packed => found.set(at, packed));
    expect(thread.pending).toBe(3);
    await thread.drain();
    expect(thread.pending).toBe(0);
    expect([0, 1, 2].map(at => found.get(at))).toEqual(chunks.map(here));
  });

  it('gives what is ready to a loop that never waits', async () => {
    let done = 0;
    thread.hash(chunkOf(texts.slice(0, 9)), () => done++);
    const end = performance.now() + 20_000;
    while (done === 0 && performance.now() < end) thread.poll();
    expect(done).toBe(1);
    await thread.drain();
  });

  it.each([
    ['in memory', 2 ** 20],
    ['in a file', 0],
    ['in both', 10_000],
  ])('fits as this thread does, with the rows %s', async (_, memory) => {
    const expected = await runFitJob(jobOf(memory), { pause });
    fs.rmSync(path.join(folder, 'train.rows'), { force: true });
    const told: number[] = [];
    expect(thread.hasFitted).toBe(false);
    const fit = await thread.fit(jobOf(memory), done => told.push(done));
    expect(fit).toEqual(expected);
    expect(thread.hasFitted).toBe(true);
    expect(told).toEqual([1, 2, 3]);
  });

  it('hashes again when it has fitted', async () => {
    await thread.fit(jobOf(), () => {});
    const chunk = chunkOf(texts.slice(0, 20));
    let packed: PackedRows | undefined;
    thread.hash(chunk, done => {
      packed = done;
    });
    await thread.drain();
    expect(packed).toEqual(createChunkHasher(HASHING)(chunk));
  });

  it('takes the memory of the rows along: none is left here', async () => {
    const job = jobOf();
    const memory = job.training.blocks.flatMap(block => ('memory' in block ? [block.memory.buffer] : []));
    expect(memory).toHaveLength(4);
    await thread.fit(job, () => {});
    expect(memory.map(({ detached }) => detached)).toEqual([true, true, true, true]);
  });

  it('passes an error of the fit on, with its kind', async () => {
    const job = jobOf();
    const fit = thread.fit({ ...job, options: { ...job.options, classOf: Int32Array.of(0, -1) } }, () => {});
    await expect(fit).rejects.toThrow(new RangeError('class 1 has no rows'));
    await expect(fit).rejects.toBeInstanceOf(RangeError);
  });

  it('fails where the file of the rows is gone, and stays failed', async () => {
    const job = jobOf(0);
    fs.rmSync(path.join(folder, 'train.rows'));
    await expect(thread.fit(job, () => {})).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(thread.drain()).rejects.toMatchObject({ code: 'ENOENT' });
    expect(() => thread.poll()).toThrow('ENOENT');
  });

  it('says what went wrong with a chunk to whoever waits or polls next', async () => {
    const broken = { ...chunkOf(texts.slice(0, 3)), ends: undefined as never };
    thread.hash(broken, () => expect.unreachable());
    await expect(thread.drain()).rejects.toBeInstanceOf(TypeError);
    expect(() => thread.poll()).toThrow(TypeError);
  });

  it('ends everybody who waits when it is closed, and can be closed twice', async () => {
    const fit = thread.fit(jobOf(2 ** 20, 100_000), () => {});
    const told = expect(fit).rejects.toThrow('the training was closed');
    await thread.close();
    await told;
    await thread.close();
    expect(() => thread.poll()).toThrow('the training was closed');
  });
});

describe('runFitJob', () => {
  it('frees the rows that it was given and removes no file of others', async () => {
    const job = jobOf(10_000);
    const memory = job.training.blocks.flatMap(block => ('memory' in block ? [block.memory.buffer] : []));
    await runFitJob(job, { pause });
    expect(memory.length).toBeGreaterThan(0);
    expect(memory.every(({ detached }) => detached)).toBe(true);
    expect(fs.readdirSync(folder)).toEqual(['train.rows']);
  });

  it('deals rows out to a file where memory is short, to the same end', async () => {
    const expected = await runFitJob(jobOf(), { pause });
    const job = jobOf();
    expect(await runFitJob({ ...job, bucketMemory: 0 }, { pause })).toEqual(expected);
    expect(fs.readdirSync(folder)).toEqual(['dealt']);
  });

  it('closes its files when it is stopped', async () => {
    const job = jobOf(0);
    let pauses = 0;
    const stopping = () => (++pauses > 6 ? Promise.reject(new Error('stop')) : pause());
    const before = openFiles();
    await expect(runFitJob({ ...job, bucketMemory: 0 }, { pause: stopping })).rejects.toThrow('stop');
    expect(openFiles()).toEqual(before);
  });
});

/** Open files of the job; where the system does not list them, the number that the next file gets: the lowest free one. */
function openFiles(): readonly string[] {
  if (fs.existsSync('/proc/self/fd')) {
    const targets = fs.readdirSync('/proc/self/fd').flatMap(name => {
      try {
        return fs.readlinkSync(`/proc/self/fd/${name}`);
      } catch {
        return [];
      }
    });
    return targets.filter(target => target.startsWith(folder));
  }
  const descriptor = fs.openSync(import.meta.filename, 'r');
  fs.closeSync(descriptor);
  return [String(descriptor)];
}
