import type { ExtensionContext, ExtensionOptions, StreamSource } from 'sentops/plugin';

const TEXTS = ['What a lovely day', 'Never again', 'It will do'];

/** Yields a few fixed rows. */
export default function createSource(_options: ExtensionOptions, _context: ExtensionContext): StreamSource {
  let next = 0;
  return {
    replayable: true,
    async open(positions) {
      next = Number(positions['0'] ?? 0);
    },
    async read({ maxRecords }) {
      if (next >= TEXTS.length) return null;
      const first = next;
      const texts = TEXTS.slice(first, first + maxRecords);
      next += texts.length;
      const records = texts.map((text, index) => ({ fields: { text }, origin: { partition: '0', offset: String(first + index) } }));
      return { records, positions: { '0': String(next) } };
    },
    async commit() {},
    async close() {},
  };
}
