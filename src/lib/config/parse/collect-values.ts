import type { Document, Node, Pair, Scalar, YAMLMap } from 'yaml';
import type { Json } from '../types.ts';
import { MAX_VALUES } from './limits.ts';

type Yaml = typeof import('yaml');

/** Something in the text that parses but cannot be used, at an offset of the text. */
export interface Finding {
  readonly offset: number;
  readonly message: string;
  readonly hint: string;
  /** Offset of the other half of the trouble: the first of two equal keys. */
  readonly relatedOffset?: number;
}

interface Walk {
  readonly yaml: Yaml;
  readonly anchors: Map<string, Node>;
  readonly findings: Finding[];
  readonly open: Set<Node>;
  readonly restore: (text: string) => string;
  left: number;
}

/** Turns a document into plain values under the same rules as the quick way, collecting whatever breaks them. */
export function collectValues(
  yaml: Yaml,
  document: Document.Parsed,
  restore: (text: string) => string,
): { readonly values: Json; readonly findings: readonly Finding[] } {
  const walk: Walk = { yaml, anchors: new Map(), findings: [], open: new Set(), restore, left: MAX_VALUES };
  const values = toJson(walk, document.contents) ?? {};
  return { values, findings: walk.findings };
}

function toJson(walk: Walk, node: unknown): Json {
  const { yaml } = walk;
  if (!yaml.isNode(node)) return null;
  walk.left -= 1;
  if (walk.left < 0) return null;
  if (yaml.isAlias(node)) return aliasValue(walk, node.source, offsetOf(node));
  if (node.anchor !== undefined) walk.anchors.set(node.anchor, node);
  if (yaml.isScalar(node)) return scalarValue(walk, node);
  walk.open.add(node);
  try {
    if (yaml.isSeq(node)) return node.items.map(item => toJson(walk, item));
    return yaml.isMap(node) ? mapValue(walk, node) : null;
  } finally {
    walk.open.delete(node);
  }
}

function aliasValue(walk: Walk, name: string, offset: number): Json {
  const target = walk.anchors.get(name);
  if (target === undefined) {
    find(walk, offset, `*${name} refers to no anchor above it`, `write &${name} before the value that it means`);
    return null;
  }
  if (walk.open.has(target)) {
    find(walk, offset, `*${name} contains itself`, 'write the value out');
    return null;
  }
  const value = toJson(walk, target);
  if (walk.left < 0 && !walk.findings.some(finding => finding.message.includes('more than'))) {
    find(walk, offset, `anchors expand to more than ${MAX_VALUES} values`, 'write the values out, without aliases');
  }
  return value;
}

function scalarValue(walk: Walk, node: Scalar): Json {
  const value = node.value;
  if (typeof value === 'string') return walk.restore(value);
  if (typeof value !== 'number') return typeof value === 'boolean' ? value : null;
  // A number beyond all bounds, unlike .inf, was not meant as one: 1e400 may be the id of something.
  if (!Number.isFinite(value) && /^[^a-df-z]*$/i.test(node.source ?? '')) return node.source ?? null;
  if (!Number.isFinite(value)) {
    find(walk, offsetOf(node), `${node.source ?? value} is not a number that can be used`, 'give a finite number');
  } else if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    find(
      walk,
      offsetOf(node),
      `the number ${node.source ?? value} is too big to be kept exactly`,
      'quote it to keep its digits',
    );
  }
  return value;
}

function mapValue(walk: Walk, map: YAMLMap): Json {
  const values: { [key: string]: Json } = {};
  const seen = new Map<string, number>();
  for (const pair of map.items) {
    const offset = walk.yaml.isNode(pair.key) ? offsetOf(pair.key) : offsetOf(map);
    const key = keyOf(walk, pair, offset);
    if (key === null) continue;
    const first = seen.get(key);
    if (first !== undefined) {
      walk.findings.push({
        offset,
        message: `the key "${key}" is given twice`,
        hint: 'keep one of them',
        relatedOffset: first,
      });
      continue;
    }
    seen.set(key, offset);
    values[key] = toJson(walk, pair.value);
  }
  return values;
}

/** Keys become strings as in JavaScript; what has no such form or a special meaning elsewhere is refused. */
function keyOf(walk: Walk, pair: Pair, offset: number): string | null {
  const node = walk.yaml.isAlias(pair.key) ? walk.anchors.get(pair.key.source) : pair.key;
  if (!walk.yaml.isScalar(node)) {
    find(walk, offset, 'a key must be a plain word, not a list or a map', 'quote it if it is meant as text');
    return null;
  }
  if (node.anchor !== undefined) walk.anchors.set(node.anchor, node);
  const key = walk.restore(String(node.value));
  if (key === '<<') {
    find(walk, offset, 'merge keys (<<) are not part of YAML 1.2', 'use include, targets or variables to share values');
    return null;
  }
  if (key === '__proto__') {
    find(walk, offset, 'the key "__proto__" is not allowed', 'remove it');
    return null;
  }
  return key;
}

function find(walk: Walk, offset: number, message: string, hint: string): void {
  walk.findings.push({ offset, message, hint });
}

function offsetOf(node: Node): number {
  return node.range?.[0] ?? 0;
}
