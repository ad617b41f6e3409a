import { once } from 'node:events';
import type { ExtensionContext, ExtensionOptions } from '../../extend/contract.ts';
import type { StreamSink } from '../types.ts';
import { encodeLines } from './encode.ts';

/** Rows on standard output. What a reader has taken cannot be taken back, so a repeated batch appears twice. */
export default function createStdoutSink(_options: ExtensionOptions, { stdout, signal }: ExtensionContext): StreamSink {
  return {
    delivery: 'at-least-once',
    async open() {},
    async write(batch) {
      const text = encodeLines(batch);
      if (text !== '' && !stdout.write(text)) await once(stdout, 'drain', { signal });
    },
    /** An empty write is called back when everything before it has left the process. */
    async flush() {
      await new Promise<void>((resolve, reject) => {
        stdout.write('', error => (error ? reject(error) : resolve()));
      });
    },
    async close() {},
  };
}
