import type { IDFStage } from '../../../stages.ts';
import { longField, longsField, vectorField } from '../fields.ts';
import { integer } from '../params.ts';
import type { StageFormat } from '../stage-format.ts';
import { columnValues, INPUT, readColumns } from './common.ts';

/**
 * ```
 * metadata/part-00000   paramMap: inputCol, outputCol, minDocFreq
 * data/part-*.parquet   one row: idf vector, docFreq array<long>, numDocs long; before Spark 3.0 only idf
 * ```
 * Where docFreq is not known, Spark's own loader takes zeros and no documents: so does the writer.
 */
export const idf: StageFormat<IDFStage> = {
  kind: 'IDF',
  className: 'org.apache.spark.ml.feature.IDFModel',
  params: { ...INPUT, minDocFreq: integer(0) },
  async read({ folder, metadata, params, complain }) {
    const data = await folder.table('data');
    data.expectOneRow();
    const vector = data.vector('idf');
    if (vector.type !== 'dense') throw complain('belongs to an idf that is not a dense vector');
    const numDocs = data.has('numDocs') ? (data.longs('numDocs')[0] ?? 0) : 0;
    const docFreq = numDocs > 0 && data.has('docFreq') ? data.longList('docFreq') : null;
    return {
      kind: 'IDF',
      uid: metadata.uid,
      ...readColumns(params),
      idf: vector.values,
      docFreq,
      numDocs,
      ...params.rest(),
    };
  },
  write(stage) {
    const docFreq = stage.docFreq ?? new Float64Array(stage.idf.length);
    const fields = [
      vectorField('idf', { type: 'dense', values: stage.idf }),
      longsField('docFreq', [BigInt64Array.from(docFreq, count => BigInt(Math.trunc(count)))]),
      longField('numDocs', [BigInt(stage.docFreq === null ? 0 : stage.numDocs)]),
    ];
    return { params: columnValues(stage), data: [{ folder: 'data', rows: 1, fields }] };
  },
};
