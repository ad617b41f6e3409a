import { PassThrough, Readable } from 'node:stream';
import { silent } from '../../src/lib/core/report.ts';
import type { ExtensionContext } from '../../src/lib/extend/contract.ts';

export interface TestContext extends ExtensionContext {
  /** What was written to standard output so far. */
  printed(): string;
}

/** A world for extensions under test: nothing of this process but what is given. */
export function createTestContext(more: Partial<ExtensionContext> & { readonly input?: string } = {}): TestContext {
  const stdout = new PassThrough().setEncoding('utf8');
  let text = '';
  stdout.on('data', chunk => {
    text += chunk;
  });
  const { input = '', ...rest } = more;
  return {
    cwd: '/',
    env: {},
    signal: new AbortController().signal,
    report: silent,
    stdin: Readable.from([Buffer.from(input)], { objectMode: false }),
    stdout,
    printed: () => text,
    ...rest,
  };
}
