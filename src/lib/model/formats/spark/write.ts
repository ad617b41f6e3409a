import { createHash } from 'node:crypto';
import { SentopsError } from '../../../core/errors.ts';
import type { Stage } from '../../stages.ts';
import type { FittedModel, ModelFiles } from '../../types.ts';
import { toJson } from '../native/plain-data.ts';
import { tableOf } from './fields.ts';
import { STAGE_FORMATS } from './formats.ts';
import { formatMetadata } from './metadata.ts';
import { type Values, writeParams } from './params.ts';
import type { StageFormat } from './stage-format.ts';
import { SUPPORTED } from './supported.ts';
import { WRITTEN_VERSION } from './written-version.ts';

/**
 * The files of a PipelineModel as Spark 3.3 and later load it; see read.ts for the layout. The same model gives the same
 * bytes. What Spark has no place for (names of the classes, where the model comes from) stands in the pipeline's
 * metadata under `sentops`, which Spark passes over.
 */
export async function writeSpark(model: FittedModel): Promise<ModelFiles> {
  const { writeParquet } = await import('../../../parquet/write.ts');
  const files = new Map<string, Uint8Array>();
  const timestamp = model.about.createdAt === undefined ? 0 : Date.parse(model.about.createdAt) || 0;
  const uids = model.stages.map(stage => stage.uid);
  const { labels, about, calibration } = model;
  const extra = { sentops: toJson({ labels, about, calibration }, []) };
  const digest = createHash('sha256').update(uids.join(' ')).digest('hex');
  const pipeline = formatMetadata({
    className: 'org.apache.spark.ml.PipelineModel',
    uid: `PipelineModel_${digest.slice(0, 12)}`,
    timestamp,
    sparkVersion: WRITTEN_VERSION,
    set: JSON.stringify({ stageUids: uids }),
    defaults: '{}',
    extra,
  });
  addMetadata(files, '', pipeline);
  const digits = String(uids.length).length;
  for (const [index, stage] of model.stages.entries()) {
    const path = `stages/${String(index).padStart(digits, '0')}_${stage.uid}/`;
    addStage(files, path, stage, timestamp, writeParquet);
  }
  return files;
}

/** Whether every stage can be said in Spark's terms. */
export function isSparkModel(model: FittedModel): boolean {
  return model.stages.every(stage => Object.hasOwn(STAGE_FORMATS, stage.kind));
}

type WriteParquet = typeof import('../../../parquet/write.ts')['writeParquet'];

function addStage(
  files: Map<string, Uint8Array>,
  path: string,
  stage: Stage,
  timestamp: number,
  writeParquet: WriteParquet,
): void {
  const format = formatOf(stage);
  if (!/^[^/\\\p{Cc}]+$/u.test(stage.uid) || /^\.+$/u.test(stage.uid)) {
    throw new SentopsError('DATA_INVALID', `the uid ${JSON.stringify(stage.uid)} cannot be the name of a folder`);
  }
  const output = format.write(stage, timestamp);
  const params = withDefaultColumn(stage, format);
  const head = { className: format.className, uid: stage.uid, timestamp };
  const sparkVersion = output.sparkVersion ?? WRITTEN_VERSION;
  const extra = output.extra === undefined ? {} : { extra: output.extra };
  addMetadata(files, path, formatMetadata({ ...head, sparkVersion, ...writeParams(params, output.params), ...extra }));
  for (const { folder, rows, fields } of output.data ?? []) {
    files.set(`${path}${folder}/part-00000.parquet`, writeParquet(tableOf(rows, fields)));
  }
  for (const inner of output.inner ?? [])
    addStage(files, `${path}${inner.name}/`, inner.stage, timestamp, writeParquet);
  if (output.estimator !== undefined) {
    const { name, className, stage: fitted } = output.estimator;
    const values: Values = formatOf(fitted).write(fitted, timestamp).params;
    const written = writeParams(formatOf(fitted).params, values);
    const metadata = formatMetadata({ className, uid: fitted.uid, timestamp, sparkVersion, ...written });
    addMetadata(files, `${path}${name}/`, metadata);
  }
}

/** Spark names an output column after the stage where none was set. */
function withDefaultColumn(stage: Stage, format: StageFormat<Stage>): StageFormat<Stage>['params'] {
  if (format.params['outputCol'] === undefined) return format.params;
  return { ...format.params, outputCol: { type: 'text', default: `${stage.uid}__output` } };
}

function formatOf(stage: Stage): StageFormat<Stage> {
  if (stage.kind !== 'Plugin') return STAGE_FORMATS[stage.kind] as unknown as StageFormat<Stage>;
  throw new SentopsError('DATA_INVALID', `Spark has no ${stage.trainer}: stage ${stage.uid} comes from a plugin`, {
    hint: `keep this model in the native format; Spark can hold ${SUPPORTED}`,
  });
}

function addMetadata(files: Map<string, Uint8Array>, path: string, line: string): void {
  files.set(`${path}metadata/part-00000`, Buffer.from(`${line}\n`));
}
