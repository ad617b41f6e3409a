import type { Document, Pair } from 'yaml';
import type { Path } from '../path.ts';

type Yaml = typeof import('yaml');
export type Part = 'key' | 'value';

/** Follows a path through the document; where it ends early, the place of the last thing found. */
export function findPlace(
  yaml: Yaml,
  document: Document.Parsed,
  path: Path,
  part: Part,
): { readonly offset: number; readonly exact: boolean } {
  let node: unknown = document.contents;
  let key: unknown = null;
  for (const segment of path) {
    const pair: { key: unknown; value: unknown } | undefined = step(yaml, node, segment);
    if (pair === undefined) return { offset: offsetOf(yaml, key) ?? offsetOf(yaml, node) ?? 0, exact: false };
    key = pair.key;
    node = pair.value;
  }
  const [first, second] = part === 'key' ? [key, node] : [node, key];
  return { offset: offsetOf(yaml, first) ?? offsetOf(yaml, second) ?? 0, exact: true };
}

function step(yaml: Yaml, node: unknown, segment: string): { key: unknown; value: unknown } | undefined {
  if (yaml.isSeq(node)) {
    const item: unknown = /^\d+$/.test(segment) ? node.items[Number(segment)] : undefined;
    return item === undefined ? undefined : { key: null, value: item };
  }
  if (!yaml.isMap(node)) return undefined;
  return node.items.find((pair: Pair) => yaml.isScalar(pair.key) && String(pair.key.value) === segment);
}

/** A value that is left empty has no text of its own: its key stands for it. */
function offsetOf(yaml: Yaml, node: unknown): number | undefined {
  if (!yaml.isNode(node) || !node.range) return undefined;
  const isEmpty = yaml.isScalar(node) && node.range[0] === node.range[1];
  return isEmpty ? undefined : node.range[0];
}
