import { damaged } from './damaged.ts';

/**
 * Thrift's compact protocol, as far as Parquet uses it
 * (github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md). Strict: no length is believed before
 * the bytes that it promises are known to be there.
 */
export type ThriftValue = number | boolean | Uint8Array | readonly ThriftValue[] | ThriftStruct;
/** Field number → value. */
export type ThriftStruct = ReadonlyMap<number, ThriftValue>;

const MAX_DEPTH = 24;
const TYPE = {
  stop: 0,
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  struct: 12,
};

export class ThriftReader {
  readonly bytes: Uint8Array;
  offset: number;

  constructor(bytes: Uint8Array, offset = 0) {
    this.bytes = bytes;
    this.offset = offset;
  }

  struct(depth = 0): ThriftStruct {
    if (depth > MAX_DEPTH) throw damaged('its header is nested too deep');
    const fields = new Map<number, ThriftValue>();
    let id = 0;
    for (;;) {
      const head = this.#byte();
      const type = head & 0x0f;
      if (type === TYPE.stop) return fields;
      const step = head >> 4;
      id = step === 0 ? this.#integer() : id + step;
      fields.set(id, this.#value(type, depth));
    }
  }

  #value(type: number, depth: number): ThriftValue {
    switch (type) {
      case TYPE.true:
        return true;
      case TYPE.false:
        return false;
      case TYPE.byte:
        return (this.#byte() << 24) >> 24;
      case TYPE.i16:
      case TYPE.i32:
      case TYPE.i64:
        return this.#integer();
      case TYPE.double:
        this.#take(8);
        return 0;
      case TYPE.binary:
        return this.#take(this.#varint());
      case TYPE.list:
      case TYPE.set:
        return this.#list(depth);
      case TYPE.struct:
        return this.struct(depth + 1);
      default:
        throw damaged('its header has a field of an unknown kind');
    }
  }

  #list(depth: number): ThriftValue[] {
    const head = this.#byte();
    const type = head & 0x0f;
    const short = head >> 4;
    const size = short === 15 ? this.#varint() : short;
    // Every element takes at least one byte.
    if (size > this.bytes.length - this.offset) throw damaged('a list in its header is longer than the file');
    const values: ThriftValue[] = [];
    const isFlag = type === TYPE.true || type === TYPE.false;
    for (let index = 0; index < size; index++) {
      values.push(isFlag ? this.#byte() === TYPE.true : this.#value(type, depth + 1));
    }
    return values;
  }

  #take(length: number): Uint8Array {
    if (length > this.bytes.length - this.offset) throw damaged('a text in its header is longer than the file');
    this.offset += length;
    return this.bytes.subarray(this.offset - length, this.offset);
  }

  #byte(): number {
    const byte = this.bytes[this.offset++];
    if (byte === undefined) throw damaged('it ends within a header');
    return byte;
  }

  /** Beyond 2^53 the low digits are lost: no such number is used for anything but to be refused. */
  #varint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 10; count++) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw damaged('a number in its header does not end');
  }

  #integer(): number {
    const zigzag = this.#varint();
    return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  }
}

export function integerField(struct: ThriftStruct, id: number, name: string, fallback?: number): number {
  const value = struct.get(id) ?? fallback;
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw damaged(`its header has no ${name}`);
  return value;
}

/** An integer that counts or measures something. */
export function sizeField(struct: ThriftStruct, id: number, name: string): number {
  const value = integerField(struct, id, name);
  if (value < 0) throw damaged(`${name} is ${value}`);
  return value;
}

export function structField(struct: ThriftStruct, id: number, name: string): ThriftStruct {
  const value = struct.get(id);
  if (!(value instanceof Map)) throw damaged(`its header has no ${name}`);
  return value;
}

function listField(struct: ThriftStruct, id: number, name: string): readonly ThriftValue[] {
  const value = struct.get(id);
  if (!Array.isArray(value)) throw damaged(`its header has no ${name}`);
  return value;
}

export function structsField(struct: ThriftStruct, id: number, name: string): readonly ThriftStruct[] {
  return listField(struct, id, name).map(value => {
    if (!(value instanceof Map)) throw damaged(`${name} in its header is not a list of structures`);
    return value;
  });
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export function textValue(value: ThriftValue | undefined, name: string): string {
  if (!(value instanceof Uint8Array)) throw damaged(`its header has no ${name}`);
  return decoder.decode(value);
}
