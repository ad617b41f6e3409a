import type { Matrix, Stage, Vector } from './stages.ts';

type Scalar = string | number | boolean | null;

/** One stage as facts about it: parameters as they are, arrays by their size. */
export interface StageFacts {
  index: number;
  kind: string;
  uid: string;
  params: Record<string, unknown>;
  /** `coefficients`, `idf`, `stopWords` … */
  arrays: ArrayFacts[];
}

export interface ArrayFacts {
  name: string;
  length: number;
  /** Null for texts. */
  nonzero: number | null;
  /** For matrices. */
  rows?: number;
  columns?: number;
  sparse?: boolean;
}

/** A parameter or array of a stage, with its place below the stage: `models.1.coefficients`. */
export type StagePart =
  | { readonly name: string; readonly type: 'param'; readonly value: unknown }
  | { readonly name: string; readonly type: 'numbers'; readonly value: Float64Array | Int32Array }
  | { readonly name: string; readonly type: 'texts'; readonly value: readonly string[] }
  | { readonly name: string; readonly type: 'vector'; readonly value: Vector }
  | { readonly name: string; readonly type: 'matrix'; readonly value: Matrix };

export function describeStage(stage: Stage, index: number): StageFacts {
  const params: Record<string, unknown> = {};
  const arrays: ArrayFacts[] = [];
  for (const part of partsOf(stage)) {
    if (part.type === 'param') params[part.name] = part.value;
    else arrays.push(describeArray(part));
  }
  return { index, kind: stage.kind, uid: stage.uid, params, arrays };
}

/** Everything that a stage holds besides its kind and ids, which tell nothing of what it does. */
export function partsOf(stage: Stage): StagePart[] {
  const { kind: _kind, extras = {}, ...rest } = stage;
  return [...walk(rest, ''), ...walk(extras, '')];
}

function walk(value: object, prefix: string): StagePart[] {
  return Object.entries(value).flatMap(([key, item]) => (key === 'uid' ? [] : partAt(item, `${prefix}${key}`)));
}

function partAt(value: unknown, name: string): StagePart[] {
  if (value === undefined) return [];
  if (value instanceof Float64Array || value instanceof Int32Array) return [{ name, type: 'numbers', value }];
  if (Array.isArray(value)) return partOfList(value, name);
  if (typeof value !== 'object' || value === null) return [{ name, type: 'param', value: value as Scalar }];
  if (isMatrix(value)) return [{ name, type: 'matrix', value }];
  if (isVector(value)) return [{ name, type: 'vector', value }];
  return walk(value, `${name}.`);
}

/** Short lists of names are parameters, long ones (stop words, a vocabulary) are arrays, stages are stages. */
function partOfList(value: readonly unknown[], name: string): StagePart[] {
  if (value.some(item => typeof item === 'object' && item !== null)) return walk(value, `${name}.`);
  if (!/words|vocabulary/i.test(name)) return [{ name, type: 'param', value }];
  return [{ name, type: 'texts', value: value.map(String) }];
}

function isVector(value: object): value is Vector {
  return 'type' in value && 'values' in value && value.values instanceof Float64Array;
}

function isMatrix(value: object): value is Matrix {
  return isVector(value) && 'rows' in value && 'columns' in value;
}

function describeArray(part: Exclude<StagePart, { type: 'param' }>): ArrayFacts {
  const { name, type, value } = part;
  switch (type) {
    case 'texts':
      return { name, length: value.length, nonzero: null };
    case 'numbers':
      return { name, length: value.length, nonzero: countNonzero(value) };
    case 'vector':
      return { name, length: lengthOf(value), nonzero: countNonzero(value.values), sparse: value.type === 'sparse' };
    case 'matrix':
      return {
        name,
        length: value.rows * value.columns,
        nonzero: countNonzero(value.values),
        rows: value.rows,
        columns: value.columns,
        sparse: value.type === 'sparse',
      };
  }
}

function lengthOf(vector: Vector): number {
  return vector.type === 'sparse' ? vector.size : vector.values.length;
}

function countNonzero(values: Float64Array | Int32Array): number {
  let count = 0;
  for (let index = 0; index < values.length; index += 1) if (values[index] !== 0) count += 1;
  return count;
}
