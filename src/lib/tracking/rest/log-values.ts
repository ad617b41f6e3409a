import { checkMetric, checkParam, checkTags } from '../check-values.ts';
import type { RunValues } from '../types.ts';
import { metricToWire } from '../wire/metric.ts';
import type { WireMetric, WirePair } from '../wire/shapes.ts';
import { textsToWire } from '../wire/texts.ts';
import type { Api } from './api.ts';

/** The limits of one runs/log-batch. The last one is only documented, but proxies and hosted servers hold to it. */
const MOST_ENTITIES = 1000;
const MOST_PAIRS = 100;
const MOST_BYTES = 1_000_000;

interface Batch {
  params: WirePair[];
  tags: WirePair[];
  metrics: WireMetric[];
}

/** Everything in as few calls as the limits allow; checked before the first one, so that a bad value leaves nothing. */
export async function logValues(api: Api, runId: string, values: RunValues): Promise<void> {
  const { metrics = [], params = {}, tags = {} } = values;
  for (const metric of metrics) checkMetric(metric);
  for (const [key, value] of Object.entries(params)) checkParam(key, value);
  checkTags('run', tags);
  // Repeating a batch changes nothing: equal values of a metric are one row.
  for (const batch of batchesOf(values))
    await api.send('POST', 'runs/log-batch', { run_id: runId, ...batch }, 'always');
}

/** Parameters first: one that would change refuses its whole batch, and then no metric should have gone ahead. */
export function batchesOf({ metrics = [], params = {}, tags = {} }: RunValues): Batch[] {
  const batches: Batch[] = [];
  let bytes = 0;
  const batchFor = (kind: keyof Batch, size: number): Batch => {
    const last = batches.at(-1);
    if (last !== undefined && hasRoom(last, kind) && bytes + size <= MOST_BYTES) {
      bytes += size;
      return last;
    }
    const next: Batch = { params: [], tags: [], metrics: [] };
    batches.push(next);
    bytes = size;
    return next;
  };
  for (const pair of textsToWire(params)) batchFor('params', sizeOf(pair)).params.push(pair);
  for (const pair of textsToWire(tags)) batchFor('tags', sizeOf(pair)).tags.push(pair);
  for (const metric of metrics.map(metricToWire)) batchFor('metrics', sizeOf(metric)).metrics.push(metric);
  return batches;
}

function hasRoom({ params, tags, metrics }: Batch, kind: keyof Batch): boolean {
  if (params.length + tags.length + metrics.length >= MOST_ENTITIES) return false;
  return kind === 'metrics' || (kind === 'params' ? params : tags).length < MOST_PAIRS;
}

function sizeOf(entity: object): number {
  return Buffer.byteLength(JSON.stringify(entity)) + 1;
}
