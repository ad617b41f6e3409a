import type { ParquetField, ParquetFile } from '../../../parquet/write.ts';
import type { Matrix, Vector } from '../../stages.ts';

/** A column of a stage's data with its type in Spark's own words: without those, Spark does not know a vector again. */
export interface SparkField {
  readonly field: ParquetField;
  readonly type: unknown;
  readonly nullable: boolean;
}

const struct = (fields: readonly SparkField[]) => ({
  type: 'struct',
  fields: fields.map(({ field, type, nullable }) => ({ name: field.name, type, nullable, metadata: {} })),
});
const list = (elementType: string, containsNull = false) => ({ type: 'array', elementType, containsNull });

export function integerField(name: string, values: Int32Array): SparkField {
  return { field: { name, type: 'integer', values }, type: 'integer', nullable: false };
}
export function longField(name: string, values: readonly bigint[]): SparkField {
  return { field: { name, type: 'long', values }, type: 'long', nullable: false };
}
export function doubleField(name: string, values: Float64Array): SparkField {
  return { field: { name, type: 'double', values }, type: 'double', nullable: false };
}
export function flagField(name: string, values: readonly boolean[]): SparkField {
  return { field: { name, type: 'boolean', values }, type: 'boolean', nullable: false };
}
export function textField(name: string, values: readonly string[]): SparkField {
  return { field: { name, type: 'string', values }, type: 'string', nullable: true };
}
export function doublesField(name: string, lists: readonly (Float64Array | null)[]): SparkField {
  return { field: { name, type: 'doubles', lists }, type: list('double'), nullable: true };
}
export function longsField(name: string, lists: readonly BigInt64Array[]): SparkField {
  return { field: { name, type: 'longs', lists }, type: list('long'), nullable: true };
}
export function textsField(name: string, lists: readonly (readonly string[])[]): SparkField {
  return { field: { name, type: 'strings', lists }, type: list('string', true), nullable: true };
}
export function structField(name: string, children: readonly SparkField[]): SparkField {
  return { field: groupOf(name, children), type: struct(children), nullable: true };
}

function groupOf(name: string, children: readonly SparkField[]): ParquetField {
  return { name, type: 'struct', children: children.map(child => child.field) };
}

function integersField(name: string, values: Int32Array | null): SparkField {
  return { field: { name, type: 'integers', lists: [values] }, type: list('integer'), nullable: true };
}
function byteField(name: string, value: number): SparkField {
  return { field: { name, type: 'byte', values: Int32Array.of(value) }, type: 'byte', nullable: false };
}

function userType(name: string, type: 'VectorUDT' | 'MatrixUDT', children: readonly SparkField[]): SparkField {
  const classes = { class: `org.apache.spark.ml.linalg.${type}`, pyClass: `pyspark.ml.linalg.${type}` };
  return {
    field: groupOf(name, children),
    type: { type: 'udt', ...classes, sqlType: struct(children) },
    nullable: true,
  };
}

/**
 * VectorUDT: type (1 dense, 0 sparse), size, indices, values; a dense one has only values
 * (org.apache.spark.ml.linalg.VectorUDT).
 */
export function vectorField(name: string, vector: Vector): SparkField {
  const sparse = vector.type === 'sparse';
  return userType(name, 'VectorUDT', [
    byteField('type', sparse ? 0 : 1),
    {
      field: { name: 'size', type: 'integer', values: [sparse ? vector.size : null] },
      type: 'integer',
      nullable: true,
    },
    integersField('indices', sparse ? vector.indices : null),
    doublesField('values', [vector.values]),
  ]);
}

/**
 * MatrixUDT: type (1 dense, 0 sparse), numRows, numCols, colPtrs, rowIndices, values, isTransposed; where transposed,
 * colPtrs are those of rows (org.apache.spark.ml.linalg.MatrixUDT).
 */
export function matrixField(name: string, matrix: Matrix): SparkField {
  const sparse = matrix.type === 'sparse';
  return userType(name, 'MatrixUDT', [
    byteField('type', sparse ? 0 : 1),
    integerField('numRows', Int32Array.of(matrix.rows)),
    integerField('numCols', Int32Array.of(matrix.columns)),
    integersField('colPtrs', sparse ? matrix.starts : null),
    integersField('rowIndices', sparse ? matrix.indices : null),
    doublesField('values', [matrix.values]),
    flagField('isTransposed', [matrix.transposed]),
  ]);
}

/** The file with what Spark needs to know of its columns, in the key that Spark looks for. */
export function tableOf(rows: number, fields: readonly SparkField[]): ParquetFile {
  return {
    rows,
    fields: fields.map(each => each.field),
    keyValues: { 'org.apache.spark.sql.parquet.row.metadata': JSON.stringify(struct(fields)) },
  };
}
