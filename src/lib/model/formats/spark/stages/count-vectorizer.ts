import type { CountVectorizerStage } from '../../../stages.ts';
import { textsField } from '../fields.ts';
import { double, flag, integer } from '../params.ts';
import type { StageFormat } from '../stage-format.ts';
import { columnValues, INPUT, readColumns } from './common.ts';

/**
 * ```
 * metadata/part-00000   paramMap: inputCol, outputCol, vocabSize, minDF, maxDF, minTF, binary
 * data/part-*.parquet   one row: vocabulary array<string>; a word's place is its index
 * ```
 */
export const countVectorizer: StageFormat<CountVectorizerStage> = {
  kind: 'CountVectorizer',
  className: 'org.apache.spark.ml.feature.CountVectorizerModel',
  params: {
    ...INPUT,
    vocabSize: integer(262_144),
    minDF: double(1),
    maxDF: double(2 ** 63),
    minTF: double(1),
    binary: flag(false),
  },
  async read({ folder, metadata, params }) {
    const data = await folder.table('data');
    data.expectOneRow();
    return {
      kind: 'CountVectorizer',
      uid: metadata.uid,
      ...readColumns(params),
      vocabulary: data.textList('vocabulary'),
      minTF: params.double('minTF'),
      binary: params.flag('binary'),
      ...params.rest(),
    };
  },
  write(stage) {
    const { minTF, binary, vocabulary } = stage;
    return {
      params: { ...columnValues(stage), minTF, binary },
      data: [{ folder: 'data', rows: 1, fields: [textsField('vocabulary', [vocabulary])] }],
    };
  },
};
