import { fields, type ThriftOut, ThriftWriter } from './thrift-writer.ts';

/**
 * Writes Parquet for model stages: one row group, one data page for each column, PLAIN, not compressed. Written here
 * because a coefficient vector has millions of numbers, which are one copy of a typed array this way
 * (github.com/apache/parquet-format: README.md, Encodings.md, parquet.thrift).
 */
export type ParquetField =
  | { readonly name: string; readonly type: 'boolean'; readonly values: readonly boolean[] }
  | {
      readonly name: string;
      readonly type: 'byte' | 'integer';
      readonly values: Int32Array | readonly Absent<number>[];
    }
  | { readonly name: string; readonly type: 'long'; readonly values: readonly Absent<bigint>[] }
  | { readonly name: string; readonly type: 'double'; readonly values: Float64Array | readonly Absent<number>[] }
  | { readonly name: string; readonly type: 'string'; readonly values: readonly Absent<string>[] }
  | { readonly name: string; readonly type: 'integers'; readonly lists: readonly Absent<Int32Array>[] }
  | { readonly name: string; readonly type: 'longs'; readonly lists: readonly Absent<BigInt64Array>[] }
  | { readonly name: string; readonly type: 'doubles'; readonly lists: readonly Absent<Float64Array>[] }
  | { readonly name: string; readonly type: 'strings'; readonly lists: readonly Absent<readonly string[]>[] }
  | { readonly name: string; readonly type: 'struct'; readonly children: readonly ParquetField[] };
type Absent<T> = T | null;

export interface ParquetFile {
  readonly rows: number;
  readonly fields: readonly ParquetField[];
  readonly keyValues: Readonly<Record<string, string>>;
}

/** As parquet.thrift numbers them. */
const TYPE = { boolean: 0, int32: 1, int64: 2, double: 5, bytes: 6 };
const REQUIRED = 0;
const OPTIONAL = 1;
const REPEATED = 2;
const CONVERTED = { utf8: 0, list: 3, int8: 15 };
const PLAIN = 0;
const RLE = 3;
const MAGIC = Buffer.from('PAR1');

interface LeafType {
  readonly type: number;
  readonly converted?: number;
}
const LEAVES: Readonly<Record<Exclude<ParquetField['type'], 'struct'>, LeafType>> = {
  boolean: { type: TYPE.boolean },
  // The converted type alone: a logical type INTEGER(8) is not needed by any reader.
  byte: { type: TYPE.int32, converted: CONVERTED.int8 },
  integer: { type: TYPE.int32 },
  integers: { type: TYPE.int32 },
  long: { type: TYPE.int64 },
  longs: { type: TYPE.int64 },
  double: { type: TYPE.double },
  doubles: { type: TYPE.double },
  string: { type: TYPE.bytes, converted: CONVERTED.utf8 },
  strings: { type: TYPE.bytes, converted: CONVERTED.utf8 },
};

interface Column {
  readonly path: readonly string[];
  readonly type: number;
  readonly count: number;
  readonly parts: readonly Uint8Array[];
}

export function writeParquet(file: ParquetFile): Uint8Array {
  const schema: ThriftOut[] = [element({ name: 'spark_schema', children: file.fields.length })];
  const columns: Column[] = [];
  for (const field of file.fields) addField(field, [], 0, file.rows, schema, columns);
  const parts: Uint8Array[] = [MAGIC];
  let offset = MAGIC.length;
  const chunks = columns.map(column => {
    const size = sum(column.parts);
    const header = pageHeader(size, column.count);
    const start = offset;
    parts.push(header, ...column.parts);
    offset += header.length + size;
    return fields(undefined, { i64: start }, columnMeta(column, start, offset - start));
  });
  const bytes = { i64: offset - MAGIC.length };
  const group = fields({ list: chunks }, bytes, { i64: file.rows });
  const keyValues = Object.entries(file.keyValues).map(([key, value]) => fields(key, value));
  const footer = thrift(
    fields(
      { i32: 1 },
      { list: schema },
      { i64: file.rows },
      { list: [group] },
      { list: keyValues },
      'sentops version 1',
    ),
  );
  const tail = Buffer.alloc(4);
  tail.writeUInt32LE(footer.length);
  return Buffer.concat([...parts, footer, tail, MAGIC]);
}

/** Lists are optional groups of required elements, structures optional, byte, boolean and plain numbers required. */
function addField(
  field: ParquetField,
  path: readonly string[],
  depth: number,
  rows: number,
  schema: ThriftOut[],
  columns: Column[],
): void {
  const own = [...path, field.name];
  if (field.type === 'struct') {
    schema.push(element({ name: field.name, repetition: OPTIONAL, children: field.children.length }));
    for (const child of field.children) addField(child, own, depth + 1, rows, schema, columns);
    return;
  }
  const leaf = LEAVES[field.type];
  if ('lists' in field) {
    schema.push(element({ name: field.name, repetition: OPTIONAL, children: 1, converted: CONVERTED.list }));
    schema.push(element({ name: 'list', repetition: REPEATED, children: 1 }));
    schema.push(element({ name: 'element', repetition: REQUIRED, ...leaf }));
    const { levels, count, values } = layLists(field, depth);
    columns.push({ path: [...own, 'list', 'element'], type: leaf.type, count, parts: [...levels, ...values] });
    return;
  }
  const optional = field.type === 'string' || Array.from<unknown>(field.values).includes(null);
  schema.push(element({ name: field.name, repetition: optional ? OPTIONAL : REQUIRED, ...leaf }));
  const max = depth + (optional ? 1 : 0);
  const present = Array.from<unknown, boolean>(field.values, value => value !== null);
  const levels =
    max === 0
      ? []
      : [
          encodeLevels(
            present.map(is => (is ? max : max - 1)),
            max,
          ),
        ];
  columns.push({ path: own, type: leaf.type, count: rows, parts: [...levels, ...encodeScalars(field)] });
}

type ListField = Extract<ParquetField, { lists: unknown }>;
type ScalarField = Extract<ParquetField, { values: unknown }>;

/** Repetition and definition levels of a column of lists: (0, depth + 2) for a first element, (1, depth + 2) after it. */
function layLists(field: ListField, depth: number) {
  const full = depth + 2;
  const repetition: Run[] = [];
  const definition: Run[] = [];
  let count = 0;
  const add = (level: number, defined: number, times: number) => {
    if (times === 0) return;
    addRun(repetition, level, times);
    addRun(definition, defined, times);
    count += times;
  };
  for (const list of field.lists) {
    if (list === null) add(0, depth, 1);
    else if (list.length === 0) add(0, depth + 1, 1);
    else {
      add(0, full, 1);
      add(1, full, list.length - 1);
    }
  }
  const values = field.lists.flatMap(list => (list === null ? [] : [encodeList(list)]));
  // One long list is not copied; many short ones become one piece.
  const joined = values.length > 1 ? [Buffer.concat(values)] : values;
  return { levels: [encodeRuns(repetition, 1), encodeRuns(definition, full)], count, values: joined };
}

function encodeList(list: Int32Array | BigInt64Array | Float64Array | readonly string[]): Uint8Array {
  return ArrayBuffer.isView(list) ? bytesOf(list) : encodeTexts(list);
}

/** The machine is little-endian, as every one that Node.js runs on today but a few mainframes. */
function bytesOf(values: Int32Array | BigInt64Array | Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function encodeScalars(field: ScalarField): Uint8Array[] {
  switch (field.type) {
    case 'boolean':
      return [encodeFlags(field.values)];
    case 'byte':
    case 'integer':
      return [bytesOf(Int32Array.from(present(field.values)))];
    case 'double':
      return [bytesOf(Float64Array.from(present(field.values)))];
    case 'long':
      return [bytesOf(BigInt64Array.from(present(field.values)))];
    case 'string':
      return [encodeTexts(present(field.values))];
  }
}

function encodeFlags(flags: readonly boolean[]): Uint8Array {
  const bits = new Uint8Array(Math.ceil(flags.length / 8));
  for (const [index, flag] of flags.entries())
    if (flag) bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7));
  return bits;
}

function present<T>(values: Iterable<Absent<T>>): T[] {
  return Array.from(values).filter(value => value !== null);
}

function encodeTexts(texts: readonly string[]): Uint8Array {
  const parts: Buffer[] = [];
  for (const text of texts) {
    const bytes = Buffer.from(text);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    parts.push(length, bytes);
  }
  return Buffer.concat(parts);
}

export interface Run {
  readonly value: number;
  times: number;
}

export function addRun(runs: Run[], value: number, times: number): void {
  const last = runs.at(-1);
  if (last?.value === value) last.times += times;
  else runs.push({ value, times });
}

function encodeLevels(levels: readonly number[], max: number): Uint8Array {
  const runs: Run[] = [];
  for (const level of levels) addRun(runs, level, 1);
  return encodeRuns(runs, max);
}

/** Runs of one byte for the value, behind their length in four bytes; levels are below 256. */
export function encodeRuns(runs: readonly Run[], max: number): Uint8Array {
  if (max > 255) throw new RangeError('nested too deep');
  const bytes: number[] = [];
  for (const { value, times } of runs) {
    let head = times * 2;
    while (head >= 128) {
      bytes.push((head % 128) | 128);
      head = Math.floor(head / 128);
    }
    bytes.push(head, value);
  }
  const output = Buffer.alloc(4 + bytes.length);
  output.writeUInt32LE(bytes.length);
  output.set(bytes, 4);
  return output;
}

interface Element extends Partial<LeafType> {
  readonly name: string;
  readonly repetition?: number;
  readonly children?: number;
}

export function element({ name, repetition, children, type, converted }: Element): ThriftOut {
  const i32 = (value: number | undefined) => (value === undefined ? undefined : { i32: value });
  return fields(i32(type), undefined, i32(repetition), name, i32(children), i32(converted));
}

function pageHeader(size: number, count: number): Uint8Array {
  const data = fields({ i32: count }, { i32: PLAIN }, { i32: RLE }, { i32: RLE });
  return thrift(fields({ i32: 0 }, { i32: size }, { i32: size }, undefined, data));
}

function columnMeta(column: Column, start: number, size: number): ThriftOut {
  return fields(
    { i32: column.type },
    { list: [{ i32: PLAIN }, { i32: RLE }] },
    { list: [...column.path] },
    { i32: 0 },
    { i64: column.count },
    { i64: size },
    { i64: size },
    undefined,
    { i64: start },
  );
}

export function thrift(value: { readonly fields: Parameters<ThriftWriter['struct']>[0] }): Uint8Array {
  const writer = new ThriftWriter();
  writer.struct(value.fields);
  return writer.done();
}

function sum(parts: readonly Uint8Array[]): number {
  return parts.reduce((total, part) => total + part.length, 0);
}
