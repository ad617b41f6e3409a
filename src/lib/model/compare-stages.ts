import { isDeepStrictEqual } from 'node:util';
import { toDense } from './dense-numbers.ts';
import { partsOf, type StagePart } from './describe-stage.ts';
import type { Stage } from './stages.ts';

export interface StageChange {
  index: number;
  /** Null where only one of the models has a stage in this place. */
  from: string | null;
  to: string | null;
  params: { name: string; from: unknown; to: unknown }[];
  arrays: ArrayChange[];
}

interface ArrayChange {
  name: string;
  fromLength: number;
  toLength: number;
  /** Entries that differ; null where the lengths do. */
  changed: number | null;
  /** Null where a number became none, or infinite. */
  maxDifference: number | null;
  /** Length of the difference beside the length of the first one (L2); null where that is zero or not finite. */
  relativeDistance: number | null;
}

/** Stage by stage in their order; a stage that is the same in both is left out. */
export function compareStages(before: readonly Stage[], after: readonly Stage[]): StageChange[] {
  const count = Math.max(before.length, after.length);
  return Array.from({ length: count }, (_, index) => compareStage(index, before[index], after[index])).filter(
    change => change.from !== change.to || change.params.length > 0 || change.arrays.length > 0,
  );
}

function compareStage(index: number, before: Stage | undefined, after: Stage | undefined): StageChange {
  const change: StageChange = {
    index,
    from: before?.kind ?? null,
    to: after?.kind ?? null,
    params: [],
    arrays: [],
  };
  if (before === undefined || after === undefined || before.kind !== after.kind) return change;
  const [first, second] = [byName(partsOf(before)), byName(partsOf(after))];
  for (const name of new Set([...first.keys(), ...second.keys()]))
    comparePart(change, name, first.get(name), second.get(name));
  return change;
}

function byName(parts: readonly StagePart[]): Map<string, StagePart> {
  return new Map(parts.map(part => [part.name, part]));
}

function comparePart(change: StageChange, name: string, before?: StagePart, after?: StagePart): void {
  if (before?.type === 'texts' || after?.type === 'texts') {
    const [from, to] = [textsOf(before), textsOf(after)];
    if (!isDeepStrictEqual(from, to)) change.arrays.push({ ...lengths(name, from, to), changed: countMoved(from, to) });
    return;
  }
  const [from, to] = [numbersOf(before), numbersOf(after)];
  if (from !== null || to !== null) {
    const distance = measure(name, from ?? new Float64Array(0), to ?? new Float64Array(0));
    if (distance.changed !== 0) change.arrays.push(distance);
    return;
  }
  const [one, other] = [before?.value ?? null, after?.value ?? null];
  if (!isDeepStrictEqual(one, other)) change.params.push({ name, from: one, to: other });
}

function textsOf(part: StagePart | undefined): readonly string[] {
  return part?.type === 'texts' ? part.value : [];
}

function numbersOf(part: StagePart | undefined): Float64Array | Int32Array | null {
  switch (part?.type) {
    case 'numbers':
      return part.value;
    case 'vector':
    case 'matrix':
      return toDense(part.value);
    default:
      return null;
  }
}

function lengths(name: string, from: { readonly length: number }, to: { readonly length: number }): ArrayChange {
  return {
    name,
    fromLength: from.length,
    toLength: to.length,
    changed: null,
    maxDifference: null,
    relativeDistance: null,
  };
}

/** Texts in one list and not in the other. */
function countMoved(from: readonly string[], to: readonly string[]): number {
  const [first, second] = [new Set(from), new Set(to)];
  const gone = [...first].filter(text => !second.has(text)).length;
  const moved = gone + [...second].filter(text => !first.has(text)).length;
  return moved > 0 ? moved : from.filter((text, index) => text !== to[index]).length;
}

function measure(name: string, from: Float64Array | Int32Array, to: Float64Array | Int32Array): ArrayChange {
  const change = lengths(name, from, to);
  if (from.length !== to.length) return change;
  let [changed, largest, squares, size] = [0, 0, 0, 0];
  for (let index = 0; index < from.length; index += 1) {
    const [a, b] = [from[index] as number, to[index] as number];
    size += a * a;
    if (Object.is(a, b)) continue;
    const difference = Math.abs(a - b);
    changed += 1;
    squares += difference * difference;
    // What is no number stays: a comparison would pass over it.
    largest = Math.max(largest, difference);
  }
  return {
    ...change,
    changed,
    maxDifference: finite(largest),
    relativeDistance: size > 0 ? finite(Math.sqrt(squares / size)) : null,
  };
}

/** JSON has no infinity and no NaN. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
