import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ArrayEntry, decodeArray, encodeArray } from '../../../../../src/lib/model/formats/native/arrays.ts';
import { fromJson, toJson } from '../../../../../src/lib/model/formats/native/plain-data.ts';
import { isNative, readNative } from '../../../../../src/lib/model/formats/native/read.ts';
import { writeNative } from '../../../../../src/lib/model/formats/native/write.ts';
import type { LinearSVCStage } from '../../../../../src/lib/model/stages.ts';
import type { FittedModel } from '../../../../../src/lib/model/types.ts';

const SVC = {
  kind: 'LinearSVC',
  uid: 'svc',
  featuresCol: 'f',
  labelCol: 'l',
  predictionCol: 'p',
  rawPredictionCol: 'r',
  numClasses: 2,
  numFeatures: 3,
  intercept: 0.5,
  threshold: 0,
};

interface FileRules {
  readonly model?: unknown;
  readonly arrays?: readonly Partial<ArrayEntry>[];
  readonly body?: Uint8Array;
  readonly version?: number;
  /** Spaces at the end of the header; without them it is filled up to a multiple of eight. */
  readonly header?: Buffer;
}

const small = (coefficients: unknown) => ({ stages: [{ ...SVC, coefficients }], labels: ['no', 'yes'], about: {} });
const dense = { type: 'dense', values: { $array: 0 } };
const START = 2048;

/** A file as docs/model-format.md describes it, with a header that ends at 2048. */
function build({ model = small(dense), arrays = [], body = Buffer.alloc(0), version = 1, header }: FileRules): Buffer {
  const json = header ?? Buffer.alloc(START - 32, ' ');
  if (header === undefined) json.set(Buffer.from(JSON.stringify({ model, arrays })));
  const file = Buffer.concat([Buffer.alloc(32), json, body]);
  file.set([0x89, 0x53, 0x4f, 0x4d, 0x0d, 0x0a, 0x1a, 0x0a]);
  file.writeUInt32LE(version, 8);
  file.writeUInt32LE(json.length, 12);
  file.writeBigUInt64LE(BigInt(file.length), 16);
  file.writeUInt32LE(zlib.crc32(json), 24);
  file.writeUInt32LE(zlib.crc32(body), 28);
  return file;
}

const entry = (rules: Partial<ArrayEntry>): ArrayEntry => ({
  type: 'f64',
  length: 3,
  encoding: 'plain',
  offset: START,
  bytes: 24,
  ...rules,
});
const valuesOf = (model: FittedModel) => (model.stages[0] as LinearSVCStage).coefficients.values;
const plain = Buffer.from(Float64Array.of(1.5, -0, Number.NaN).buffer);

describe('a file that another program wrote', () => {
  test('is read: numbers are little-endian, byte by byte', () => {
    const body = Buffer.from('000000000000f83f00000000000000800000000000000440', 'hex');
    expect(valuesOf(readNative(build({ arrays: [entry({})], body })))).toEqual(Float64Array.of(1.5, -0, 2.5));
  });

  test.each<[string, Partial<ArrayEntry>, Buffer]>([
    ['as it is', {}, plain],
    ['as floats', { encoding: 'f32', bytes: 12 }, Buffer.from(Float32Array.of(1.5, -0, Number.NaN).buffer)],
    [
      'flags and doubles',
      { encoding: 'bits+f64', bytes: 32 },
      Buffer.concat([Buffer.of(0b111, 0, 0, 0, 0, 0, 0, 0), plain]),
    ],
    [
      'flags and floats',
      { encoding: 'bits+f32', bytes: 20 },
      Buffer.concat([Buffer.of(0b111, 0, 0, 0, 0, 0, 0, 0), Buffer.from(Float32Array.of(1.5, -0, Number.NaN).buffer)]),
    ],
  ])('with its array stored %s', (_, rules, body) => {
    expect(valuesOf(readNative(build({ arrays: [entry(rules)], body })))).toEqual(Float64Array.of(1.5, -0, Number.NaN));
  });

  test('with arrays at odd places, one used twice, and more than are used', () => {
    const body = Buffer.concat([Buffer.alloc(5), plain, Buffer.alloc(3)]);
    const stage = { ...SVC, coefficients: dense };
    const rest = { ...SVC, kind: 'OneVsRest', models: [stage, stage], coefficients: undefined };
    const model = { stages: [rest], labels: ['no', 'yes'], about: {} };
    const read = readNative(
      build({ model, arrays: [entry({ offset: START + 5 }), entry({ length: 0, bytes: 0 })], body }),
    );
    const [first, second] = (read.stages[0] as unknown as { models: LinearSVCStage[] }).models;
    expect(first?.coefficients.values).toEqual(Float64Array.of(1.5, -0, Number.NaN));
    expect(second?.coefficients.values).toBe(first?.coefficients.values);
  });

  test('with fields that nobody knows yet', () => {
    const model = {
      ...small(dense),
      prefsToCome: { $$odd: 1 },
      stages: [{ ...SVC, coefficients: dense, speed: 'fast' }],
    };
    expect(readNative(build({ model, arrays: [entry({})], body: plain }))).toMatchObject({
      stages: [{ speed: 'fast' }],
      prefsToCome: { $odd: 1 },
    });
  });

  test('in memory that workers share', () => {
    const file = build({ arrays: [entry({})], body: plain });
    const shared = new Uint8Array(new SharedArrayBuffer(file.length));
    shared.set(file);
    expect(valuesOf(readNative(shared))).toEqual(Float64Array.of(1.5, -0, Number.NaN));
  });

  test.each<[string, FileRules, string]>([
    ['version 0', { version: 0 }, 'is damaged: it has version 0'],
    ['version 2', { version: 2 }, 'has version 2, this sentops reads up to 1'],
    ['a header of an odd length', { header: Buffer.from('{"arrays":[]}') }, 'its header has an impossible length'],
    ['a header that is no JSON', { header: Buffer.from('{"arrays": [}   ') }, 'its header is not valid JSON'],
    [
      'a header nested deep',
      { header: Buffer.from('['.repeat(80) + ']'.repeat(80)) },
      'its header is nested deeper than 64 levels',
    ],
    ['a header that is a list', { header: Buffer.from('[]      ') }, 'its header lists no arrays'],
    ['a header without arrays', { header: Buffer.from('{"model": {}}   ') }, 'its header lists no arrays'],
    ['an array that is a number', { header: Buffer.from('{"arrays": [5]} ') }, 'an array is not described'],
    [
      'an array number that is a text',
      { model: small({ type: 'dense', values: { $array: '0' } }), arrays: [entry({})], body: plain },
      'points at an array that is not there',
    ],
    [
      'an array number below zero',
      { model: small({ type: 'dense', values: { $array: -1 } }), arrays: [entry({})], body: plain },
      'points at an array that is not there',
    ],
    [
      'a number that is none',
      { model: { ...small(dense), calibration: { $number: 'toString' } }, arrays: [entry({})], body: plain },
      'a number is none',
    ],
    [
      'an array of another kind',
      { arrays: [entry({ type: 'i64' as 'i32' })], body: plain },
      'an array is not where the file says',
    ],
    [
      'an array in the fixed part',
      { arrays: [entry({ offset: 8 })], body: plain },
      'an array is not where the file says',
    ],
    [
      'an array over the end',
      { arrays: [entry({ offset: START + 8 })], body: plain },
      'an array is not where the file says',
    ],
    [
      'a length that is a fraction',
      { arrays: [entry({ length: 2.5 })], body: plain },
      'an array is not where the file says',
    ],
    ['a length below zero', { arrays: [entry({ length: -3 })], body: plain }, 'an array is not where the file says'],
    [
      'a length that its bytes do not hold',
      { arrays: [entry({ length: 4 })], body: plain },
      'another length than its entry says',
    ],
    [
      'floats that are too many bytes',
      { arrays: [entry({ encoding: 'f32' })], body: plain },
      'another length than its entry says',
    ],
    [
      'integers stored as floats',
      { arrays: [entry({ type: 'i32', encoding: 'f32', length: 6 })], body: plain },
      'another length than its entry says',
    ],
    [
      'flags that are cut off',
      { arrays: [entry({ encoding: 'bits+f64', length: 65, bytes: 15 })], body: plain },
      'another length than its entry says',
    ],
    [
      'more values than flags',
      { arrays: [entry({ encoding: 'bits+f64' })], body: Buffer.concat([Buffer.of(1), Buffer.alloc(23)]) },
      'another length than its entry says',
    ],
    [
      'fewer values than flags',
      { arrays: [entry({ encoding: 'bits+f32', bytes: 12 })], body: Buffer.concat([Buffer.of(3), Buffer.alloc(11)]) },
      'another length than its entry says',
    ],
    [
      'an array of integers for one of numbers',
      { arrays: [entry({ type: 'i32', length: 6 })], body: plain },
      'coefficients is not a vector',
    ],
  ])('with %s is refused', (_, rules, reason) => {
    expect(() => readNative(build(rules))).toThrow(
      expect.objectContaining({ code: 'DATA_INVALID', message: expect.stringContaining(reason) }),
    );
  });

  test('of a version to come says what to do', () => {
    expect(() => readNative(build({ version: 2 }))).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('update sentops') }),
    );
  });

  test('with one checksum wrong says which', () => {
    const file = build({ arrays: [entry({})], body: plain });
    const broken = (at: number) => {
      const copy = Buffer.from(file);
      copy[at] = (copy[at] ?? 0) ^ 1;
      return () => readNative(copy);
    };
    expect(broken(24)).toThrow('the checksum of its header is wrong');
    expect(broken(28)).toThrow('the checksum of its arrays is wrong');
    expect(broken(START + 3)).toThrow('the checksum of its arrays is wrong');
    expect(broken(16)).toThrow(`it has ${file.length} bytes and should have ${file.length ^ 1}`);
    expect(broken(0)).toThrow('it does not begin as such a file does');
    expect(() => readNative(file.subarray(0, 20))).toThrow('it is cut off');
    expect(() => readNative(new Uint8Array(0))).toThrow('it does not begin as such a file does');
    expect(isNative(file.subarray(0, 7))).toBe(false);
  });
});

describe('arrays', () => {
  test('of integers are stored as they are, however many are zero', () => {
    const { encoding, bytes } = encodeArray(new Int32Array(1000));
    expect([encoding, bytes.length]).toEqual(['plain', 4000]);
  });

  test.each([
    [63, 'plain'],
    [64, 'bits+f32'],
  ])('of %i zeros', (length, encoding) => {
    expect(encodeArray(new Float64Array(length)).encoding).toBe(encoding);
  });

  test.each([64, 65, 127, 128, 129, 1000])('of %i numbers have flags for 64 at a time', length => {
    const array = Float64Array.from({ length }, (_, index) => (index === length - 1 || index === 0 ? 0.1 : 0));
    const { encoding, bytes } = encodeArray(array);
    expect([encoding, bytes.length]).toEqual(['bits+f64', Math.ceil(length / 64) * 8 + 16]);
    const rules = entry({ encoding, length, offset: 0, bytes: bytes.length });
    expect(decodeArray(Uint8Array.from(bytes), rules)).toEqual(array);
  });

  test('that are parts of others are written alone', () => {
    const part = Float64Array.of(1, 2, 3, 4).subarray(1, 3);
    expect([...new Float64Array(Uint8Array.from(encodeArray(part).bytes).buffer)]).toEqual([2, 3]);
  });
});

describe('plain data', () => {
  const roundTrip = (value: unknown) => {
    const arrays: (Float64Array | Int32Array)[] = [];
    const json = JSON.parse(JSON.stringify(toJson(value, arrays))) as unknown;
    return fromJson(json, index => arrays[index as number] as Float64Array);
  };

  test('any comes back, with names of any form and numbers that JSON has none for', () => {
    const key = fc.oneof(fc.constantFrom('$array', '$number', '$', '$$', '__proto__', 'toString', ''), fc.string());
    const leaf = fc.oneof(
      fc.double(),
      fc.boolean(),
      fc.string(),
      fc.constant(null),
      fc.float64Array({ maxLength: 3 }),
      fc.int32Array({ maxLength: 3 }),
    );
    const { data } = fc.letrec<{ data: unknown }>(tie => ({
      data: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('data'), { maxLength: 3 }),
        fc.dictionary(key, tie('data'), { maxKeys: 3, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(data, value => {
        expect(roundTrip(value)).toStrictEqual(value);
      }),
    );
  });

  test('fields that are undefined are absent; what is no data is a mistake of the caller', () => {
    expect(roundTrip({ a: undefined, b: 1 })).toStrictEqual({ b: 1 });
    for (const value of [1n, Symbol('x'), () => 1]) expect(() => toJson({ value }, [])).toThrow(TypeError);
  });
});

test('a header whose length decides about its own length is found: models of every size', () => {
  for (let length = 0; length < 80; length++) {
    const model = {
      ...small({ type: 'dense', values: Float64Array.of(1, 2, 3) }),
      about: { name: 'x'.repeat(length) },
    };
    const file = writeNative(model as unknown as FittedModel);
    expect(readNative(file)).toStrictEqual(model);
    expect(file.length % 8).toBe(0);
  }
});
