import { fields, type ThriftOut, ThriftWriter } from '../../../src/lib/parquet/thrift-writer.ts';

/** Parquet files put together byte by byte, for what other programs write and for what none should. */

export const TYPE = { boolean: 0, int32: 1, int64: 2, int96: 3, float: 4, double: 5, bytes: 6, fixed: 7 };
export const ENCODING = {
  plain: 0,
  oldDictionary: 2,
  runs: 3,
  deltas: 5,
  deltaLengths: 6,
  deltaTexts: 7,
  dictionary: 8,
  streams: 9,
};

export interface ElementRules {
  readonly type?: number;
  readonly length?: number;
  /** 0 required, 1 optional, 2 repeated. */
  readonly repetition?: number;
  readonly children?: number;
  readonly converted?: number;
  readonly scale?: number;
  readonly logical?: ThriftOut;
}

export function element(name: string, rules: ElementRules = {}): ThriftOut {
  const { type, length, repetition = 0, children, converted, scale, logical } = rules;
  const i32 = (value: number | undefined) => (value === undefined ? undefined : { i32: value });
  return fields(
    i32(type),
    i32(length),
    i32(repetition),
    name,
    i32(children),
    i32(converted),
    i32(scale),
    undefined,
    undefined,
    logical,
  );
}

/** One field of a union: `LogicalType.INTEGER({...})`. */
export function union(id: number, value: ThriftOut = fields()): ThriftOut {
  return { fields: [{ id, value }] };
}

export function thrift(value: { readonly fields: Parameters<ThriftWriter['struct']>[0] }): Buffer {
  const writer = new ThriftWriter();
  writer.struct(value.fields);
  return Buffer.from(writer.done());
}

interface PageRules {
  /** What the header says where that is not true. */
  readonly unpacked?: number;
  readonly packed?: number;
}

function page(type: number, size: number, body: Uint8Array, rules: PageRules, ...inner: (ThriftOut | undefined)[]) {
  const { packed = body.length, unpacked = size } = rules;
  return Buffer.concat([
    thrift(fields({ i32: type }, { i32: unpacked }, { i32: packed }, undefined, ...inner)),
    Buffer.from(body),
  ]);
}

export function dataPage(count: number, encoding: number, body: Uint8Array, rules: PageRules = {}): Buffer {
  const inner = fields({ i32: count }, { i32: encoding }, { i32: 3 }, { i32: 3 });
  return page(0, body.length, body, rules, inner);
}

export function dictionaryPage(count: number, body: Uint8Array): Buffer {
  const inner = fields({ i32: count }, { i32: ENCODING.plain });
  return page(2, body.length, body, {}, undefined, undefined, inner);
}

/** A page that readers pass over. */
export function indexPage(): Buffer {
  return page(1, 3, Buffer.from('abc'), {});
}

interface SecondRules extends PageRules {
  readonly repetition?: Uint8Array;
  readonly definition?: Uint8Array;
  /** Absent: not said, which means that they are. */
  readonly isPacked?: boolean;
}

/** Version 2: the levels stand before the values, unpacked and without their lengths. */
export function dataPage2(count: number, encoding: number, values: Uint8Array, rules: SecondRules = {}): Buffer {
  const { repetition = Buffer.alloc(0), definition = Buffer.alloc(0), isPacked } = rules;
  const body = Buffer.concat([repetition, definition, values]);
  const lengths = [{ i32: definition.length }, { i32: repetition.length }];
  const inner = fields({ i32: count }, { i32: 0 }, { i32: count }, { i32: encoding }, ...lengths, isPacked);
  return page(3, body.length, body, rules, undefined, undefined, undefined, inner);
}

export interface Chunk {
  readonly type: number;
  readonly codec?: number;
  readonly values: number;
  readonly pages: readonly Uint8Array[];
  /** Where the header says that things are, counted from the true place. */
  readonly shift?: number;
  readonly size?: number;
  /** Another type than the schema's. */
  readonly elsewhere?: string;
}

interface Group {
  readonly rows: number;
  readonly chunks: readonly Chunk[];
}

interface FileRules {
  readonly schema: readonly ThriftOut[];
  readonly groups: readonly Group[];
  readonly rows?: number;
  readonly keyValues?: readonly ThriftOut[];
}

const MAGIC = Buffer.from('PAR1');

export function buildFile({ schema, groups, rows, keyValues }: FileRules): Buffer {
  const parts: Buffer[] = [MAGIC];
  let offset = MAGIC.length;
  const described = groups.map(group => {
    const columns = group.chunks.map(({ type, codec = 0, values, pages, shift = 0, size, elsewhere }) => {
      const bytes = Buffer.concat(pages);
      const start = offset + shift;
      parts.push(bytes);
      offset += bytes.length;
      const sizes = [{ i64: bytes.length }, { i64: size ?? bytes.length }];
      const meta = fields(
        { i32: type },
        { list: [{ i32: 0 }] },
        { list: ['x'] },
        { i32: codec },
        { i64: values },
        ...sizes,
        undefined,
        { i64: start },
      );
      return fields(elsewhere, { i64: start }, meta);
    });
    return fields({ list: columns }, { i64: 0 }, { i64: group.rows });
  });
  const total = rows ?? groups.reduce((sum, group) => sum + group.rows, 0);
  const pairs = keyValues === undefined ? undefined : { list: keyValues };
  const footer = thrift(fields({ i32: 1 }, { list: schema }, { i64: total }, { list: described }, pairs, 'by hand'));
  return closeFile(parts, footer);
}

export function closeFile(parts: readonly Uint8Array[], footer: Uint8Array): Buffer {
  const tail = Buffer.alloc(4);
  tail.writeUInt32LE(footer.length);
  return Buffer.concat([...parts, footer, tail, MAGIC]);
}

export const root = (children: number) => element('schema', { children });

/** A file with the one column x in one row group. */
export function oneColumn(
  rules: ElementRules & { readonly type: number },
  rows: number,
  chunk: Partial<Chunk>,
): Buffer {
  return buildFile({
    schema: [root(1), element('x', rules)],
    groups: [{ rows, chunks: [{ type: rules.type, values: rows, pages: [], ...chunk }] }],
  });
}

/** Values packed into bits, the lowest first; a last group that is not full is filled up with zeros. */
export function packBits(values: readonly (number | bigint)[], width: number): Buffer {
  let bits = 0n;
  for (const [index, value] of values.entries()) bits |= BigInt(value) << BigInt(index * width);
  const bytes = Buffer.alloc(Math.ceil((values.length * width) / 8));
  for (let index = 0; index < bytes.length; index++) bytes[index] = Number((bits >> BigInt(index * 8)) & 255n);
  return bytes;
}

export function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

/** Groups of eight, all of them packed into bits. */
export function packedRuns(values: readonly number[], width: number): Buffer {
  const groups = Math.ceil(values.length / 8);
  const padded = [...values, ...new Array<number>(groups * 8 - values.length).fill(0)];
  return Buffer.concat([varint(groups * 2 + 1), packBits(padded, width)]);
}

/** Levels as version 1 stores them: behind their length. */
export function levels(values: readonly number[], width: number): Buffer {
  return lengthFirst(packedRuns(values, width));
}

export function lengthFirst(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, bytes]);
}

export function texts(...all: readonly string[]): Buffer {
  return Buffer.concat(all.map(text => lengthFirst(Buffer.from(text))));
}

export function doubles(...all: readonly number[]): Buffer {
  return Buffer.from(Float64Array.from(all).buffer);
}

export function integers(...all: readonly number[]): Buffer {
  return Buffer.from(Int32Array.from(all).buffer);
}

export function longs(...all: readonly bigint[]): Buffer {
  return Buffer.from(BigInt64Array.from(all).buffer);
}

const zigzag = (value: bigint) => BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));

interface DeltaRules {
  readonly block?: number;
  readonly miniblocks?: number;
}

/** DELTA_BINARY_PACKED, straight from its description; the differences wrap round in 64 bits. */
export function deltas(values: readonly bigint[], { block = 128, miniblocks = 4 }: DeltaRules = {}): Buffer {
  const parts = [varint(block), varint(miniblocks), varint(values.length), varint(zigzag(values[0] ?? 0n))];
  const steps = values.slice(1).map((value, index) => BigInt.asIntN(64, value - (values[index] ?? 0n)));
  const each = block / miniblocks;
  for (let start = 0; start < steps.length; start += block) {
    const own = steps.slice(start, start + block);
    const least = own.toSorted((a, b) => (a < b ? -1 : 1))[0] ?? 0n;
    const rest = own.map(step => BigInt.asUintN(64, step - least));
    const widths: number[] = [];
    const bodies: Buffer[] = [];
    for (let at = 0; at < miniblocks; at++) {
      const mini = rest.slice(at * each, (at + 1) * each);
      const width =
        mini.length === 0 ? 0 : Math.max(...mini.map(value => (value === 0n ? 0 : value.toString(2).length)));
      widths.push(width);
      if (mini.length > 0) bodies.push(packBits([...mini, ...new Array<bigint>(each - mini.length).fill(0n)], width));
    }
    parts.push(varint(zigzag(least)), Buffer.from(widths), ...bodies);
  }
  return Buffer.concat(parts);
}
