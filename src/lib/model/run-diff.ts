import { type InputWorld, openInput } from '../data/open-input.ts';
import type { MathFlavor } from './compile/types.ts';
import { diffModels, diffPredictions, type ModelDifference } from './diff.ts';
import { openModel } from './load.ts';

export interface DiffRequest extends InputWorld {
  /** As `openModel` takes them. */
  readonly from: string;
  readonly to: string;
  /** Texts to let both judge. */
  readonly input: string | undefined;
  readonly textColumn: string | undefined;
  readonly math: MathFlavor;
}

export async function runDiff(request: DiffRequest): Promise<ModelDifference> {
  const { input, textColumn, math, signal } = request;
  const [before, after] = [await openModel(request.from), await openModel(request.to)];
  const difference = diffModels({ folder: before.dir, model: before.model }, { folder: after.dir, model: after.model });
  if (input === undefined) return difference;
  const { table } = await openInput(input, textColumn === undefined ? {} : { textColumn }, request);
  return { ...difference, predictions: await diffPredictions(before.model, after.model, table, { math, signal }) };
}
