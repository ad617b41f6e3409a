import type { StopWordsRemoverStage } from '../../../stages.ts';
import { flag, text, texts } from '../params.ts';
import type { StageFormat } from '../stage-format.ts';
import { columnValues, INPUT, readColumns } from './common.ts';

/**
 * ```
 * metadata/part-00000   paramMap: inputCol, outputCol, stopWords, caseSensitive, locale
 * ```
 * Spark writes the whole list even where it is its own default.
 */
export const stopWordsRemover: StageFormat<StopWordsRemoverStage> = {
  kind: 'StopWordsRemover',
  className: 'org.apache.spark.ml.feature.StopWordsRemover',
  params: { ...INPUT, stopWords: texts(), caseSensitive: flag(false), locale: text() },
  read: ({ metadata, params }) => ({
    kind: 'StopWordsRemover',
    uid: metadata.uid,
    ...readColumns(params),
    stopWords: params.texts('stopWords'),
    caseSensitive: params.flag('caseSensitive'),
    // Spark before 2.4 had no such parameter.
    locale: params.has('locale') ? params.text('locale') : 'en',
    ...params.rest(),
  }),
  write(stage) {
    const { stopWords, caseSensitive, locale } = stage;
    return { params: { ...columnValues(stage), stopWords, caseSensitive, locale } };
  },
};
