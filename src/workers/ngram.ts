import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { HashingOptions } from '../lib/learn/ngram/row-hasher.ts';
import { runFitJob } from '../lib/train/ngram/fit-job.ts';
import { createChunkHasher } from '../lib/train/ngram/hash-chunk.ts';
import type { NgramReply, NgramRequest } from '../lib/train/ngram/messages.ts';

const hashChunk = createChunkHasher(workerData as HashingOptions);

parentPort?.once('message', (port: MessagePort) => {
  const reply: Reply = (message, memory = []) => port.postMessage(message, [...memory]);
  port.on('message', (request: NgramRequest) => {
    answer(request, reply).catch(error => reply({ type: 'failed', error, code: error?.code ?? null }));
  });
});

/** Memory is moved, not copied. */
type Reply = (message: NgramReply, memory?: readonly ArrayBuffer[]) => void;

async function answer(request: NgramRequest, reply: Reply): Promise<void> {
  if (request.type === 'hash') {
    const packed = hashChunk(request.chunk);
    reply({ type: 'hashed', id: request.id, packed }, [packed.bytes.buffer]);
    return;
  }
  const fit = await runFitJob(request.job, {
    // Whoever wants it to stop ends the thread.
    pause: () => Promise.resolve(),
    progress: (done, total, loss) => reply({ type: 'progress', done, total, loss }),
  });
  reply({ type: 'fitted', fit });
}
