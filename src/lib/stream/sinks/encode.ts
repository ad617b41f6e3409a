import type { StreamBatch } from '../types.ts';

/** The fields of each row as JSON, one line each. */
export function encodeLines(batch: StreamBatch): string {
  return batch.records.map(record => `${JSON.stringify(record.fields)}\n`).join('');
}
