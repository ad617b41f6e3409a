import type { NGramStage } from '../../../stages.ts';
import { integer } from '../params.ts';
import type { StageFormat } from '../stage-format.ts';
import { columnValues, INPUT, readColumns } from './common.ts';

/**
 * ```
 * metadata/part-00000   paramMap: inputCol, outputCol, n
 * ```
 */
export const nGram: StageFormat<NGramStage> = {
  kind: 'NGram',
  className: 'org.apache.spark.ml.feature.NGram',
  params: { ...INPUT, n: integer(2) },
  read: ({ metadata, params }) => ({
    kind: 'NGram',
    uid: metadata.uid,
    ...readColumns(params),
    n: params.integer('n'),
    ...params.rest(),
  }),
  write: stage => ({ params: { ...columnValues(stage), n: stage.n } }),
};
