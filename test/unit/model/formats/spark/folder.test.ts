import { describe, expect, test } from 'vitest';
import { compressRow, compressVector } from '../../../../../src/lib/model/formats/spark/compress.ts';
import {
  doubleField,
  doublesField,
  flagField,
  integerField,
  longField,
  longsField,
  matrixField,
  type SparkField,
  tableOf,
  textField,
  textsField,
  vectorField,
} from '../../../../../src/lib/model/formats/spark/fields.ts';
import { StageFolder } from '../../../../../src/lib/model/formats/spark/folder.ts';
import { isSpark, readSpark } from '../../../../../src/lib/model/formats/spark/read.ts';
import { writeParquet } from '../../../../../src/lib/parquet/write.ts';
import { addStage, type Files, pipelineOf, SVC } from './hand-made.ts';

const folderOf = (files: Readonly<Record<string, Uint8Array>>, path = 'stages/0_a/') =>
  new StageFolder(new Map(Object.entries(files)), path);
const table = (rows: number, ...fields: SparkField[]) => writeParquet(tableOf(rows, fields));
const read = (rows: number, ...fields: SparkField[]) =>
  folderOf({ 'stages/0_a/data/part-0': table(rows, ...fields) }).table('data');

describe('the files of a stage', () => {
  const metadata = Buffer.from('{"class":"a.C","uid":"u","sparkVersion":"4"}');

  test('markers, checksums, empty parts and what lies deeper do not count', () => {
    const folder = folderOf({
      'stages/0_a/metadata/part-00000': metadata,
      'stages/0_a/metadata/part-00001': Buffer.alloc(0),
      'stages/0_a/metadata/_SUCCESS': metadata,
      'stages/0_a/metadata/.part-00000.crc': metadata,
      'stages/0_a/metadata/deep/part-00002': metadata,
      'stages/0_ab/metadata/part-00003': metadata,
    });
    expect(folder.metadata().className).toBe('C');
    expect(folder.name).toBe('0_a');
    expect(folder.has('metadata')).toBe(true);
    expect(folder.has('meta')).toBe(false);
    expect(folder.folders('metadata')).toEqual(['deep']);
  });

  test('complaints name the stage and the file', () => {
    expect(folderOf({}).complain('data/', 'is odd')).toMatchObject({
      message: 'stage 0_a: data/ is odd',
      details: { stage: '0_a', file: 'stages/0_a/data/' },
    });
    expect(folderOf({}, '').complain('metadata/', 'is odd').message).toBe('the pipeline: metadata/ is odd');
  });

  test('part files stand below each other by their names; those without rows count for nothing', async () => {
    const part = (...values: number[]) => table(values.length, doubleField('x', Float64Array.from(values)));
    const folder = folderOf({
      'stages/0_a/data/part-00002': part(4),
      'stages/0_a/data/part-00000': part(1, 2),
      'stages/0_a/data/part-00001': part(),
      'stages/0_a/data/_SUCCESS': Buffer.alloc(0),
    });
    const joined = await folder.table('data');
    expect(joined.rows).toBe(3);
    expect(joined.doubles('x')).toEqual(Float64Array.of(1, 2, 4));
    await expect(folderOf({ 'stages/0_a/data/part-0': part() }).table('data')).rejects.toThrow(
      'stage 0_a: data/ has no rows',
    );
  });

  test('part files of other columns are refused', async () => {
    const one = table(1, doubleField('x', Float64Array.of(1)), doubleField('y', Float64Array.of(1)));
    for (const other of [
      table(1, integerField('x', Int32Array.of(1))),
      table(1, doubleField('y', Float64Array.of(1))),
    ]) {
      const folder = folderOf({ 'stages/0_a/data/part-0': one, 'stages/0_a/data/part-1': other });
      await expect(folder.table('data')).rejects.toThrow(/stage 0_a: data\/ has part files that differ in column x/);
    }
  });

  test('a part file that is no Parquet is named', async () => {
    const folder = folderOf({ 'stages/0_a/data/part-0.json': Buffer.from('{"x": 1, "y": 2}') });
    await expect(folder.table('data')).rejects.toThrow(
      'stage 0_a: data/part-0.json cannot be read: Parquet: it does not end with PAR1',
    );
  });
});

describe('a table', () => {
  test('of one row gives its values one by one', async () => {
    const one = await read(
      1,
      integerField('i', Int32Array.of(-5)),
      doubleField('d', Float64Array.of(-0)),
      flagField('f', [true]),
      longField('l', [-(2n ** 40n)]),
      textsField('t', [['\ufeffa', '']]),
      doublesField('ds', [Float64Array.of(1, 2)]),
    );
    one.expectOneRow();
    expect(one.integer('i')).toBe(-5);
    expect(one.double('d')).toBe(-0);
    expect(one.flag('f')).toBe(true);
    expect(one.longs('l')).toEqual(Float64Array.of(-(2 ** 40)));
    expect(one.textList('t')).toEqual(['\ufeffa', '']);
    expect(one.doubleLists('ds')).toEqual({ values: Float64Array.of(1, 2), starts: Int32Array.of(0, 2) });
    expect(one.has('i') && !one.has('j')).toBe(true);
  });

  test.each<[string, readonly SparkField[], (columns: Awaited<ReturnType<typeof read>>) => unknown, string]>([
    [
      'a column that is not there',
      [integerField('i', Int32Array.of(1))],
      columns => columns.integer('j'),
      'has no column j',
    ],
    [
      'a column of another type',
      [integerField('i', Int32Array.of(1))],
      columns => columns.double('i'),
      'has a column i of the wrong type',
    ],
    [
      'a text for a number',
      [textField('i', ['1'])],
      columns => columns.integer('i'),
      'has a column i of the wrong type',
    ],
    [
      'a list for a number',
      [doublesField('i', [Float64Array.of(1, 2)])],
      columns => columns.double('i'),
      'has a list in column i',
    ],
    ['no value', [doublesField('i', [null])], columns => columns.doubleLists('i'), 'has no value in column i'],
    [
      'a vector that is a number',
      [doubleField('v', Float64Array.of(1))],
      columns => columns.vector('v'),
      'has no column v.values',
    ],
    [
      'a matrix that is a vector',
      [vectorField('v', { type: 'dense', values: Float64Array.of(1) })],
      columns => columns.matrix('v'),
      'has no column v.numRows',
    ],
  ])('with %s: refused', async (_, fields, get, reason) => {
    const columns = await read(1, ...fields);
    expect(() => get(columns)).toThrow(`stage 0_a: data/ ${reason}`);
  });

  test('of two rows where there should be one is refused', async () => {
    const two = await read(2, doubleField('x', Float64Array.of(1, 2)));
    expect(() => two.expectOneRow()).toThrow('has 2 rows instead of one');
  });
});

describe('storing numbers sparse', () => {
  const values = (kept: number, size = 4096) =>
    Float64Array.from({ length: size }, (_, index) => (index < kept ? 1 : 0));

  test('where 12 bytes for each that is not zero are less than 8 for all', () => {
    // 12 · kept + 20 < 8 · 4096 + 8
    expect(compressVector({ type: 'dense', values: values(2729) }).type).toBe('sparse');
    expect(compressVector({ type: 'dense', values: values(2730) }).type).toBe('dense');
    expect(compressVector({ type: 'dense', values: values(0, 4095) }).type).toBe('dense');
  });

  test('keeps every number in its place; what is sparse stays as it is', () => {
    const all = values(0);
    all[7] = 0.5;
    all[4095] = -2;
    const packed = compressVector({ type: 'dense', values: all });
    expect(packed).toEqual({
      type: 'sparse',
      size: 4096,
      indices: Int32Array.of(7, 4095),
      values: Float64Array.of(0.5, -2),
    });
    expect(compressVector(packed)).toBe(packed);
  });

  test('only for the one row of a binomial model', () => {
    const shape = { type: 'dense', columns: 4096, values: values(1), transposed: false } as const;
    expect(compressRow({ ...shape, rows: 1 })).toMatchObject({
      type: 'sparse',
      rows: 1,
      columns: 4096,
      transposed: true,
      starts: Int32Array.of(0, 1),
    });
    const two = { ...shape, rows: 2, columns: 2048 };
    expect(compressRow(two)).toBe(two);
  });
});

test('what Spark is told of its columns: without it a vector is a structure like any other, and refused', () => {
  const told = (field: SparkField) => {
    const { 'org.apache.spark.sql.parquet.row.metadata': text } = tableOf(1, [field]).keyValues;
    return JSON.parse(text ?? '').fields[0];
  };
  const vector = told(vectorField('v', { type: 'dense', values: Float64Array.of(1) }));
  expect(vector).toMatchObject({
    name: 'v',
    nullable: true,
    metadata: {},
    type: { type: 'udt', class: 'org.apache.spark.ml.linalg.VectorUDT', pyClass: 'pyspark.ml.linalg.VectorUDT' },
  });
  expect(
    vector.type.sqlType.fields.map((each: { name: string; nullable: boolean }) => [each.name, each.nullable]),
  ).toEqual([
    ['type', false],
    ['size', true],
    ['indices', true],
    ['values', true],
  ]);
  expect(told(textsField('t', [['a']])).type).toEqual({ type: 'array', elementType: 'string', containsNull: true });
  expect(told(doublesField('d', [null])).type).toEqual({ type: 'array', elementType: 'double', containsNull: false });
  expect(told(longsField('l', [BigInt64Array.of(1n)])).type).toMatchObject({
    elementType: 'long',
    containsNull: false,
  });
  expect(told(flagField('f', [true]))).toMatchObject({ type: 'boolean', nullable: false });
  const matrix = matrixField('m', { type: 'dense', rows: 1, columns: 1, values: Float64Array.of(1), transposed: true });
  expect(told(matrix).type).toMatchObject({
    class: 'org.apache.spark.ml.linalg.MatrixUDT',
    sqlType: {
      fields: ['type', 'numRows', 'numCols', 'colPtrs', 'rowIndices', 'values', 'isTransposed'].map(name => ({ name })),
    },
  });
});

describe('what a folder is', () => {
  test('is judged by its metadata', () => {
    const has = (...files: string[]) => isSpark(new Map(files.map(file => [file, new Uint8Array()])));
    expect(has('metadata/part-00000-0c-c000.txt')).toBe(true);
    expect(has('metadata')).toBe(true);
    expect(has('metadata/_SUCCESS')).toBe(false);
    expect(has('stages/0_a/metadata/part-00000')).toBe(false);
    expect(has('metadata/deep/part-00000')).toBe(false);
  });

  const tuned = (className: string, best: Files): Files => {
    const files: Files = new Map();
    addStage(files, '', 'x', { className });
    for (const [file, bytes] of best) files.set(`bestModel/${file}`, bytes);
    return files;
  };

  test.each(['tuning.CrossValidatorModel', 'tuning.TrainValidationSplitModel'])('the best of a %s', async className => {
    expect((await readSpark(tuned(className, pipelineOf({ svc: SVC })))).stages).toMatchObject([{ uid: 'svc' }]);
    const single: Files = new Map();
    addStage(single, '', 'svc', SVC);
    await expect(readSpark(tuned(className, single))).rejects.toThrow(
      /the best model of the \w+ is a LinearSVCModel, not a PipelineModel/,
    );
    await expect(readSpark(tuned(className, new Map()))).rejects.toThrow('stage bestModel: metadata/ has no part file');
  });

  test('stages are found by their number and name, whatever zeros stand before', async () => {
    const files = pipelineOf({ svc: SVC });
    const renamed = new Map([...files].map(([file, bytes]) => [file.replace('stages/0_', 'stages/00_'), bytes]));
    expect((await readSpark(renamed)).stages.length).toBe(1);
    const other = new Map([...files].map(([file, bytes]) => [file.replace('stages/0_', 'stages/1_'), bytes]));
    await expect(readSpark(other)).rejects.toThrow('stages/0_svc is missing');
  });

  test('our own note is read; one that is damaged counts for nothing or is refused', async () => {
    const noted = (sentops: unknown) => {
      const files = pipelineOf({ svc: SVC });
      const name = 'metadata/part-00000-0c1d-c000.txt';
      const json = JSON.parse(Buffer.from(files.get(name) ?? []).toString());
      return readSpark(files.set(name, Buffer.from(JSON.stringify({ ...json, sentops }))));
    };
    const calibration = { slope: -1.5, offset: { $number: '-0' } };
    expect(await noted({ labels: ['no', 'yes'], about: { name: 'x' }, calibration })).toMatchObject({
      labels: ['no', 'yes'],
      about: { name: 'x' },
      calibration: { slope: -1.5, offset: -0 },
    });
    expect(await noted({ labels: [1, 2], about: 'x' })).toMatchObject({
      labels: ['negative', 'positive'],
      about: { writtenBy: 'Spark 4.0.1', createdAt: '2023-11-14T22:13:20.000Z' },
    });
    expect((await noted('x')).labels).toEqual(['negative', 'positive']);
    await expect(noted({ labels: ['one'] })).rejects.toThrow('1 labels for 2 classes');
    await expect(noted({ about: { $array: 0 } })).rejects.toThrow('has a note that holds an array');
    await expect(noted({ calibration: { slope: 1 } })).rejects.toThrow('calibration is not two numbers');
  });
});
