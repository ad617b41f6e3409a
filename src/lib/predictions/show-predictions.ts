import { countNoun } from '../core/count-noun.ts';
import { SentopsError } from '../core/errors.ts';
import { findPredictions } from './find-predictions.ts';
import { confidenceAt, labelAt, numbersOf, textOf } from './prediction-values.ts';
import { type Field, type PredictionBlock, readPredictions } from './read-predictions.ts';
import type { PredictionFile, PredictionsCall } from './types.ts';

export interface PredictionRow {
  date: string | null;
  text: string | null;
  /** The label that came with the text, if one did. */
  label: string | null;
  prediction: string | null;
  confidence: number | null;
  probability: number | number[] | null;
  modelVersion: string | null;
  timestamp: string | null;
  file: string;
}

export interface ShowCall extends PredictionsCall {
  /** So many rows. */
  readonly head: number;
}

const FIELDS: readonly Field[] = [
  'text',
  'label',
  'prediction',
  'sentiment',
  'probability',
  'confidence',
  'modelVersion',
  'timestamp',
];

/** The first rows of the newest files. */
export async function showPredictions(call: ShowCall): Promise<PredictionRow[]> {
  const { files, storage } = await findPredictions(call);
  const rows: PredictionRow[] = [];
  const failures: SentopsError[] = [];
  for (const file of files) {
    if (rows.length >= call.head) break;
    try {
      for await (const block of readPredictions(file, storage, FIELDS, call.signal)) {
        for (let row = 0; row < block.rows && rows.length < call.head; row++) rows.push(describe(file, block, row));
        if (rows.length >= call.head) break;
      }
    } catch (error) {
      if (!(error instanceof SentopsError) || !/^(DATA_INVALID|NOT_FOUND|CONFLICT)$/.test(error.code)) throw error;
      failures.push(error);
    }
  }
  if (rows.length === 0 && failures[0] !== undefined) throw failures[0];
  if (failures[0] !== undefined) {
    const message = `${countNoun(failures.length, 'file')} left out: ${failures[0].message}`;
    call.report({ type: 'note', level: 'warn', message });
  }
  return rows;
}

function describe({ date, uri }: PredictionFile, block: PredictionBlock, row: number): PredictionRow {
  return {
    date,
    text: textOf(block.at('text', row)),
    label: textOf(block.at('label', row)),
    prediction: labelAt(block, row),
    confidence: confidenceAt(block, row),
    probability: numbersOf(block.at('probability', row)),
    modelVersion: textOf(block.at('modelVersion', row)),
    timestamp: textOf(block.at('timestamp', row)),
    file: uri,
  };
}
