import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SentopsError } from '../../../../src/lib/core/errors.ts';
import { decodeArray, encodeArray } from '../../../../src/lib/model/formats/native/arrays.ts';
import createNativeFormat from '../../../../src/lib/model/formats/native/format.ts';
import { readNative } from '../../../../src/lib/model/formats/native/read.ts';
import { writeNative } from '../../../../src/lib/model/formats/native/write.ts';
import type { FittedModel } from '../../../../src/lib/model/types.ts';
import { sampleModels } from '../../../helpers/sample-models.ts';
import { anyModel } from './random-models.ts';

const samples = sampleModels();
const sample = (name: string) => samples[name] as FittedModel;

describe('model.sentops', () => {
  test('random models come back exactly', () => {
    fc.assert(
      fc.property(anyModel, model => {
        expect(readNative(writeNative(model))).toStrictEqual(model);
      }),
      { numRuns: 150 },
    );
  });

  test.each(Object.keys(samples))('a model of our own comes back exactly: %s', name => {
    expect(readNative(writeNative(sample(name)))).toStrictEqual(sample(name));
  });

  test('the same model gives the same bytes', () => {
    expect(writeNative(sample('forest'))).toEqual(writeNative(structuredClone(sample('forest'))));
  });

  test('the layout is the documented one', () => {
    const file = Buffer.from(writeNative(sample('logistic')));
    expect(file.subarray(0, 8).toString('latin1')).toBe('\x89SOM\r\n\x1a\n');
    expect(file.readUInt32LE(8)).toBe(1);
    const length = file.readUInt32LE(12);
    expect(length % 8).toBe(0);
    expect(file.readBigUInt64LE(16)).toBe(BigInt(file.length));
    const header = file.subarray(32, 32 + length);
    expect(file.readUInt32LE(24)).toBe(zlib.crc32(header));
    expect(file.readUInt32LE(28)).toBe(zlib.crc32(file.subarray(32 + length)));
    const { model, arrays } = JSON.parse(header.toString());
    expect(model.stages[0]).toEqual(sample('logistic').stages[0]);
    for (const entry of arrays) {
      expect(entry.offset % 8).toBe(0);
      expect(entry.offset + entry.bytes).toBeLessThanOrEqual(file.length);
    }
  });

  test('a stage of a plugin is kept, with its arrays', () => {
    const model: FittedModel = {
      stages: [
        {
          kind: 'Plugin',
          uid: 'p',
          trainer: 'mine',
          fitted: {
            type: 'mine',
            params: { a: 1, b: 'x', c: true },
            arrays: { w: Float64Array.of(1, 2), n: Int32Array.of(3) },
          },
          featuresCol: 'f',
          labelCol: 'l',
          predictionCol: 'p',
          rawPredictionCol: 'r',
          numClasses: 2,
          numFeatures: 2,
        },
      ],
      labels: ['no', 'yes'],
      about: {},
    };
    expect(readNative(writeNative(model))).toStrictEqual(model);
  });

  test('arrays stored as they are become views onto the file', () => {
    const bytes = new Uint8Array(writeNative(sample('forest')));
    const trees = readNative(bytes).stages.at(-1) as { trees: { left: Int32Array } };
    expect(trees.trees.left.buffer).toBe(bytes.buffer);
  });

  test('bytes that do not begin at a multiple of eight are read as well', () => {
    const bytes = writeNative(sample('forest'));
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(readNative(shifted.subarray(3))).toStrictEqual(sample('forest'));
  });
});

describe('arrays', () => {
  const roundTrip = (array: Float64Array | Int32Array) => {
    const { encoding, bytes } = encodeArray(array);
    const type = array instanceof Int32Array ? 'i32' : 'f64';
    const entry = { type, length: array.length, encoding, offset: 0, bytes: bytes.length } as const;
    return { encoding, size: bytes.length, back: decodeArray(Uint8Array.from(bytes), entry) };
  };
  const numbers = (length: number, value: (index: number) => number) =>
    Float64Array.from({ length }, (_, index) => value(index));

  test.each([
    ['few', numbers(3, index => index), 'plain'],
    ['long fractions', numbers(100, index => (index + 1) / 3), 'plain'],
    ['short ones', numbers(100, index => index + 0.5), 'f32'],
    ['mostly zero', numbers(1000, index => (index % 5 === 0 ? 1 / (index + 3) : 0)), 'bits+f64'],
    ['mostly zero, short', numbers(1000, index => (index % 3 === 0 ? 0.5 : 0)), 'bits+f32'],
    ['all zero', numbers(1000, () => 0), 'bits+f32'],
    [
      'minus zero and what is no number',
      numbers(100, index => [-0, Number.NaN, 0, Infinity][index % 4] ?? 0),
      'bits+f32',
    ],
  ])('%s are stored as small as they can be', (_, array, encoding) => {
    const result = roundTrip(array);
    expect(result.encoding).toBe(encoding);
    expect(result.back).toStrictEqual(array);
    expect(result.size).toBeLessThanOrEqual(array.byteLength);
  });

  test('random arrays come back exactly, bit by bit', () => {
    const value = fc.oneof(fc.constant(0), fc.constant(-0), fc.double(), fc.float());
    fc.assert(
      fc.property(fc.array(value, { maxLength: 300 }), values => {
        const array = Float64Array.from(values);
        expect(roundTrip(array).back).toStrictEqual(array);
      }),
    );
    expect(roundTrip(Int32Array.of(1, -2, 2 ** 31 - 1)).back).toStrictEqual(Int32Array.of(1, -2, 2 ** 31 - 1));
  });

  test('a third of a million coefficients takes a fifth of their memory', () => {
    const array = numbers(2 ** 20, index => (index % 3 === 0 ? Math.fround(index / 7) : 0));
    expect(roundTrip(array).size).toBeLessThan(array.byteLength / 5);
  });
});

describe('a damaged file', () => {
  const whole = Buffer.from(writeNative(sample('logistic-sparse')));
  const damage = (change: (file: Buffer) => Buffer | undefined) => {
    const copy = Buffer.from(whole);
    const bytes = change(copy) ?? copy;
    return () => readNative(bytes);
  };

  test('cut off anywhere it is refused', () => {
    for (let length = 0; length < whole.length; length += 97) {
      expect(damage(file => file.subarray(0, length))).toThrow(SentopsError);
    }
    expect(damage(file => file.subarray(0, -1))).toThrow('should have');
  });

  test('any bit changed is noticed', () => {
    for (let at = 0; at < whole.length; at += 61) {
      const broken = damage(file => {
        file[at] = (file[at] ?? 0) ^ 4;
        return undefined;
      });
      expect(broken).toThrow(expect.objectContaining({ code: 'DATA_INVALID' }));
    }
  });

  test('taken for text by a transfer', () => {
    expect(() => readNative(Buffer.from(whole.toString('latin1').replaceAll('\r\n', '\n'), 'latin1'))).toThrow('begin');
  });

  test('of a version to come it says so', () => {
    const newer = damage(file => {
      file.writeUInt32LE(7, 8);
      return undefined;
    });
    expect(newer).toThrow('version 7');
  });

  test.each([
    ['an array beyond the end', { offset: 1e9 }],
    ['an array within the header', { offset: 64 }],
    ['an array too long for its bytes', { length: 2 ** 28 }],
    ['an encoding to come', { encoding: 'zip' }],
    ['a length that is no number', { length: 'many' }],
  ])('with right checksums, but %s', (_, change) => {
    expect(() => readNative(forge(json => Object.assign(json.arrays[0] ?? {}, change)))).toThrow(SentopsError);
  });

  test('with right checksums, but an array that is not in the list', () => {
    const forged = forge(json => {
      json.arrays.length = 0;
    });
    expect(() => readNative(forged)).toThrow('not there');
  });

  test('with right checksums, but a thousand arrays in one place', () => {
    const forged = forge(json => {
      const bytes = json.arrays[0]?.bytes ?? 0;
      const offset = json.arrays[0]?.offset ?? 0;
      const forged = { type: 'f64', encoding: 'bits+f32', length: bytes * 8, bytes, offset };
      json.arrays = Array.from({ length: 1000 }, () => forged);
    });
    expect(() => readNative(forged)).toThrow('more');
  });

  test('with right checksums, but no model in it', () => {
    expect(() => readNative(forge(json => Object.assign(json, { model: 5 })))).toThrow('does not fit together');
  });

  interface Json {
    model: unknown;
    arrays: { length: number; bytes: number; offset: number; encoding: string; type: string }[];
  }

  function forge(change: (json: Json) => void): Buffer {
    const length = whole.readUInt32LE(12);
    const json = JSON.parse(whole.subarray(32, 32 + length).toString()) as Json;
    const room = 2 ** 18;
    for (const entry of json.arrays) entry.offset += room - length;
    change(json);
    const text = Buffer.from(JSON.stringify(json));
    const header = Buffer.alloc(room, ' ');
    header.set(text);
    const file = Buffer.concat([whole.subarray(0, 32), header, whole.subarray(32 + length)]);
    file.writeUInt32LE(header.length, 12);
    file.writeBigUInt64LE(BigInt(file.length), 16);
    file.writeUInt32LE(zlib.crc32(header), 24);
    return file;
  }
});

describe('the format', () => {
  test('recognises its file and no other', async () => {
    const format = createNativeFormat();
    const files = await format.write(sample('svc'));
    expect([...files.keys()]).toEqual(['model.sentops']);
    expect(format.recognises(files)).toBe(true);
    expect(format.recognises(new Map([['model.sentops', Buffer.from('nothing of that')]]))).toBe(false);
    expect(await format.read(files)).toStrictEqual(sample('svc'));
    await expect(format.read(new Map())).rejects.toMatchObject({ code: 'DATA_INVALID' });
  });
});
