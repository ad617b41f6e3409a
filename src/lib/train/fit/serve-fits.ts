import type { MessagePort } from 'node:worker_threads';
import { runFit } from './run-fit.ts';
import { loadOwnTrainer } from './trainers.ts';
import type { FitOutcome, FitWorkerData, FitWorkerOrder, FitWorkerReply } from './types.ts';

/** The inside of a fitting thread: fits what it is told, one after the other, until it is ended from outside. */
export function serveFits(port: MessagePort, { rows }: FitWorkerData): void {
  // Nobody aborts from within: the thread is ended as a whole.
  const { signal } = new AbortController();
  const reply = (message: FitWorkerReply, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);
  port.on('message', async ({ task, trainer, ...order }: FitWorkerOrder) => {
    try {
      const progress = (done: number, total: number, objective?: number) =>
        reply({ kind: 'progress', task, done, total, ...(objective === undefined ? {} : { objective }) });
      const outcome = await runFit(rows, { ...order, trainer: await loadOwnTrainer(trainer), signal, progress });
      reply({ kind: 'done', task, outcome }, buffersOf(outcome));
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      reply({ kind: 'failed', task, name, message });
    }
  });
}

/** Memory that can change hands instead of being copied. */
function buffersOf({ stage, heldOut }: FitOutcome): ArrayBuffer[] {
  const { raw, probabilities, predictions } = heldOut?.scores ?? {};
  const arrays = [...Object.values(stage.arrays), heldOut?.rows, heldOut?.labels, raw, probabilities, predictions];
  const buffers = arrays.map(array => array?.buffer).filter(buffer => buffer instanceof ArrayBuffer);
  return [...new Set(buffers)];
}
