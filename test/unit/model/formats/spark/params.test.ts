import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SentopsError } from '../../../../../src/lib/core/errors.ts';
import { formatMetadata, parseMetadata } from '../../../../../src/lib/model/formats/spark/metadata.ts';
import {
  double,
  doubles,
  flag,
  integer,
  json,
  long,
  Params,
  type ParamTable,
  text,
  texts,
  type Values,
  writeParams,
} from '../../../../../src/lib/model/formats/spark/params.ts';
import type { ExtraValue } from '../../../../../src/lib/model/stages.ts';

const complain = (what: string) => new SentopsError('DATA_INVALID', what);
const paramsOf = (values: Readonly<Record<string, ExtraValue>>) =>
  new Params(new Map(Object.entries(values)), complain);

describe('parameters as read', () => {
  test('each is taken once; what is left is for training only', () => {
    const params = paramsOf({
      a: 'x',
      b: true,
      c: 3,
      d: 0.5,
      e: ['y'],
      f: [1, 'NaN', '-Inf'],
      seed: '12345678901234567890',
    });
    expect(params.text('a')).toBe('x');
    expect(params.flag('b')).toBe(true);
    expect(params.integer('c')).toBe(3);
    expect(params.double('d')).toBe(0.5);
    expect(params.texts('e')).toEqual(['y']);
    expect(params.doublesOrNull('f')).toEqual(Float64Array.of(1, Number.NaN, Number.NEGATIVE_INFINITY));
    expect(params.has('a')).toBe(false);
    expect(() => params.text('a')).toThrow('parameter a is missing');
    expect(params.rest()).toEqual({ extras: { seed: '12345678901234567890' } });
  });

  test('where nothing is left there are no extras, and lists that were not set are null', () => {
    expect(paramsOf({}).rest()).toEqual({});
    expect(paramsOf({}).doublesOrNull('thresholds')).toBeNull();
    expect(paramsOf({ thresholds: [] }).doublesOrNull('thresholds')).toEqual(new Float64Array(0));
  });

  test('numbers that JSON has none for are words, and no other words are numbers', () => {
    expect(paramsOf({ a: 'Inf' }).double('a')).toBe(Number.POSITIVE_INFINITY);
    expect(paramsOf({ a: 'NaN' }).double('a')).toBeNaN();
    for (const word of ['Infinity', 'inf', '1', '', 'constructor', 'toString'])
      expect(() => paramsOf({ a: word }).double('a')).toThrow('parameter a is not a number');
    for (const value of [null, true, [1]]) expect(() => paramsOf({ a: value }).double('a')).toThrow('is not a number');
  });

  test('a list is a list of numbers and nothing else', () => {
    expect(() => paramsOf({ a: 0.5 }).doublesOrNull('a')).toThrow('parameter a is not a list of numbers');
    expect(() => paramsOf({ a: [0.5, '0.5'] }).doublesOrNull('a')).toThrow('parameter a is not a list of numbers');
    expect(() => paramsOf({ a: [0.5, null] }).doublesOrNull('a')).toThrow('parameter a is not a list of numbers');
  });
});

describe('parameters as written', () => {
  const TABLE: ParamTable = {
    name: text('x'),
    count: integer(2),
    share: double(0),
    isOn: flag(true),
    words: texts(),
    limits: doubles(),
    seed: long(),
    bounds: json(),
  };
  const write = (values: Values) => writeParams(TABLE, values);

  test('what is the default anyway is not set', () => {
    expect(write({})).toEqual({ set: '{}', defaults: '{"name":"x","count":2,"share":0.0,"isOn":true}' });
    expect(write({ name: 'x', count: 2, share: 0, isOn: true }).set).toBe('{}');
    expect(write({ name: 'y', count: 3, share: -0, isOn: false }).set).toBe(
      '{"name":"y","count":3,"share":-0.0,"isOn":false}',
    );
  });

  test('every kind as Spark reads it', () => {
    const { set } = write({
      words: ['a"b', 'é\n'],
      limits: Float64Array.of(1, 0.25, Number.NaN, Number.NEGATIVE_INFINITY, 1e21, 5e-324),
      seed: '-5311560406925087570',
      bounds: '{"type":1}',
    });
    expect(set).toBe(
      '{"words":["a\\"b","é\\n"],"limits":[1.0,0.25,"NaN","-Inf",1e+21,5e-324],"seed":-5311560406925087570,"bounds":{"type":1}}',
    );
  });

  test('what is no long, is null, or is not in the table is left out', () => {
    expect(write({ seed: 'soon', words: null, unknown: 5 }).set).toBe('{}');
    expect(write({ seed: 1.5 }).set).toBe('{}');
    expect(write({ seed: 42 }).set).toBe('{"seed":42}');
  });

  test('any values come back through the metadata', () => {
    const anyDouble = fc.double();
    const values = fc.record({
      name: fc.string({ unit: 'grapheme' }),
      count: fc.maxSafeInteger(),
      share: anyDouble,
      isOn: fc.boolean(),
      words: fc.array(fc.string()),
      limits: fc.array(anyDouble).map(all => Float64Array.from(all)),
      seed: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
    });
    fc.assert(
      fc.property(values, all => {
        const line = formatMetadata({
          className: 'a.b.C',
          uid: 'u',
          timestamp: 5,
          sparkVersion: '3.3.0',
          ...write(all),
        });
        expect(line).not.toContain('\n');
        const params = new Params(parseMetadata(Buffer.from(line), complain).params, complain);
        expect(params.text('name')).toBe(all.name);
        expect(params.integer('count')).toBe(all.count);
        expect(params.double('share')).toBe(all.share);
        expect(params.flag('isOn')).toBe(all.isOn);
        expect(params.texts('words')).toEqual(all.words);
        expect(params.doublesOrNull('limits')).toEqual(all.limits);
        expect(String(params.rest().extras?.['seed'])).toBe(all.seed);
      }),
    );
  });
});

describe('lines of metadata', () => {
  const parse = (line: string) => parseMetadata(Buffer.from(line), complain);
  const head = '"class":"org.apache.spark.ml.feature.IDFModel","uid":"u","sparkVersion":"3.5.1"';

  test.each([
    ['a byte order mark', `\ufeff{${head}}`],
    ['line ends of Windows', `{${head}}\r\n`],
    ['many lines', `{\n  ${head}\n}\n`],
    ['white space around it', `  \t{${head}}\n\n`],
    ['fields that nobody knows', `{"prefsToCome":[{}],${head},"language":"Python"}`],
  ])('with %s are read', (_, line) => {
    expect(parse(line)).toMatchObject({ className: 'IDFModel', uid: 'u', sparkMajor: 3, timestamp: 0 });
  });

  test('a class of PySpark’s own and one without a package', () => {
    expect(parse(`{"class":"pyspark.ml.pipeline.PipelineModel","uid":"u","sparkVersion":"4"}`).className).toBe(
      'PipelineModel',
    );
    expect(parse(`{"class":"Mine","uid":"u","sparkVersion":"4"}`)).toMatchObject({ className: 'Mine', sparkMajor: 4 });
  });

  test('values of parameters: lists within lists stay, objects become JSON', () => {
    const { params } = parse(`{${head},"paramMap":{"a":[[1,"x"],[null]],"b":{"c":[1]},"d":null,"e":-0,"f":1E400}}`);
    expect(Object.fromEntries(params)).toEqual({ a: [[1, 'x'], [null]], b: '{"c":[1]}', d: null, e: -0, f: Infinity });
  });

  test.each<[string, string, string]>([
    ['two objects', `{${head}}\n{${head}}`, 'is not valid JSON'],
    ['a text', '"class"', 'is not one JSON object'],
    ['a class that is a number', '{"class":1,"uid":"u","sparkVersion":"3"}', 'has no class, uid or sparkVersion'],
    ['no uid', '{"class":"C","sparkVersion":"3"}', 'has no class, uid or sparkVersion'],
    ['a version that is none', '{"class":"C","uid":"u","sparkVersion":"latest"}', 'has the sparkVersion "latest"'],
    ['defaults that are a list', `{${head},"defaultParamMap":[]}`, 'has a defaultParamMap that is not an object'],
    ['parameters that are a text', `{${head},"paramMap":"a"}`, 'has a paramMap that is not an object'],
    ['sixty-five levels', `{${head},"x":${'['.repeat(64)}${']'.repeat(64)}}`, 'is nested deeper than 64 levels'],
  ])('of %s are refused', (_, line, message) => {
    expect(() => parse(line)).toThrow(message);
  });

  test('brackets within texts are no levels', () => {
    const { params } = parse(`{${head},"paramMap":{"pattern":"${'[{'.repeat(90)}\\"${'['.repeat(90)}"}}`);
    expect(params.get('pattern')).toBe(`${'[{'.repeat(90)}"${'['.repeat(90)}`);
  });

  test('written, they hold the fields of a class beside the usual ones', () => {
    const rules = { className: 'a.C', uid: 'u', timestamp: 7, sparkVersion: '3.3.0', set: '{"a":1}', defaults: '{}' };
    expect(formatMetadata(rules)).toBe(
      '{"class":"a.C","timestamp":7,"sparkVersion":"3.3.0","uid":"u","paramMap":{"a":1},"defaultParamMap":{}}',
    );
    expect(parse(formatMetadata({ ...rules, extra: { numTrees: 3, note: 'a\nb' } })).top).toMatchObject({
      numTrees: 3,
      note: 'a\nb',
    });
  });
});
