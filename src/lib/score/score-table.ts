import type { Report } from '../core/report.ts';
import type { RowBatch, Table } from '../data/rows.ts';
import { ByteWriter } from '../data/write/byte-writer.ts';
import type { BatchScores, Scorer } from '../model/compile/types.ts';
import { wantedColumns } from './row-shape.ts';
import type { RowEncoder, RowShape } from './types.ts';

/** Large enough that a write costs nothing beside its rows, small enough that a reader sees them soon. */
const CHUNK = 256 * 1024;

export interface ScoreTableJob {
  readonly scorer: Scorer;
  readonly table: Table;
  readonly shape: RowShape;
  readonly encoder: RowEncoder;
  /** Takes a chunk of whole rows; its memory is used again once this has ended. */
  write(chunk: Uint8Array): Promise<void>;
  /** Rows come from something that is still being written: each is passed on at once. */
  readonly live: boolean;
  readonly limit: number;
  readonly signal: AbortSignal;
  readonly report: Report;
}

export interface ScoreTotals {
  rows: number;
  withoutText: number;
  /** Rows of each class. */
  readonly predicted: number[];
}

/** Scores the rows of a table in their order. Holds one batch of rows and one chunk of output, whatever the size. */
export async function scoreTable(job: ScoreTableJob): Promise<ScoreTotals> {
  const { table, shape, encoder, signal } = job;
  const out = new ByteWriter();
  const totals: ScoreTotals = { rows: 0, withoutText: 0, predicted: shape.labels.map(() => 0) };
  const tellProgress = createTeller(job);
  encoder.head(out);
  for await (const batch of table.batches(wantedColumns(shape), signal)) {
    await scoreBatch(job, batch, totals, out);
    if (job.live) await flush(job, out);
    tellProgress();
    if (totals.rows >= job.limit) break;
  }
  await flush(job, out);
  return totals;
}

async function scoreBatch(job: ScoreTableJob, batch: RowBatch, totals: ScoreTotals, out: ByteWriter): Promise<void> {
  const rows = Math.min(batch.rows, job.limit - totals.rows);
  const [texts] = batch.columns;
  if (texts === undefined) throw new Error('the table gave no column of texts');
  const scores = job.scorer.scoreColumn(texts, rows);
  count(scores, rows, totals);
  for (let row = 0; row < rows; row += 1) {
    job.encoder.row(out, batch, scores, row);
    if (out.length >= CHUNK) await flush(job, out);
  }
}

function count({ predictions }: BatchScores, rows: number, totals: ScoreTotals): void {
  totals.rows += rows;
  for (let row = 0; row < rows; row += 1) {
    const prediction = predictions[row] as number;
    if (Number.isNaN(prediction)) totals.withoutText += 1;
    else totals.predicted[prediction] = (totals.predicted[prediction] ?? 0) + 1;
  }
}

async function flush({ write, signal }: ScoreTableJob, out: ByteWriter): Promise<void> {
  signal.throwIfAborted();
  if (out.length > 0) await write(out.view());
  out.clear();
  signal.throwIfAborted();
}

/** A block holds many batches: what was told is not told again. */
function createTeller({ table, report }: ScoreTableJob): () => void {
  let told = -1;
  return () => {
    const { done, total } = table.progress();
    if (done === told) return;
    told = done;
    const size = total === null ? {} : { total };
    report({ type: 'progress', id: 'score', label: 'Scoring', done, ...size, unit: 'bytes' });
  };
}
