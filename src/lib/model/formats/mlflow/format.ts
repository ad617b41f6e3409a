import type { ModelFormat } from '../../types.ts';
import { readMlflow } from './read.ts';
import { writeMlflow } from './write.ts';

/** An MLflow folder: our own form and Spark's beside each other. */
export default function createMlflowFormat(): ModelFormat {
  return { recognises: files => files.has('MLmodel'), read: readMlflow, write: writeMlflow };
}
