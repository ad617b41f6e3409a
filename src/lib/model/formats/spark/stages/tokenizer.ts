import type { TokenizerStage } from '../../../stages.ts';
import type { StageFormat } from '../stage-format.ts';
import { columnValues, INPUT, readColumns } from './common.ts';

/**
 * ```
 * metadata/part-00000   paramMap: inputCol, outputCol
 * ```
 */
export const tokenizer: StageFormat<TokenizerStage> = {
  kind: 'Tokenizer',
  className: 'org.apache.spark.ml.feature.Tokenizer',
  params: INPUT,
  read: ({ metadata, params }) => ({ kind: 'Tokenizer', uid: metadata.uid, ...readColumns(params), ...params.rest() }),
  write: stage => ({ params: columnValues(stage) }),
};
