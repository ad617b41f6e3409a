import type { ServedStore } from '../../lib/tracking/serve/run-server.ts';
import type { OutputSettings } from '../output/settings.ts';

/** What a server prints when it is ready: one line for programs, a few for people. */
export function servedLines(served: ServedStore, { json, format, quiet }: OutputSettings): string {
  const { url, store, auth } = served;
  if (json || format === 'jsonl') return `${JSON.stringify({ schemaVersion: 1, ...served })}\n`;
  if (quiet || format === 'ids') return `${url}\n`;
  const token = auth === 'token' ? ' MLFLOW_TRACKING_TOKEN=…' : '';
  return `serving ${store}
log to it with: MLFLOW_TRACKING_URI=${url}${token}
Ctrl-C ends it
`;
}
