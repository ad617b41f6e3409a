import type { HashingTFStage } from '../../../stages.ts';
import { flag, integer } from '../params.ts';
import type { StageFormat } from '../stage-format.ts';
import { columnValues, INPUT, readColumns } from './common.ts';

/**
 * ```
 * metadata/part-00000   paramMap: inputCol, outputCol, numFeatures, binary
 * ```
 * The hash is not written down: Spark hashes as it did before 3.0 where the stage's sparkVersion is below 3.0.
 */
export const hashingTF: StageFormat<HashingTFStage> = {
  kind: 'HashingTF',
  className: 'org.apache.spark.ml.feature.HashingTF',
  params: { ...INPUT, numFeatures: integer(262_144), binary: flag(false) },
  read: ({ metadata, params }) => ({
    kind: 'HashingTF',
    uid: metadata.uid,
    ...readColumns(params),
    numFeatures: params.integer('numFeatures'),
    binary: params.flag('binary'),
    hash: metadata.sparkMajor < 3 ? 'spark2' : 'spark3',
    ...params.rest(),
  }),
  write(stage) {
    const { numFeatures, binary, hash } = stage;
    const params = { ...columnValues(stage), numFeatures, binary };
    return hash === 'spark2' ? { params, sparkVersion: '2.4.8' } : { params };
  },
};
