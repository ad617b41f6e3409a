import fs from 'node:fs';
import path from 'node:path';

/**
 * Greets every row, on standard output or, with the option `path`, at the end of a file.
 * @type {import('sentops/plugin').Factory<'stream-sink'>}
 */
export default function createHelloSink(options, { cwd, stdout }) {
  const file = typeof options.path === 'string' ? path.resolve(cwd, options.path) : undefined;
  /** @type {string[]} */
  const greetings = [];
  return {
    delivery: 'at-least-once',
    async open() {},
    async write(batch) {
      greetings.push(...batch.records.map(({ fields }) => `Hello, ${fields.text}!\n`));
    },
    async flush() {
      const text = greetings.splice(0).join('');
      if (file) fs.appendFileSync(file, text);
      else stdout.write(text);
    },
    async close() {},
  };
}
