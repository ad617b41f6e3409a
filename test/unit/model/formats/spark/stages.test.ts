import { describe, expect, test } from 'vitest';
import { longField, longsField, textsField, vectorField } from '../../../../../src/lib/model/formats/spark/fields.ts';
import { readStage, type StageRules } from './hand-made.ts';

const COLUMNS = { inputCol: 'in', outputCol: 'out' };
const dense = (...values: number[]) => ({ type: 'dense' as const, values: Float64Array.from(values) });

describe('transformers: what was set stands over the defaults', () => {
  test.each<[string, StageRules, object]>([
    [
      'Tokenizer',
      { className: 'feature.Tokenizer', set: { inputCol: 'in' }, defaults: { outputCol: 'Tokenizer_1__output' } },
      { kind: 'Tokenizer', inputCol: 'in', outputCol: 'Tokenizer_1__output' },
    ],
    [
      'RegexTokenizer',
      {
        className: 'feature.RegexTokenizer',
        set: { ...COLUMNS, gaps: false, pattern: '\\w+' },
        defaults: { gaps: true, pattern: '\\s+', minTokenLength: 1, toLowercase: true },
      },
      { kind: 'RegexTokenizer', ...COLUMNS, pattern: '\\w+', gaps: false, minTokenLength: 1, toLowercase: true },
    ],
    [
      'StopWordsRemover',
      {
        className: 'feature.StopWordsRemover',
        set: { ...COLUMNS, stopWords: ['der', ''], caseSensitive: true },
        defaults: { stopWords: ['the'], caseSensitive: false, locale: 'en_US' },
      },
      { kind: 'StopWordsRemover', ...COLUMNS, stopWords: ['der', ''], caseSensitive: true, locale: 'en_US' },
    ],
    [
      'StopWordsRemover before 2.4, without a locale',
      {
        className: 'feature.StopWordsRemover',
        version: '2.3.4',
        set: { ...COLUMNS, stopWords: [], caseSensitive: false },
      },
      { kind: 'StopWordsRemover', ...COLUMNS, stopWords: [], caseSensitive: false, locale: 'en' },
    ],
    ['NGram', { className: 'feature.NGram', set: COLUMNS, defaults: { n: 2 } }, { kind: 'NGram', ...COLUMNS, n: 2 }],
    [
      'HashingTF of Spark 4',
      {
        className: 'feature.HashingTF',
        set: { ...COLUMNS, numFeatures: 8 },
        defaults: { numFeatures: 262_144, binary: false },
      },
      { kind: 'HashingTF', ...COLUMNS, numFeatures: 8, binary: false, hash: 'spark3' },
    ],
    [
      'HashingTF of Spark 3.0',
      { className: 'feature.HashingTF', version: '3.0.0', set: { ...COLUMNS, numFeatures: 8, binary: true } },
      { kind: 'HashingTF', ...COLUMNS, numFeatures: 8, binary: true, hash: 'spark3' },
    ],
    [
      'HashingTF of Spark 2.4',
      { className: 'feature.HashingTF', version: '2.4.8', set: { ...COLUMNS, numFeatures: 8, binary: false } },
      { kind: 'HashingTF', ...COLUMNS, numFeatures: 8, binary: false, hash: 'spark2' },
    ],
    [
      'HashingTF of somebody’s own Spark',
      { className: 'feature.HashingTF', version: '3.5.1-amzn-0', set: { ...COLUMNS, numFeatures: 8, binary: false } },
      { kind: 'HashingTF', ...COLUMNS, numFeatures: 8, binary: false, hash: 'spark3' },
    ],
    [
      'SQLTransformer',
      { className: 'feature.SQLTransformer', set: { statement: 'SELECT *, CONCAT(a, `b``c`) AS `d e` FROM __THIS__' } },
      { kind: 'ConcatTokens', inputCols: ['a', 'b`c'], outputCol: 'd e' },
    ],
    [
      'VectorAssembler',
      {
        className: 'feature.VectorAssembler',
        set: { inputCols: ['a', 'b'], outputCol: 'c', handleInvalid: 'keep' },
        defaults: { handleInvalid: 'error' },
      },
      { kind: 'VectorAssembler', inputCols: ['a', 'b'], outputCol: 'c', handleInvalid: 'keep' },
    ],
    [
      'VectorAssembler before 2.4',
      { className: 'feature.VectorAssembler', version: '2.3.0', set: { inputCols: ['a'], outputCol: 'c' } },
      { kind: 'VectorAssembler', inputCols: ['a'], outputCol: 'c', handleInvalid: 'error' },
    ],
    [
      'CountVectorizerModel',
      {
        className: 'feature.CountVectorizerModel',
        set: { ...COLUMNS, minTF: 0.5 },
        defaults: { minTF: 1.0, binary: false },
        tables: { data: [textsField('vocabulary', [['b', 'a', '']])] },
      },
      { kind: 'CountVectorizer', ...COLUMNS, vocabulary: ['b', 'a', ''], minTF: 0.5, binary: false },
    ],
  ])('%s', async (_, rules, expected) => {
    expect(await readStage(rules)).toStrictEqual({ uid: 'stage', ...expected });
  });

  test('what only training knows is kept beside', async () => {
    const rules = {
      className: 'feature.CountVectorizerModel',
      set: { ...COLUMNS, vocabSize: 9 },
      defaults: { minTF: 1, binary: true, minDF: 2.0, maxDF: 9.223372036854776e18 },
      tables: { data: [textsField('vocabulary', [['a']])] },
    };
    expect((await readStage(rules)).extras).toEqual({ vocabSize: 9, minDF: 2, maxDF: 2 ** 63 });
  });

  test.each<[string, string, object, string]>([
    ['a column that is missing', 'feature.Tokenizer', { inputCol: 'in' }, 'metadata/ : parameter outputCol is missing'],
    [
      'a column that is a number',
      'feature.Tokenizer',
      { inputCol: 'in', outputCol: 5 },
      'parameter outputCol is not a text',
    ],
    ['a number with a point', 'feature.NGram', { ...COLUMNS, n: 1.5 }, 'parameter n is not an integer'],
    ['a number beyond 2^53', 'feature.NGram', { ...COLUMNS, n: 2 ** 60 }, 'parameter n is not an integer'],
    ['n of 0', 'feature.NGram', { ...COLUMNS, n: 0 }, 'stage: n is not an integer from 1 to 1000'],
    [
      'a flag that is a word',
      'feature.HashingTF',
      { ...COLUMNS, numFeatures: 8, binary: 'yes' },
      'parameter binary is not true or false',
    ],
    [
      'a table of nothing',
      'feature.HashingTF',
      { ...COLUMNS, numFeatures: 0, binary: false },
      'numFeatures is not an integer from 1',
    ],
    [
      'words that are none',
      'feature.StopWordsRemover',
      { ...COLUMNS, stopWords: ['a', 1], caseSensitive: true },
      'parameter stopWords is not a list of texts',
    ],
    [
      'words that are one',
      'feature.StopWordsRemover',
      { ...COLUMNS, stopWords: 'a', caseSensitive: true },
      'parameter stopWords is not a list of texts',
    ],
    [
      'a way that does not exist',
      'feature.VectorAssembler',
      { inputCols: [], outputCol: 'c', handleInvalid: 'guess' },
      'handleInvalid is not one of error, keep, skip',
    ],
  ])('%s is refused with the stage and the name', async (_, className, set, reason) => {
    await expect(readStage({ className, set })).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringMatching(/stage (0_)?stage: /),
    });
    await expect(readStage({ className, set })).rejects.toThrow(reason);
  });
});

describe('IDFModel', () => {
  const idf = (version: string, ...fields: ReturnType<typeof longField>[]): StageRules => ({
    className: 'feature.IDFModel',
    version,
    set: COLUMNS,
    defaults: { minDocFreq: 3 },
    tables: { data: [vectorField('idf', dense(0.5, 1.5)), ...fields] },
  });

  test('of Spark 3 and later knows its documents', async () => {
    const read = await readStage(
      idf('3.3.2', longsField('docFreq', [BigInt64Array.of(3n, 1n)]), longField('numDocs', [7n])),
    );
    expect(read).toStrictEqual({
      kind: 'IDF',
      uid: 'stage',
      ...COLUMNS,
      idf: Float64Array.of(0.5, 1.5),
      docFreq: Float64Array.of(3, 1),
      numDocs: 7,
      extras: { minDocFreq: 3 },
    });
  });

  test('of Spark 2 does not', async () => {
    expect(await readStage(idf('2.4.8'))).toMatchObject({ docFreq: null, numDocs: 0 });
    const none = idf('3.0.0', longsField('docFreq', [BigInt64Array.of(0n, 0n)]), longField('numDocs', [0n]));
    expect(await readStage(none)).toMatchObject({ docFreq: null, numDocs: 0 });
  });

  test('with frequencies of other features, or sparse, is refused', async () => {
    const odd = idf('3.3.2', longsField('docFreq', [BigInt64Array.of(3n)]), longField('numDocs', [7n]));
    await expect(readStage(odd)).rejects.toThrow('docFreq has another length than idf');
    const sparse = { type: 'sparse', size: 2, indices: Int32Array.of(1), values: Float64Array.of(1) } as const;
    const wrong = { ...idf('3.3.2'), tables: { data: [vectorField('idf', sparse)] } };
    await expect(readStage(wrong)).rejects.toThrow('an idf that is not a dense vector');
  });
});
