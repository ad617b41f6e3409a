import os from 'node:os';
import type { Worker } from 'node:worker_threads';
import { startWorker } from '../../core/worker-thread.ts';
import type { LabelledRows, Trainer } from '../../learn/types.ts';
import { runFit } from './run-fit.ts';
import { shareInts, shareRows } from './share-rows.ts';
import type { FitOutcome, FitRun, FitTask, FitWorkerData, FitWorkerOrder, FitWorkerReply } from './types.ts';

/**
 * Runs fits, ours side by side in threads, those of plugins one after the other in this one. Outcomes stand in the order
 * of the tasks. The first failure ends everything and is thrown with its own message; an abort ends the threads at once.
 */
export async function fitAll(
  tasks: readonly FitTask[],
  rows: LabelledRows,
  { signal, parallel = Number.POSITIVE_INFINITY, progress, settled }: FitRun,
): Promise<FitOutcome[]> {
  signal.throwIfAborted();
  const outcomes = new Array<FitOutcome>(tasks.length);
  const numbered = tasks.map((task, number) => ({ ...task, number }));
  const orders = numbered.flatMap(task => (typeof task.trainer === 'string' ? [toOrder(task, task.trainer)] : []));
  const stop = new AbortController();
  const run = { signal: AbortSignal.any([signal, stop.signal]), progress, settled };
  const jobs: Promise<void>[] = [];
  if (orders.length > 0) {
    const shared = shareRows(rows);
    const queue = orders.values();
    const threads = Math.min(Math.max(Math.floor(parallel), 1), os.availableParallelism(), orders.length);
    for (let thread = 0; thread < threads; thread++) jobs.push(runThread(shared, queue, outcomes, run));
  }
  jobs.push(runPlugins(numbered, rows, outcomes, run));
  try {
    await Promise.all(jobs);
  } catch (error) {
    stop.abort();
    await Promise.allSettled(jobs);
    signal.throwIfAborted();
    throw error;
  }
  return outcomes;
}

interface Run {
  readonly signal: AbortSignal;
  readonly progress: FitRun['progress'];
  readonly settled: FitRun['settled'];
}

function toOrder({ number, params, seed, leaveOut }: FitTask & { number: number }, trainer: string): FitWorkerOrder {
  const fold = leaveOut ? { ...leaveOut, assigned: shareInts(leaveOut.assigned) } : null;
  return { task: number, trainer, params, seed, leaveOut: fold };
}

async function runPlugins(
  tasks: readonly (FitTask & { number: number })[],
  rows: LabelledRows,
  outcomes: FitOutcome[],
  { signal, progress, settled }: Run,
): Promise<void> {
  for (const { number, trainer, params, seed, leaveOut = null } of tasks) {
    if (typeof trainer === 'string') continue;
    signal.throwIfAborted();
    const report = (done: number, total: number, objective?: number) => progress?.(number, done, total, objective);
    const outcome = await runFit(rows, {
      trainer: trainer as Trainer,
      params,
      seed,
      leaveOut,
      signal,
      progress: report,
    });
    outcomes[number] = outcome;
    settled?.(number, outcome);
  }
}

/** One thread that takes orders from the queue until it is empty. */
function runThread(
  rows: LabelledRows,
  queue: Iterator<FitWorkerOrder>,
  outcomes: FitOutcome[],
  { signal, progress, settled }: Run,
): Promise<void> {
  const worker = startWorker('fit', { rows } satisfies FitWorkerData);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const giveNext = () => {
    const { done, value } = queue.next();
    if (done) resolve();
    else worker.postMessage(value);
  };
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  worker.on('message', (reply: FitWorkerReply) => {
    if (reply.kind === 'progress') return progress?.(reply.task, reply.done, reply.total, reply.objective);
    if (reply.kind === 'failed') return reject(rebuildError(reply));
    outcomes[reply.task] = reply.outcome;
    settled?.(reply.task, reply.outcome);
    giveNext();
  });
  worker.on('error', reject);
  worker.on('exit', code => reject(new Error(`a fitting thread ended by itself (exit code ${code})`)));
  if (signal.aborted) abort();
  else giveNext();
  return promise.finally(() => end(worker, signal, abort));
}

async function end(worker: Worker, signal: AbortSignal, abort: () => void): Promise<void> {
  signal.removeEventListener('abort', abort);
  await worker.terminate();
}

function rebuildError({ name, message }: { readonly name: string; readonly message: string }): Error {
  return name === 'RangeError' ? new RangeError(message) : new Error(message);
}
