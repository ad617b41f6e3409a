import { breathe } from '../../learn/breathe.ts';
import type { NgramFit } from '../../learn/ngram/fit.ts';
import { Folder } from '../../learn/ngram/fold.ts';
import { RowBlock } from '../../learn/ngram/row-block.ts';
import { addMargins, decide, type Margins } from '../../learn/ngram/score.ts';
import { hotspotExp } from '../../model/compile/hotspot-math.ts';
import type { PartScores } from '../batch.ts';
import { openRecords, type StoredRecords } from './record-store.ts';

export interface ScoreRequest {
  readonly classOf: Int32Array;
  readonly classes: number;
  readonly hashedFeatures: number;
  readonly signal: AbortSignal;
}

/** Scores of the kept rows of one part, in the order of the file. */
export async function scorePart(stored: StoredRecords, fit: NgramFit, request: ScoreRequest): Promise<PartScores> {
  const { classOf, classes, signal } = request;
  const models = fit.intercepts.length;
  const rows = new RowBlock(classOf, new Folder(request.hashedFeatures, fit.coefficients.length / models));
  const margins: Margins = {
    rows: 0,
    labels: new Int32Array(stored.rows),
    values: new Float64Array(stored.rows * models),
  };
  const source = openRecords(stored);
  const pause = breathe(signal);
  try {
    for (let block = 0; block < source.blocks; block++) {
      await pause();
      rows.open(source.read(block));
      addMargins(rows, fit, margins);
    }
  } finally {
    source.close();
  }
  const decisions = decide(margins.values.slice(0, margins.rows * models), classes, hotspotExp);
  return { rows: margins.rows, classes, labels: margins.labels.slice(0, margins.rows), ...decisions };
}
