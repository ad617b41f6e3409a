import { SentopsError } from '../core/errors.ts';

/** Where a value stands in the tree: keys and list indices from the top. */
export type Path = readonly string[];

const PLAIN_SEGMENT = /^[^.[\]"'\s=]+$/u;
const SEGMENT =
  /(?:^|\.)(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^.[\]"']+))|\[(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\]"']+))\]/uy;

/** `train.models.0`, `notify[0].type`, `cluster.properties."spark:spark.executor.memory"` as a list of keys. */
export function parsePath(text: string): string[] {
  if (text.startsWith('.')) throw malformed(text);
  const path: string[] = [];
  SEGMENT.lastIndex = 0;
  while (SEGMENT.lastIndex < text.length) {
    const match = SEGMENT.exec(text);
    const segment = match && (unescapeQuotes(match[1] ?? match[4]) ?? match[2] ?? match[5] ?? match[3] ?? match[6]);
    if (segment === null || segment === undefined) throw malformed(text);
    path.push(segment.trim());
  }
  if (path.length === 0 || path.includes('')) throw malformed(text);
  return path;
}

/** The text that `parsePath` reads back. */
export function formatPath(path: Path): string {
  return path.map(segment => (PLAIN_SEGMENT.test(segment) ? segment : JSON.stringify(segment))).join('.');
}

function unescapeQuotes(text: string | undefined): string | undefined {
  return text?.replace(/\\(.)/g, '$1');
}

function malformed(text: string): SentopsError {
  return new SentopsError('USAGE', `"${text}" is not the path of a configuration value`, {
    hint: 'write keys with dots between them, as in train.numFeatures, and quote a key that holds a dot',
  });
}
