import { expect, test } from 'vitest';
import { ChunkPool } from '../../../src/lib/storage/chunk-pool.ts';

test('memory that came back is given again, all of it', () => {
  const pool = new ChunkPool(1024);
  const first = pool.take();
  pool.release(first.subarray(100, 200));
  const second = pool.take();
  expect(second.buffer).toBe(first.buffer);
  expect(second).toHaveLength(1024);
});

test('memory that did not come back stays its owner’s', () => {
  const pool = new ChunkPool(1024);
  const chunks = [pool.take(), pool.take(), pool.take()];
  expect(new Set(chunks.map(({ buffer }) => buffer)).size).toBe(3);
});

test('what came back twice, or is of elsewhere, is given to nobody', () => {
  const pool = new ChunkPool(1024);
  const first = pool.take();
  const foreign = new Uint8Array(1024);
  pool.release(first);
  pool.release(first.subarray(1));
  pool.release(foreign);
  const buffers = [pool.take(), pool.take(), pool.take()].map(({ buffer }) => buffer);
  expect(new Set(buffers).size).toBe(3);
  expect(buffers).not.toContain(foreign.buffer);
});
