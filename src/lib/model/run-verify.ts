import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SentopsError } from '../core/errors.ts';
import { openInput } from '../data/open-input.ts';
import type { World } from '../extend/world.ts';
import type { MathFlavor } from './compile/types.ts';
import { type OpenedModel, openModel } from './load.ts';
import { isColumnFile, readStoredColumns, readStoredTable } from './parity/read-stored.ts';
import { scoreWithSpark } from './parity/score-with-spark.ts';
import { saveModel } from './save.ts';
import { compareScores, describeStages, readTexts, SAMPLE_TEXTS, type Verification } from './verify.ts';

export interface VerifyRequest extends World {
  /** As `openModel` takes it. */
  readonly place: string;
  /** `pyspark`, or a file of stored scores. */
  readonly against: string;
  /** Texts for PySpark; built-in ones where absent. */
  readonly input: string | undefined;
  readonly textColumn: string | undefined;
  readonly math: MathFlavor;
}

/** Spark is handed the rows as a whole, and its start costs more than scoring these. */
const MOST_TEXTS = 100_000;

/** Compares a model's scores with those of real Spark, or with a stored result. */
export async function verifyModel(request: VerifyRequest): Promise<Verification> {
  const opened = await openModel(request.place);
  const { model } = opened;
  const { source, stored } = await (request.against === 'pyspark' ? askSpark(opened, request) : openStored(request));
  const parity = await compareScores(model, stored, request.math);
  if (parity.rows === 0)
    throw new SentopsError('DATA_INVALID', `${source} holds no rows to compare with`, {
      hint: 'give a file with rows',
    });
  if (parity.columns.length === 0)
    throw new SentopsError(
      'DATA_INVALID',
      `${source} holds no scores: none of prediction, rawPrediction, probability`,
      {
        hint: 'compare with a file that sentops score --vectors or Spark wrote',
      },
    );
  return { path: opened.dir, stages: describeStages(model), against: source, parity };
}

async function openStored(request: VerifyRequest) {
  const { against, textColumn, cwd, signal } = request;
  if (isColumnFile(against)) return { source: against, stored: readStoredColumns(path.resolve(cwd, against)) };
  const { table, location } = await openInput(against, textColumn === undefined ? {} : { textColumn }, request);
  return { source: location, stored: readStoredTable(table, signal) };
}

async function askSpark(opened: OpenedModel, request: VerifyRequest) {
  const { input, textColumn, env, signal, report } = request;
  const texts =
    input === undefined
      ? SAMPLE_TEXTS
      : await readTexts(
          (await openInput(input, textColumn === undefined ? {} : { textColumn }, request)).table,
          MOST_TEXTS,
          signal,
        );
  return withPipeline(opened, async pipeline => {
    const { version, scores } = await scoreWithSpark({
      model: pipeline,
      stages: opened.model.stages,
      texts,
      env,
      signal,
      report,
    });
    return { source: `Spark ${version}`, stored: scores };
  });
}

/** The pipeline as it lies there, if Spark can load that; else written as Spark wants it. */
async function withPipeline<T>({ dir, model }: OpenedModel, work: (pipeline: string) => Promise<T>): Promise<T> {
  const places = [dir, path.join(dir, 'sparkml'), path.join(dir, 'bestModel')];
  const found = places.find(place => ['metadata', 'stages'].every(name => fs.existsSync(path.join(place, name))));
  if (found !== undefined) return work(found);
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-verify-'));
  try {
    await saveModel(model, path.join(scratch, 'model'), { format: 'spark' });
    return await work(path.join(scratch, 'model'));
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}
