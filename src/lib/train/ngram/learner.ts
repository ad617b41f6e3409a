import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SentopsError } from '../../core/errors.ts';
import { removeTemporary, temporaryName } from '../../core/temporary.ts';
import { breathe } from '../../learn/breathe.ts';
import type { NgramFit } from '../../learn/ngram/fit.ts';
import type { PackedRows } from '../../learn/ngram/packed-rows.ts';
import { modelsOf } from '../../learn/ngram/rates.ts';
import type { HashingOptions } from '../../learn/ngram/row-hasher.ts';
import { PART, type PartName, type PartScores, type TextBatch } from '../batch.ts';
import type { FitRequest, FittedText, TextLearner } from '../learner.ts';
import { createStages } from './create-stages.ts';
import { type FitJob, runFitJob } from './fit-job.ts';
import { createChunkHasher } from './hash-chunk.ts';
import { NgramThread } from './ngram-thread.ts';
import {
  HASHED_FEATURES,
  MEMORY_BUDGET,
  type NgramOptions,
  ordersUpTo,
  type SettledParameters,
  settleParameters,
  tableSize,
} from './options.ts';
import { MemoryBudget, RecordStore } from './record-store.ts';
import { scorePart } from './score-part.ts';
import { ChunkBuilder, type TextChunk } from './text-chunk.ts';

const PARTS: readonly PartName[] = ['train', 'validation', 'test'];
/** Chunks that wait for the other thread before this one hashes itself. */
const QUEUE = 2;
/** Features of all training rows from which starting a thread pays. */
const THREAD_PAYS = 2 ** 19;
/** Integers in a bucket of training rows: what random order costs in memory when there are more rows than memory. */
const BUCKET = 2 ** 22;

/** How rows are hashed, known from the first full chunk on. */
interface SettledHashing {
  readonly parameters: SettledParameters;
  readonly options: HashingOptions;
  readonly here: (chunk: TextChunk) => PackedRows;
}

interface PartRows {
  readonly builder: ChunkBuilder;
  readonly store: RecordStore;
}

/**
 * Our own trainer. Texts come in once, hashed rows are kept, a second thread helps to hash and then fits. The training
 * rows are gone when the model is there.
 */
export function createNgramLearner(options: NgramOptions): TextLearner {
  return new NgramLearner(options);
}

class NgramLearner implements TextLearner {
  readonly #options: NgramOptions;
  readonly #folder: string;
  readonly #parts: Readonly<Record<PartName, PartRows>>;
  readonly #used: TextChunk[] = [];
  readonly #parallel: boolean;
  readonly #seen = { rows: 0, bytes: 0 };
  #hashing: SettledHashing | null = null;
  #thread: NgramThread | null = null;
  #phase: 'reading' | 'fitting' | 'fitted' = 'reading';
  #isClosed = false;

  constructor(options: NgramOptions) {
    this.#options = options;
    this.#parallel = options.parallel ?? os.availableParallelism() > 1;
    removeTemporary(options.temporaryDir);
    this.#folder = temporaryName(path.join(options.temporaryDir, 'ngram'));
    fs.mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const budget = new MemoryBudget(this.#memory / 2);
    const open = (part: PartName): PartRows => ({
      builder: new ChunkBuilder(),
      store: new RecordStore(path.join(this.#folder, `${part}.rows`), budget),
    });
    this.#parts = { train: open('train'), validation: open('validation'), test: open('test') };
  }

  get #memory(): number {
    return this.#options.memoryBudget ?? MEMORY_BUDGET;
  }

  async add(batch: TextBatch): Promise<void> {
    if (this.#isClosed) throw new Error('rows were added to a training that is closed');
    const { bytes, starts, ends } = batch.texts;
    for (let row = 0; row < batch.rows; row++) {
      const part = PARTS[batch.parts[row] as number];
      const start = starts[row] as number;
      if (part === undefined || start < 0) continue;
      if (this.#phase !== 'reading' && batch.parts[row] !== PART.test)
        throw new Error('training rows were added while the training runs');
      const rows = this.#parts[part];
      const [end, label] = [ends[row] as number, batch.labelIds[row] as number];
      if (part === 'train') this.#see(end - start);
      if (rows.builder.add(bytes, start, end, label)) continue;
      this.#seal(rows);
      rows.builder.add(bytes, start, end, label);
    }
  }

  async fit(request: FitRequest): Promise<readonly FittedText[]> {
    const started = performance.now();
    this.#phase = 'fitting';
    await this.#flush();
    const fit = await this.#run(this.#describeJob(request), request);
    this.#phase = 'fitted';
    const { seed } = this.#options;
    const { ngrams, characters, passes, alpha, minRows, learningRate } = this.#settle().parameters;
    const numFeatures = fit.coefficients.length / fit.intercepts.length;
    const params = { numFeatures, ngrams, characters, passes, learningRate, alpha, minRows, seed };
    const found = { rows: fit.rows, features: fit.features, rate: fit.rate, loss: fit.losses.at(-1) ?? 0 };
    const stages = createStages({
      ...{ ngrams, characters, numFeatures, seed, classes: request.classes },
      ...{ coefficients: fit.coefficients, intercepts: fit.intercepts, extras: { ...params, ...found } },
    });
    const scores = (part: PartName, classOf = request.classOf) => this.#score(part, fit, { ...request, classOf });
    return [{ name: 'ngram', stages, params, seconds: (performance.now() - started) / 1000, scores }];
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#thread?.close();
    for (const part of PARTS) this.#parts[part].store.close();
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }

  #describeJob({ classOf, classes }: FitRequest): FitJob {
    const { parameters, options: hashing } = this.#settle();
    const { numFeatures, passes, learningRate, alpha, minRows } = parameters;
    const { seed } = this.#options;
    const training = this.#parts.train.store.giveAway();
    const options = {
      ...{ classes, classOf, passes, learningRate, alpha, minRows, seed, bucketSize: BUCKET },
      hashedFeatures: hashing.numFeatures,
      numFeatures: tableSize(numFeatures, modelsOf(classes)),
    };
    return { training, options, bucketFile: path.join(this.#folder, 'dealt.rows'), bucketMemory: this.#memory / 2 };
  }

  async #run(job: FitJob, { signal, progress, reached }: FitRequest): Promise<NgramFit> {
    signal.throwIfAborted();
    const told = (done: number, total: number, loss: number) => {
      progress('ngram', done, total);
      reached?.('ngram', { key: 'loss', value: loss, step: done });
    };
    const thread = this.#parallel && job.training.features >= THREAD_PAYS ? this.#openThread() : null;
    const stop = () => void thread?.close();
    signal.addEventListener('abort', stop);
    try {
      return await (thread ? thread.fit(job, told) : runFitJob(job, { pause: breathe(signal), progress: told }));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof RangeError)
        throw new SentopsError('DATA_INVALID', `ngram cannot be trained: ${error.message}`, {
          hint: 'every class needs rows in the training part',
        });
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  #score(part: PartName, fit: NgramFit, { classOf, classes, signal }: FitRequest): Promise<PartScores> {
    if (part === 'train') return Promise.reject(new Error('the training rows are not kept'));
    return this.#flush().then(() =>
      scorePart(this.#parts[part].store.describe(), fit, {
        ...{ classOf, classes, signal },
        hashedFeatures: this.#settle().options.numFeatures,
      }),
    );
  }

  #see(bytes: number): void {
    this.#seen.rows += 1;
    this.#seen.bytes += bytes;
  }

  /** Looks at the training rows up to here, once; which thread does what has no say in it. */
  #settle(): SettledHashing {
    if (this.#hashing) return this.#hashing;
    const parameters = settleParameters(this.#options, this.#seen.bytes / Math.max(1, this.#seen.rows));
    const options = {
      numFeatures: parameters.numFeatures ?? HASHED_FEATURES,
      words: ordersUpTo(parameters.ngrams),
      characters: ordersUpTo(parameters.characters),
    };
    this.#hashing = { parameters, options, here: createChunkHasher(options) };
    return this.#hashing;
  }

  #openThread(): NgramThread {
    this.#thread ??= new NgramThread(this.#settle().options);
    return this.#thread;
  }

  /** Hands a full chunk to the thread that has time for it. */
  #seal({ builder, store }: PartRows): void {
    const chunk = builder.take(this.#used.pop());
    const place = store.reserve();
    // A thread for the last of the test rows alone would not pay.
    const thread = this.#parallel && this.#phase === 'reading' ? this.#openThread() : this.#thread;
    thread?.poll();
    const done = (packed: PackedRows) => {
      store.put(place, packed);
      this.#used.push(chunk);
    };
    const hasTime = this.#phase !== 'fitting' || thread?.hasFitted === true;
    if (thread && hasTime && thread.pending < QUEUE) thread.hash(chunk, done);
    else done(this.#settle().here(chunk));
  }

  async #flush(): Promise<void> {
    for (const part of PARTS) {
      const rows = this.#parts[part];
      if (rows.builder.rows === 0) continue;
      const chunk = rows.builder.take(this.#used.pop());
      rows.store.put(rows.store.reserve(), this.#settle().here(chunk));
      this.#used.push(chunk);
    }
    await this.#thread?.drain();
  }
}
