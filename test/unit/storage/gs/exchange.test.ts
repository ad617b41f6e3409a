import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { ChunkPool } from '../../../../src/lib/storage/chunk-pool.ts';
import { parseEndpoint } from '../../../../src/lib/storage/gs/endpoint.ts';
import { createExchanger } from '../../../../src/lib/storage/gs/exchange.ts';
import { noise } from './upload/fixture.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function exchangerTo(answer: http.RequestListener) {
  const server = http.createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const exchanger = createExchanger(parseEndpoint(`http://127.0.0.1:${port}`), {});
  closing.push(() => {
    exchanger.close();
    server.closeAllConnections();
    server.close();
  });
  return exchanger;
}

const request = { path: '/', headers: {}, signal: new AbortController().signal, silenceMs: 10_000 };

test('a piece of an answer stays what it is while the next ones arrive on the same connection', async () => {
  const content = noise(3 * 1024 * 1024 + 17);
  const exchanger = await exchangerTo((_request, response) => response.end(content));
  const kept: Buffer[][] = [[], []];
  for (const pieces of kept) {
    const answer = await exchanger.send({ ...request, method: 'GET' });
    for await (const piece of answer) pieces.push(piece as Buffer);
  }
  for (const pieces of kept) expect(Buffer.concat(pieces).equals(content)).toBe(true);
});

test('an answer whose reader takes its time arrives whole', async () => {
  const content = noise(2 * 1024 * 1024);
  const exchanger = await exchangerTo((_request, response) => response.end(content));
  const answer = await exchanger.send({ ...request, method: 'GET' });
  await sleep(100);
  const pieces: Buffer[] = [];
  for await (const piece of answer) {
    if (pieces.length < 5) await sleep(20);
    pieces.push(piece as Buffer);
  }
  expect(Buffer.concat(pieces).equals(content)).toBe(true);
});

/** Chunks of a pool, as a file gives them. */
function pooled(content: Buffer, bytes: number) {
  const pool = new ChunkPool(bytes);
  const memory = new Set<ArrayBufferLike>();
  let released = 0;
  return {
    memory,
    released: () => released,
    body: {
      bytes: content.length,
      async *open() {
        for (let at = 0; at < content.length; at += bytes) {
          const chunk = pool.take();
          memory.add(chunk.buffer);
          const part = content.subarray(at, at + bytes);
          chunk.set(part);
          yield chunk.subarray(0, part.length);
        }
      },
      release(chunk: Uint8Array) {
        released++;
        // Whoever still read it would see.
        chunk.fill(0);
        pool.release(chunk);
      },
    },
  };
}

test('what is sent is given back when the system has it, also where the server reads slowly', async () => {
  const content = noise(5 * 1024 * 1024 + 3);
  const received: Buffer[] = [];
  const exchanger = await exchangerTo(async (incoming, response) => {
    await sleep(100);
    for await (const piece of incoming) received.push(piece as Buffer);
    response.end();
  });
  const { body, memory, released } = pooled(content, 512 * 1024);
  const answer = await exchanger.send({ ...request, method: 'PUT', body });
  answer.resume();
  expect(Buffer.concat(received).equals(content)).toBe(true);
  expect(released()).toBe(11);
  expect(memory.size).toBeLessThan(6);
});
