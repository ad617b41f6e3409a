import fs from 'node:fs';
import path from 'node:path';
import { type PythonEnvironment, runPython } from './python.ts';
import type { ScoreBits } from './score-bits.ts';

const script = path.join(import.meta.dirname, '..', 'stack', 'python', 'spark_jobs.py');

interface Job {
  readonly do: 'score' | 'mlflow';
  readonly model: string;
  readonly rows: string;
  readonly out: string;
  readonly to: string;
}

interface StageParams {
  readonly class: string;
  readonly params: Readonly<Record<string, string>>;
}

interface JobResult {
  readonly error?: string;
  readonly stages?: readonly StageParams[];
}

/** What scored: versions of Spark and Java, and the kind of processor as Java names it. */
export interface SparkAbout {
  readonly spark: string;
  readonly java: string;
  readonly processor: string;
}

interface Printed extends SparkAbout {
  readonly results: readonly JobResult[];
}

/** What Spark made of a model. Each throws what Spark said where the job failed. */
export interface SparkScore {
  scores(): ScoreBits;
  /** Folder of the model as Spark saved it again. */
  resaved(): string;
  /** As Spark understands the stages: every parameter, as Python prints it. */
  stages(): readonly StageParams[];
}

/** Jobs for one Spark session: collected first, run together, since a session costs seconds and a job less. */
export class SparkJobs {
  readonly #scratch: string;
  readonly #jobs: Job[] = [];
  #printed: Printed | undefined;

  constructor(scratch: string) {
    this.#scratch = scratch;
    fs.mkdirSync(scratch, { recursive: true });
  }

  /** A file of texts for `score`; half a surrogate pair survives as an escape. */
  addRows(name: string, texts: readonly string[]): string {
    const file = path.join(this.#scratch, `${name}.json`);
    fs.writeFileSync(file, JSON.stringify(texts));
    return file;
  }

  /** Spark loads the model, scores the rows and saves the model again, once the jobs run. */
  score(model: string, rows: string, by: 'score' | 'mlflow' = 'score'): SparkScore {
    const place = this.#jobs.length;
    const out = path.join(this.#scratch, `scores-${place}.json`);
    const to = path.join(this.#scratch, `resaved-${place}`);
    this.#jobs.push({ do: by, model, rows, out, to });
    const result = () => {
      const found = this.#printed?.results[place];
      if (!found) throw new Error(`${model}: the jobs did not run`);
      if (found.error !== undefined) throw new Error(`${model}: ${found.error}`);
      return found;
    };
    return {
      scores: () => {
        result();
        return JSON.parse(fs.readFileSync(out, 'utf8')) as ScoreBits;
      },
      resaved: () => {
        result();
        return to;
      },
      stages: () => result().stages ?? [],
    };
  }

  async run(environment: PythonEnvironment): Promise<void> {
    const input = JSON.stringify({ scratch: this.#scratch, jobs: this.#jobs });
    const printed = await runPython(environment, script, [], { input });
    this.#printed = JSON.parse(printed.trim().split('\n').at(-1) ?? '') as Printed;
  }

  about(): SparkAbout {
    if (!this.#printed) throw new Error('the jobs did not run');
    const { spark, java, processor } = this.#printed;
    return { spark, java, processor };
  }
}
