import type { SourceBatch, StreamSource } from '../../stream/types.ts';
import { must, type Step } from './steps.ts';

const MOST = 3;
const WAIT_MS = 1000;

export async function checkStreamSource(source: StreamSource, step: Step, signal: AbortSignal): Promise<void> {
  await step('opens at its beginning', () => source.open({}));
  let first: SourceBatch | null = null;
  try {
    await step(`reads at most ${MOST} rows`, async () => {
      first = await source.read({ maxRecords: MOST, maxWaitMs: WAIT_MS, signal });
      if (first === null) return 'the source is at its end';
      checkBatch(first);
      return `${first.records.length} rows`;
    });
    await step('takes note of what is safe', () => source.commit(first?.positions ?? {}));
  } finally {
    await step('closes', () => source.close());
  }
  if (first !== null && source.replayable) await checkReplay(source, first, step, signal);
}

/** The promise of `replayable`: what was read from the beginning is read from the beginning again. */
async function checkReplay(source: StreamSource, first: SourceBatch, step: Step, signal: AbortSignal): Promise<void> {
  await step('opens again at its beginning', () => source.open({}));
  try {
    await step('reads the same rows again', async () => {
      const again = await source.read({ maxRecords: MOST, maxWaitMs: WAIT_MS, signal });
      must(JSON.stringify(again?.records[0]) === JSON.stringify(first.records[0]), 'the first row is another one');
    });
  } finally {
    await step('closes again', () => source.close());
  }
}

function checkBatch({ records, positions }: SourceBatch): void {
  must(records.length <= MOST, `it gave ${records.length} rows where ${MOST} were asked for`);
  must(typeof positions === 'object' && positions !== null, 'the batch has no positions');
  for (const [index, record] of records.entries()) {
    must(typeof record.fields === 'object' && record.fields !== null, `row ${index} has no fields`);
    must(
      typeof record.origin?.partition === 'string' && typeof record.origin.offset === 'string',
      `row ${index} does not say where it comes from (origin)`,
    );
    must(
      Object.hasOwn(positions, record.origin.partition),
      `the positions say nothing about partition ${record.origin.partition}`,
    );
  }
}
