import type { Path } from './path.ts';
import type { Json } from './types.ts';

export type JsonMap = { [key: string]: Json };

export function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && isPlainObject(value);
}

/** A secret is an object too, but nothing to look into. */
function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** One step down: a key of a map or an index of a list; undefined where there is none. */
export function childOf(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return /^(0|[1-9]\d*)$/.test(key) ? value[Number(key)] : undefined;
  return isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

export function getAt(value: Json | undefined, path: Path): Json | undefined {
  let current: unknown = value;
  for (const key of path) current = childOf(current, key);
  return current as Json | undefined;
}

/** As `map[key] = value`, also for `__proto__`, by which JavaScript would exchange the prototype instead. */
export function putKey<T>(map: { [key: string]: T }, key: string, value: T): void {
  if (key !== '__proto__') map[key] = value;
  else Object.defineProperty(map, key, { value, enumerable: true, writable: true, configurable: true });
}

/** A copy of the tree with one value replaced; maps on the way are made, an index one past the end appends. */
export function withValueAt(tree: Json | undefined, path: Path, value: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const child = withValueAt(childOf(tree, key) as Json | undefined, rest, value);
  if (!Array.isArray(tree)) return { ...(isMap(tree) ? tree : {}), [key]: child };
  return Object.assign([...tree], { [key]: child });
}

/** Whether two trees say the same, whatever the order of their keys. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => isSame(item, b[i]));
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every(key => Object.hasOwn(b, key) && isSame(a[key], b[key]));
}

/** Every leaf (a scalar, an empty map or an empty list) with its path. */
export function* leavesOf(value: Json, path: Path = []): Generator<{ readonly path: Path; readonly value: Json }> {
  const entries = Array.isArray(value) || isMap(value) ? Object.entries(value) : [];
  if (entries.length === 0) yield { path, value };
  for (const [key, child] of entries) yield* leavesOf(child, [...path, key]);
}

/** A copy of the tree without one value, and without the maps around it that would be left empty. */
export function withoutValueAt(tree: Json, path: Path): Json {
  const [key, ...rest] = path;
  if (key === undefined) return tree;
  if (Array.isArray(tree)) {
    const child = tree[Number(key)];
    if (child === undefined) return tree;
    if (rest.length === 0) return tree.filter((_item, index) => index !== Number(key));
    return Object.assign([...tree], { [key]: withoutValueAt(child, rest) });
  }
  if (!isMap(tree) || !Object.hasOwn(tree, key)) return tree;
  const { [key]: child = null, ...others } = tree;
  const left = rest.length === 0 ? null : withoutValueAt(child, rest);
  if (left === null || (isMap(left) && Object.keys(left).length === 0)) return others;
  return { ...tree, [key]: left };
}
