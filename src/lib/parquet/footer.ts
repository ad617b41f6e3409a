import { damaged } from './damaged.ts';
import {
  integerField,
  sizeField,
  structField,
  structsField,
  ThriftReader,
  type ThriftStruct,
  textValue,
} from './thrift-reader.ts';
import type { ParquetKind, ParquetSource } from './types.ts';

/** Numbers of Type in parquet.thrift. */
export const PHYSICAL = { boolean: 0, int32: 1, int64: 2, int96: 3, float: 4, double: 5, bytes: 6, fixed: 7 } as const;

/** A column as it lies in the file: the leaf of the schema. */
export interface Leaf {
  /** Without the names that only spell out a list: `nodeData.impurityStats`. */
  readonly name: string;
  readonly type: number;
  /** Length of each value of fixed length. */
  readonly fixedLength: number;
  readonly kind: ParquetKind;
  /** Unit of timestamps in a second; digits behind the point of decimals. */
  readonly scale: number;
  readonly unsigned: boolean;
  readonly maxDefinition: number;
  readonly maxRepetition: number;
  /** Definition level from which on the list itself is there; 0 where there is no list. */
  readonly listDefinition: number;
}

export interface ChunkPlace {
  readonly codec: number;
  readonly values: number;
  readonly start: number;
  readonly end: number;
}

interface GroupPlace {
  readonly rows: number;
  /** In the order of the leaves. */
  readonly chunks: readonly ChunkPlace[];
}

export interface Footer {
  readonly rows: number;
  readonly leaves: readonly Leaf[];
  readonly groups: readonly GroupPlace[];
  readonly keyValues: ReadonlyMap<string, string>;
}

const MAGIC = 0x31524150;
const TAIL = 8;
/** Enough for tens of thousands of columns and row groups. */
const MAX_FOOTER = 64 * 1024 * 1024;
const FIRST_READ = 64 * 1024;

/** FileMetaData of parquet.thrift (github.com/apache/parquet-format), found from the end of the file. */
export async function readFooter(source: ParquetSource): Promise<Footer> {
  if (source.bytes < TAIL + 4) throw damaged(`its ${source.bytes} bytes are too few for a Parquet file`);
  const from = Math.max(0, source.bytes - FIRST_READ);
  let tail = await source.read(from, source.bytes);
  if (tail.length !== source.bytes - from) throw damaged('the file got shorter while it was read');
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  if (view.getUint32(tail.length - 4, true) !== MAGIC) {
    throw damaged('it does not end with PAR1, so it is cut off or no Parquet file');
  }
  const length = view.getUint32(tail.length - TAIL, true);
  if (length > Math.min(MAX_FOOTER, source.bytes - TAIL)) throw damaged(`its footer of ${length} bytes cannot be`);
  if (length > tail.length - TAIL) tail = await source.read(source.bytes - TAIL - length, source.bytes);
  const bytes = tail.subarray(tail.length - TAIL - length, tail.length - TAIL);
  if (bytes.length !== length) throw damaged('the file got shorter while it was read');
  return parseFooter(new ThriftReader(bytes).struct(), source.bytes);
}

function parseFooter(meta: ThriftStruct, fileBytes: number): Footer {
  const leaves = readSchema(structsField(meta, 2, 'schema'));
  const groups = structsField(meta, 4, 'row groups').map(group => readGroup(group, leaves, fileBytes));
  const rows = sizeField(meta, 3, 'number of rows');
  if (groups.reduce((sum, group) => sum + group.rows, 0) !== rows) {
    throw damaged('its row groups do not add up to its number of rows');
  }
  refuseOverlap(groups.flatMap(group => group.chunks));
  const keyValues = new Map<string, string>();
  if (meta.has(5)) {
    for (const pair of structsField(meta, 5, 'key-value metadata')) {
      keyValues.set(textValue(pair.get(1), 'key'), pair.has(2) ? textValue(pair.get(2), 'value') : '');
    }
  }
  return { rows, leaves, groups, keyValues };
}

function readGroup(group: ThriftStruct, leaves: readonly Leaf[], fileBytes: number): GroupPlace {
  const rows = sizeField(group, 3, 'number of rows');
  const columns = structsField(group, 1, 'columns');
  if (columns.length !== leaves.length) throw damaged('a row group has another number of columns than the schema');
  const chunks = columns.map((column, index) => {
    if (column.has(1)) throw damaged('it keeps columns in other files, which is not supported');
    const meta = structField(column, 3, 'column metadata');
    if (integerField(meta, 1, 'column type') !== leaves[index]?.type) {
      throw damaged('a column has another type than the schema says');
    }
    const data = sizeField(meta, 9, 'place of a page');
    const dictionary = meta.has(11) ? sizeField(meta, 11, 'place of a page') : 0;
    const start = dictionary > 0 && dictionary < data ? dictionary : data;
    const end = start + sizeField(meta, 7, 'size of a column');
    if (end > fileBytes - TAIL) throw damaged('a column lies beyond the end of the file');
    return { codec: integerField(meta, 4, 'codec'), values: sizeField(meta, 5, 'number of values'), start, end };
  });
  for (const [index, chunk] of chunks.entries()) {
    const flat = leaves[index]?.maxRepetition === 0;
    if (flat ? chunk.values !== rows : chunk.values < rows)
      throw damaged('a column has another number of values than rows');
  }
  return { rows, chunks };
}

/** The same bytes read again for every column and row group would make much of a small file. */
function refuseOverlap(chunks: readonly ChunkPlace[]): void {
  let end = 0;
  for (const chunk of chunks.filter(each => each.end > each.start).toSorted((a, b) => a.start - b.start)) {
    if (chunk.start < end) throw damaged('two columns lie on the same bytes');
    end = chunk.end;
  }
}

interface Walk {
  readonly elements: readonly ThriftStruct[];
  next: number;
  readonly leaves: Leaf[];
}
interface Level {
  readonly name: readonly string[];
  readonly definition: number;
  readonly repetition: number;
  readonly listDefinition: number;
  readonly depth: number;
}

const REPEATED = 2;
const REQUIRED = 0;
const LIST = 3;

function readSchema(elements: readonly ThriftStruct[]): Leaf[] {
  const root = elements[0];
  if (root === undefined) throw damaged('it has no schema');
  const walk: Walk = { elements, next: 1, leaves: [] };
  const count = sizeField(root, 5, 'number of columns');
  for (let child = 0; child < count; child++) {
    visit(walk, { name: [], definition: 0, repetition: 0, listDefinition: 0, depth: 0 }, false);
  }
  if (walk.next !== elements.length) throw damaged('its schema does not add up');
  return walk.leaves;
}

/** `inList` says that the names of this element and of the one below only spell out a list. */
function visit(walk: Walk, above: Level, inList: boolean): void {
  const element = walk.elements[walk.next++];
  if (element === undefined || above.depth > 32) throw damaged('its schema does not add up');
  const repetition = integerField(element, 3, 'repetition');
  const repeated = repetition === REPEATED;
  const own = inList ? above.name : [...above.name, textValue(element.get(4), 'column name')];
  const definition = above.definition + (repetition === REQUIRED ? 0 : 1);
  const level: Level = {
    name: own,
    definition,
    repetition: above.repetition + (repeated ? 1 : 0),
    listDefinition: repeated ? definition - 1 : above.listDefinition,
    depth: above.depth + 1,
  };
  const children = element.has(5) ? sizeField(element, 5, 'number of columns') : 0;
  if (children === 0) {
    walk.leaves.push(makeLeaf(element, level));
    return;
  }
  // LIST: optional group name (LIST) { repeated group list { element } }; two-level lists have the element right there.
  const isList = isListElement(element) || (inList && repeated && children === 1);
  for (let child = 0; child < children; child++) visit(walk, level, isList);
}

/** Newer writers may say it by the logical type alone. */
function isListElement(element: ThriftStruct): boolean {
  const logical = element.get(10);
  return element.get(6) === LIST || (logical instanceof Map && logical.has(LOGICAL.list));
}

function makeLeaf(element: ThriftStruct, level: Level): Leaf {
  const type = integerField(element, 1, 'column type');
  const fixedLength = type === PHYSICAL.fixed ? sizeField(element, 2, 'length of its values') : 0;
  if (type < 0 || type > PHYSICAL.fixed) throw damaged('a column has an unknown type');
  return {
    name: level.name.join('.'),
    type,
    fixedLength,
    ...meaning(element, type),
    maxDefinition: level.definition,
    maxRepetition: level.repetition,
    listDefinition: level.listDefinition,
  };
}

/** Numbers of ConvertedType, and fields of the LogicalType union, in parquet.thrift. */
const CONVERTED = { utf8: 0, enum: 4, decimal: 5, date: 6, millis: 9, micros: 10, uint32: 13, uint64: 14, json: 19 };
const LOGICAL = { text: 1, list: 3, enum: 4, decimal: 5, date: 6, timestamp: 8, integer: 10, json: 12 };

function meaning(element: ThriftStruct, type: number): Pick<Leaf, 'kind' | 'scale' | 'unsigned'> {
  const converted = element.get(6);
  const logical = element.get(10);
  const has = (field: number) => logical instanceof Map && logical.has(field);
  const isOneOf = (...numbers: number[]) => typeof converted === 'number' && numbers.includes(converted);
  if (type === PHYSICAL.boolean) return { kind: 'boolean', scale: 0, unsigned: false };
  if (type === PHYSICAL.float || type === PHYSICAL.double) return { kind: 'number', scale: 0, unsigned: false };
  if (isOneOf(CONVERTED.decimal) || has(LOGICAL.decimal)) {
    // A scale that is not said is 0.
    return { kind: 'decimal', scale: element.has(7) ? sizeField(element, 7, 'scale') : 0, unsigned: false };
  }
  if (type === PHYSICAL.bytes || type === PHYSICAL.fixed) {
    const text =
      isOneOf(CONVERTED.utf8, CONVERTED.enum, CONVERTED.json) ||
      has(LOGICAL.text) ||
      has(LOGICAL.enum) ||
      has(LOGICAL.json);
    return { kind: text ? 'text' : 'binary', scale: 0, unsigned: false };
  }
  // As readPlain hands them out.
  if (type === PHYSICAL.int96) return { kind: 'timestamp', scale: 1e3, unsigned: false };
  if (isOneOf(CONVERTED.date) || has(LOGICAL.date)) return { kind: 'date', scale: 1, unsigned: false };
  if (isOneOf(CONVERTED.millis)) return { kind: 'timestamp', scale: 1e3, unsigned: false };
  if (isOneOf(CONVERTED.micros)) return { kind: 'timestamp', scale: 1e6, unsigned: false };
  if (has(LOGICAL.timestamp)) return { kind: 'timestamp', scale: timeUnit(logical), unsigned: false };
  return { kind: 'integer', scale: 0, unsigned: isOneOf(CONVERTED.uint32, CONVERTED.uint64) || isUnsigned(logical) };
}

function timeUnit(logical: unknown): number {
  const timestamp = logical instanceof Map ? logical.get(LOGICAL.timestamp) : undefined;
  const unit = timestamp instanceof Map ? timestamp.get(2) : undefined;
  if (!(unit instanceof Map)) return 1e6;
  return unit.has(1) ? 1e3 : unit.has(3) ? 1e9 : 1e6;
}

function isUnsigned(logical: unknown): boolean {
  const integer = logical instanceof Map ? logical.get(LOGICAL.integer) : undefined;
  return integer instanceof Map && integer.get(2) === false;
}

/** Encodings are checked page by page; this is for messages. */
export function describeLeaf(leaf: Leaf): string {
  return `column ${JSON.stringify(leaf.name)}`;
}
