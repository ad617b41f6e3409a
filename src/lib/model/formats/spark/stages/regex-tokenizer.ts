import type { RegexTokenizerStage } from '../../../stages.ts';
import { flag, integer, text } from '../params.ts';
import type { StageFormat } from '../stage-format.ts';
import { columnValues, INPUT, readColumns } from './common.ts';

/**
 * ```
 * metadata/part-00000   paramMap: inputCol, outputCol, pattern, gaps, minTokenLength, toLowercase
 * ```
 */
export const regexTokenizer: StageFormat<RegexTokenizerStage> = {
  kind: 'RegexTokenizer',
  className: 'org.apache.spark.ml.feature.RegexTokenizer',
  params: { ...INPUT, pattern: text('\\s+'), gaps: flag(true), minTokenLength: integer(1), toLowercase: flag(true) },
  read: ({ metadata, params }) => ({
    kind: 'RegexTokenizer',
    uid: metadata.uid,
    ...readColumns(params),
    pattern: params.text('pattern'),
    gaps: params.flag('gaps'),
    minTokenLength: params.integer('minTokenLength'),
    toLowercase: params.flag('toLowercase'),
    ...params.rest(),
  }),
  write(stage) {
    const { pattern, gaps, minTokenLength, toLowercase } = stage;
    return { params: { ...columnValues(stage), pattern, gaps, minTokenLength, toLowercase } };
  },
};
