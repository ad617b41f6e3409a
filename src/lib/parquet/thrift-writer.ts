/** Writes Thrift's compact protocol: the fields of a structure in ascending order, see thrift-reader.ts. */
export class ThriftWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  done(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  struct(fields: readonly ThriftField[]): void {
    let last = 0;
    for (const { id, value } of fields) {
      const type = typeOf(value);
      const step = id - last;
      if (step < 1 || step > 15) throw new RangeError(`field ${id} after ${last}`);
      this.#byte((step << 4) | type);
      last = id;
      this.#write(value);
    }
    this.#byte(0);
  }

  #write(value: ThriftOut): void {
    if (typeof value === 'boolean') return;
    if (typeof value === 'string') this.#text(value);
    else if ('i32' in value) this.#varint(zigzag(value.i32));
    else if ('i64' in value) this.#varint(zigzag(value.i64));
    else if ('list' in value) this.#list(value.list);
    else this.struct(value.fields);
  }

  #list(values: readonly ThriftOut[]): void {
    const type = values[0] === undefined ? TYPE.struct : typeOf(values[0]);
    if (values.length < 15) this.#byte((values.length << 4) | type);
    else {
      this.#byte(0xf0 | type);
      this.#varint(values.length);
    }
    for (const value of values) this.#write(value);
  }

  #text(text: string): void {
    const bytes = Buffer.from(text);
    this.#varint(bytes.length);
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.#byte((rest % 128) | 128);
      rest = Math.floor(rest / 128);
    }
    this.#byte(rest);
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = byte;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

export type ThriftOut =
  | boolean
  | string
  | { readonly i32: number }
  | { readonly i64: number }
  | { readonly list: readonly ThriftOut[] }
  | { readonly fields: readonly ThriftField[] };
export interface ThriftField {
  readonly id: number;
  readonly value: ThriftOut;
}

const TYPE = { true: 1, false: 2, i32: 5, i64: 6, text: 8, list: 9, struct: 12 };

function typeOf(value: ThriftOut): number {
  if (typeof value === 'boolean') return value ? TYPE.true : TYPE.false;
  if (typeof value === 'string') return TYPE.text;
  if ('i32' in value) return TYPE.i32;
  if ('i64' in value) return TYPE.i64;
  return 'list' in value ? TYPE.list : TYPE.struct;
}

/** Below 2^52: sizes and places in a file are. */
function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

/** A structure as fields 1, 2, 3 …; undefined leaves a field out. */
export function fields(...values: readonly (ThriftOut | undefined)[]): { readonly fields: readonly ThriftField[] } {
  const made: ThriftField[] = [];
  for (const [index, value] of values.entries()) if (value !== undefined) made.push({ id: index + 1, value });
  return { fields: made };
}
