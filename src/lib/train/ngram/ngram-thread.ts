import { MessageChannel, type MessagePort, receiveMessageOnPort, type Worker } from 'node:worker_threads';
import { startWorker } from '../../core/worker-thread.ts';
import type { NgramFit } from '../../learn/ngram/fit.ts';
import type { PackedRows } from '../../learn/ngram/packed-rows.ts';
import type { HashingOptions } from '../../learn/ngram/row-hasher.ts';
import type { FitJob } from './fit-job.ts';
import type { NgramReply, NgramRequest } from './messages.ts';
import type { TextChunk } from './text-chunk.ts';

type FitProgress = (done: number, total: number, loss: number) => void;

interface Waiting {
  resolve(): void;
  reject(error: unknown): void;
}

/** The second thread: hashes chunks while this one reads, then fits while this one reads the test rows, then hashes again. */
export class NgramThread {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #hashed = new Map<number, (packed: PackedRows) => void>();
  #nextId = 0;
  #failure: { readonly error: unknown } | null = null;
  #waiting: Waiting[] = [];
  #fit: NgramFit | null = null;
  #progress: FitProgress | undefined;

  constructor(hashing: HashingOptions) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = startWorker('ngram', hashing);
    this.#worker.postMessage(port2, [port2]);
    this.#port.on('message', (reply: NgramReply) => this.#take(reply));
    this.#worker.on('error', error => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('the training thread ended')));
  }

  get hasFitted(): boolean {
    return this.#fit !== null;
  }

  /** Chunks that it has not given back yet. */
  get pending(): number {
    return this.#hashed.size;
  }

  hash(chunk: TextChunk, done: (packed: PackedRows) => void): void {
    const id = this.#nextId++;
    this.#hashed.set(id, done);
    this.#port.postMessage({ type: 'hash', id, chunk } satisfies NgramRequest);
  }

  /** Takes what is ready without waiting: a loop that never lets events happen gets its results too. */
  poll(): void {
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { message: NgramReply } | undefined;
      if (received === undefined) break;
      this.#take(received.message);
    }
    if (this.#failure) throw this.#failure.error;
  }

  async drain(): Promise<void> {
    this.poll();
    while (this.#hashed.size > 0) await this.#wait();
  }

  /** The rows in memory move over to the thread. */
  async fit(job: FitJob, progress: FitProgress): Promise<NgramFit> {
    this.#progress = progress;
    const memory = job.training.blocks.flatMap(block => ('memory' in block ? [block.memory.buffer] : []));
    this.#port.postMessage({ type: 'fit', job } satisfies NgramRequest, memory);
    while (this.#fit === null) await this.#wait();
    return this.#fit;
  }

  async close(): Promise<void> {
    this.#fail(new Error('the training was closed'));
    this.#port.close();
    await this.#worker.terminate();
  }

  #wait(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure.error);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }

  #take(reply: NgramReply): void {
    if (reply.type === 'progress') {
      this.#progress?.(reply.done, reply.total, reply.loss);
      return;
    }
    if (reply.type === 'failed') {
      this.#fail(reply.code === null ? reply.error : Object.assign(reply.error as Error, { code: reply.code }));
      return;
    }
    if (reply.type === 'fitted') this.#fit = reply.fit;
    else {
      const done = this.#hashed.get(reply.id);
      this.#hashed.delete(reply.id);
      done?.(reply.packed);
    }
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure.error);
  }
}
