import type { VectorAssemblerStage } from '../../../stages.ts';
import { text, texts } from '../params.ts';
import type { StageFormat } from '../stage-format.ts';

type Handling = VectorAssemblerStage['handleInvalid'];

/**
 * ```
 * metadata/part-00000   paramMap: inputCols, outputCol, handleInvalid
 * ```
 */
export const vectorAssembler: StageFormat<VectorAssemblerStage> = {
  kind: 'VectorAssembler',
  className: 'org.apache.spark.ml.feature.VectorAssembler',
  params: { inputCols: texts(), outputCol: text(), handleInvalid: text('error') },
  read: ({ metadata, params }) => ({
    kind: 'VectorAssembler',
    uid: metadata.uid,
    inputCols: params.texts('inputCols'),
    outputCol: params.text('outputCol'),
    // Spark before 2.4 had no other way than to fail.
    handleInvalid: params.has('handleInvalid') ? (params.text('handleInvalid') as Handling) : 'error',
    ...params.rest(),
  }),
  write: ({ inputCols, outputCol, handleInvalid, extras }) => ({
    params: { ...extras, inputCols, outputCol, handleInvalid },
  }),
};
