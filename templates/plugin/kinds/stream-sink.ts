import { once } from 'node:events';
import type { ExtensionContext, ExtensionOptions, StreamSink } from 'sentops/plugin';

/** Writes the text of each row to standard output. */
export default function createSink(_options: ExtensionOptions, { stdout, signal }: ExtensionContext): StreamSink {
  return {
    // A batch that is written again after a crash appears twice; see docs/plugins.md for exactly-once.
    delivery: 'at-least-once',
    async open() {},
    async write(batch) {
      for (const { fields } of batch.records) {
        if (!stdout.write(`${String(fields['text'])}\n`)) await once(stdout, 'drain', { signal });
      }
    },
    async flush() {},
    async close() {},
  };
}
