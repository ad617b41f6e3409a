import type { Document, Pair, YAMLMap } from 'yaml';
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
  return pairsOf(yaml, node).get(segment);
}

const pairsByMap = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

/** Made once for each map: looking through ten thousand keys for each of ten thousand problems takes minutes. */
function pairsOf(yaml: Yaml, map: YAMLMap): ReadonlyMap<string, Pair> {
  const known = pairsByMap.get(map);
  if (known !== undefined) return known;
  const pairs = new Map<string, Pair>();
  // Of a key that is given twice the first place counts, as the second is an error.
  for (const pair of map.items.toReversed()) if (yaml.isScalar(pair.key)) pairs.set(String(pair.key.value), pair);
  pairsByMap.set(map, pairs);
  return pairs;
}

/** A value that is left empty has no text of its own: its key stands for it. */
function offsetOf(yaml: Yaml, node: unknown): number | undefined {
  if (!yaml.isNode(node) || !node.range) return undefined;
  const isEmpty = yaml.isScalar(node) && node.range[0] === node.range[1];
  return isEmpty ? undefined : node.range[0];
}
