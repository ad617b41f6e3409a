import type { ModelFormat } from '../../types.ts';
import { isSpark, readSpark } from './read.ts';
import { writeSpark } from './write.ts';

/** A PipelineModel as Spark ML saves it. */
export default function createSparkFormat(): ModelFormat {
  return { recognises: isSpark, read: readSpark, write: writeSpark };
}
