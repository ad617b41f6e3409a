import { SentopsError } from '../../core/errors.ts';
import { needsRowCount, type SampleRequest } from '../sample.ts';
import { type Choice, chooseLikeTraining, chooseStratified, needsCounts } from './choose-rows.ts';
import { addOne, type Counts, countLabels, LabelCounter, nameCounts, sumCounts } from './count-labels.ts';
import type { Rows } from './open-rows.ts';
import { withRows } from './row-job.ts';
import type { RowToolRequest, WrittenTable } from './row-tool.ts';

export interface SampleTableRequest extends RowToolRequest {
  readonly output: string;
  readonly sample: SampleRequest;
  /** The same share of every label. */
  readonly stratify: boolean;
}

export interface SampledTable extends WrittenTable {
  input: string;
  /** Rows of the input. */
  of: number;
  badRows: number;
  stratified: boolean;
  seed: number;
  /** False with --dry-run. */
  written: boolean;
}

/** Writes some rows of a table, chosen by chance from all of it, in their order. */
export async function sampleTable(request: SampleTableRequest): Promise<SampledTable> {
  const { output, sample, stratify, header, dryRun } = request;
  refuseAll(sample);
  const labels = stratify ? 'needed' : 'found';
  const wish = { locations: [output], labels, counts: needsCounts(sample, stratify), header } as const;
  return withRows(request, wish, async ({ rows, pass }) => {
    const choose = await makeChoice(rows, request);
    const counter = new LabelCounter(rows, stratify);
    const chosen: Counts = new Map();
    const { read, badRows } = await pass({
      label: 'sample rows',
      begin: batch => counter.begin(batch),
      row(batch, row, [writer]) {
        const label = counter.of(row);
        if (!writer || !choose(batch.firstRow + row, label)) return null;
        rows.pass(batch, row, writer);
        addOne(chosen, label);
        return writer;
      },
    });
    return {
      input: rows.name,
      path: output,
      rows: sumCounts(chosen),
      of: read,
      labels: nameCounts(chosen, counter.names()),
      badRows,
      stratified: stratify,
      seed: sample.seed,
      written: !dryRun,
    };
  });
}

async function makeChoice(rows: Rows, request: SampleTableRequest): Promise<Choice> {
  const { sample, stratify } = request;
  if (stratify) return chooseStratified(sample, await countLabels(rows, await rows.again(), request));
  if (!needsRowCount(sample)) return chooseLikeTraining(sample, undefined);
  let total = 0;
  for await (const batch of (await rows.again()).batches([], request.signal)) total += batch.rows;
  return chooseLikeTraining(sample, total);
}

function refuseAll({ fraction, maxRows }: SampleRequest): void {
  if (fraction < 1 || maxRows > 0) return;
  throw new SentopsError('FLAG_INVALID', 'all rows would be in the sample', {
    hint: 'say how many: --max-rows 10000, or --sample-fraction 0.1; to write all of them: sentops dataset convert',
    details: { flag: '--max-rows' },
  });
}
