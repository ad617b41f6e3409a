import { describe, expect, test } from 'vitest';
import { SentopsError } from '../../../../src/lib/core/errors.ts';
import { parseMetadata } from '../../../../src/lib/model/formats/spark/metadata.ts';
import { readSpark } from '../../../../src/lib/model/formats/spark/read.ts';
import { writeSpark } from '../../../../src/lib/model/formats/spark/write.ts';
import type { FittedModel } from '../../../../src/lib/model/types.ts';
import { sampleModels } from '../../../helpers/sample-models.ts';

const model = sampleModels()['logistic'] as FittedModel;
const files = new Map(await writeSpark(model));
const LAST = model.stages.at(-1)?.uid ?? '';
const find = (pattern: RegExp) => [...files.keys()].find(file => pattern.test(file)) ?? '';
const lastMetadata = find(new RegExp(`${LAST}/metadata/`));
const lastData = find(new RegExp(`${LAST}/data/`));
const idfData = find(/IDF.*\/data\//);

function damaged(change: (files: Map<string, Uint8Array>) => void): Promise<FittedModel> {
  const copy = new Map(files);
  change(copy);
  return readSpark(copy);
}

/** One change to the JSON of a file. */
function edited(file: string, edit: (json: Record<string, unknown>) => unknown): Promise<FittedModel> {
  return damaged(copy => {
    const json = JSON.parse(Buffer.from(copy.get(file) ?? []).toString()) as Record<string, unknown>;
    copy.set(file, Buffer.from(JSON.stringify(edit(json) ?? json)));
  });
}

describe('a damaged pipeline names the stage and the file', () => {
  test('a part file that is missing', async () => {
    await expect(damaged(copy => copy.delete(lastData))).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringMatching(new RegExp(`stage \\d_${LAST}: data/ has no part file`)),
      hint: expect.stringContaining('LogisticRegressionModel'),
      details: { stage: expect.stringContaining(LAST), file: expect.stringContaining('/data/') },
    });
  });

  test('metadata that is missing, or twice there', async () => {
    await expect(damaged(copy => copy.delete(lastMetadata))).rejects.toThrow(/metadata\/ has no part file/);
    const twice = damaged(copy => copy.set(`${lastMetadata}1`, copy.get(lastMetadata) ?? new Uint8Array()));
    await expect(twice).rejects.toThrow('2 part files');
  });

  test('a stage folder that is missing', async () => {
    const gone = damaged(copy => {
      for (const file of copy.keys()) if (file.includes(LAST)) copy.delete(file);
    });
    await expect(gone).rejects.toThrow(/stages\/\d_.* is missing/);
  });

  test('a Parquet file cut off at any place', async () => {
    const bytes = files.get(idfData) ?? new Uint8Array();
    for (let length = 0; length < bytes.length; length += 501) {
      const cut = damaged(copy => copy.set(idfData, bytes.subarray(0, length)));
      await expect(cut).rejects.toThrow(/stage \d_IDF.*data\/part-00000\.parquet cannot be read: Parquet/);
    }
  });

  test('metadata that is no JSON, no object, not one object', async () => {
    for (const text of ['', '{', 'null', '[]', '"x"', '{}{}', '\u0000']) {
      await expect(damaged(copy => copy.set(lastMetadata, Buffer.from(text)))).rejects.toMatchObject({
        code: 'DATA_INVALID',
        message: expect.stringContaining(LAST),
      });
    }
  });

  test('metadata nested a hundred thousand deep', async () => {
    const bomb = Buffer.from(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`);
    await expect(damaged(copy => copy.set(lastMetadata, bomb))).rejects.toThrow('nested deeper');
  });

  test('metadata of twenty megabytes', async () => {
    const bomb = Buffer.alloc(20 * 1024 * 1024, ' ');
    await expect(damaged(copy => copy.set(lastMetadata, bomb))).rejects.toThrow('20971520 bytes');
  });

  test('a file of Spark Connect’s cache where a folder should be', async () => {
    const local = damaged(copy => {
      copy.set(lastData.slice(0, lastData.lastIndexOf('/')), Uint8Array.of(1, 2, 3));
    });
    await expect(local).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining('Spark Connect'),
    });
    await expect(readSpark(new Map([['metadata', Buffer.from('x')]]))).rejects.toThrow('Spark Connect');
  });

  test.each([
    ['without a class', () => ({ uid: 'x' })],
    [
      'without parameters of columns',
      (json: Record<string, unknown>) => ({ ...json, paramMap: {}, defaultParamMap: {} }),
    ],
    ['with parameters that are a list', (json: Record<string, unknown>) => ({ ...json, paramMap: [] })],
    [
      'with a threshold that is a text',
      (json: Record<string, unknown>) => ({ ...json, paramMap: { threshold: 'high' } }),
    ],
    [
      'with thresholds that are texts',
      (json: Record<string, unknown>) => ({ ...json, paramMap: { thresholds: ['a', 'b'] } }),
    ],
    ['with too few thresholds', (json: Record<string, unknown>) => ({ ...json, paramMap: { thresholds: [0.5] } })],
    ['with a version that is none', (json: Record<string, unknown>) => ({ ...json, sparkVersion: 'new' })],
  ])('metadata %s', async (_, edit) => {
    await expect(edited(lastMetadata, edit)).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining(LAST),
    });
  });

  test('a pipeline whose stages are no list, are too many, or of which one comes twice', async () => {
    const withUids = (stageUids: unknown) =>
      edited('metadata/part-00000', json => ({ ...json, paramMap: { stageUids } }));
    await expect(withUids('all')).rejects.toThrow('no list of stageUids');
    await expect(withUids(Array.from({ length: 5000 }, () => 'x'))).rejects.toThrow('too many stages');
    await expect(withUids([LAST, LAST])).rejects.toThrow('is missing');
  });

  test('data of another stage', async () => {
    const wrong = damaged(copy => copy.set(lastData, copy.get(idfData) ?? new Uint8Array()));
    await expect(wrong).rejects.toThrow('no column');
  });
});

describe('metadata', () => {
  const parse = (text: string) => parseMetadata(Buffer.from(text), what => new SentopsError('DATA_INVALID', what));
  const head = '"class":"a.b.C","uid":"u","sparkVersion":"4.0.1","timestamp":5';

  test('what was set goes over the defaults; the package of the class does not matter', () => {
    const read = parse(`{${head},"defaultParamMap":{"a":1,"b":2},"paramMap":{"b":3}}`);
    expect(read).toMatchObject({ className: 'C', uid: 'u', sparkMajor: 4, timestamp: 5 });
    expect([...read.params]).toEqual([
      ['a', 1],
      ['b', 3],
    ]);
  });

  test('an integer of 64 bits keeps its digits, a double does not become a text', () => {
    const { params } = parse(`{${head},"paramMap":{"seed":-5311560406925087570,"max":9.223372036854776E18,"small":7}}`);
    expect(Object.fromEntries(params)).toEqual({ seed: '-5311560406925087570', max: 2 ** 63, small: 7 });
  });

  test('Spark before 2.4 wrote no defaults', () => {
    expect([...parse(`{${head},"paramMap":{}}`).params]).toEqual([]);
  });

  test('a name that reaches into prototypes is a name like others', () => {
    const { params } = parse(`{${head},"paramMap":{"__proto__":{"x":1}}}`);
    expect(params.get('__proto__')).toBe('{"x":1}');
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});
