import { SentopsError } from '../../../core/errors.ts';
import type { Stage } from '../../stages.ts';
import type { FittedModel, ModelAbout, ModelFiles } from '../../types.ts';
import { isRecord, isTexts } from '../check-fields.ts';
import { checkModel } from '../check-model.ts';
import { fromJson } from '../native/plain-data.ts';
import { MAX_CLASSES } from '../stage-fields.ts';
import { StageFolder } from './folder.ts';
import { STAGE_FORMATS } from './formats.ts';
import type { Metadata } from './metadata.ts';
import { Params } from './params.ts';
import type { StageFormat } from './stage-format.ts';
import { SUPPORTED } from './supported.ts';

/**
 * A saved pipeline (org.apache.spark.ml.util.ReadWrite.scala, Pipeline.SharedReadWrite):
 * ```
 * metadata/part-00000                  paramMap: stageUids
 * stages/<number>_<uid>/metadata/…     the number filled up with zeros to the digits of the number of stages
 * stages/<number>_<uid>/data/…
 * ```
 * CrossValidatorModel and TrainValidationSplitModel keep theirs in `bestModel/`. Spark 4 gives part files longer names;
 * files that begin with `_` or a dot count for nothing.
 */
export async function readSpark(files: ModelFiles): Promise<FittedModel> {
  const folder = findPipeline(new StageFolder(files));
  const metadata = folder.metadata();
  const stages = await readStages(folder, metadata, 0);
  const last = stages.at(-1);
  if (last === undefined || !('numClasses' in last)) throw noClassifier(last);
  const own = fromJson(metadata.top['sentops'], () => {
    throw folder.complain('metadata/', 'has a note that holds an array');
  });
  const kept = isRecord(own) ? own : {};
  const labels = isTexts(kept['labels']) ? kept['labels'] : numberClasses(last.numClasses);
  const about = isRecord(kept['about']) ? kept['about'] : describe(metadata);
  const calibration = kept['calibration'];
  return checkModel({ stages, labels, about, ...(calibration === undefined ? {} : { calibration }) });
}

/** Whether there is a saved stage of any kind; what kind is for `readSpark` to say. */
export function isSpark(files: ModelFiles): boolean {
  for (const file of files.keys()) if (/^metadata(\/part-[^/]*)?$/u.test(file)) return true;
  return false;
}

const TUNED: ReadonlySet<string> = new Set(['CrossValidatorModel', 'TrainValidationSplitModel']);

function findPipeline(folder: StageFolder): StageFolder {
  const { className } = folder.metadata();
  if (className === 'PipelineModel') return folder;
  if (TUNED.has(className)) {
    const best = folder.inner('bestModel');
    if (best.metadata().className === 'PipelineModel') return best;
    throw refuse(`the best model of the ${className} is a ${best.metadata().className}, not a PipelineModel`);
  }
  if (['Pipeline', 'CrossValidator', 'TrainValidationSplit'].includes(className)) {
    throw new SentopsError('DATA_INVALID', `this is a ${className} that was not fitted: it has learned nothing yet`, {
      hint: 'fit it on data and save what fit() returns',
    });
  }
  throw refuse(`this is a single ${className}, not a PipelineModel: it does not say how a text becomes its input`);
}

function refuse(what: string): SentopsError {
  return new SentopsError('DATA_INVALID', what, {
    hint: `save the whole PipelineModel, from the text to the classifier; its stages can be ${SUPPORTED}`,
  });
}

const MAX_STAGES = 1000;
const MAX_NESTING = 8;

/** Pipelines within the pipeline are laid out flat. */
async function readStages(folder: StageFolder, metadata: Metadata, depth: number): Promise<Stage[]> {
  const uids = metadata.params.get('stageUids');
  const complain = (what: string) => folder.complain('metadata/', what);
  if (!isTexts(uids)) throw complain('has no list of stageUids');
  if (uids.length > MAX_STAGES || depth > MAX_NESTING) throw complain('has too many stages');
  const names = folder.folders('stages');
  const stages: Stage[] = [];
  for (const [index, uid] of uids.entries()) {
    const name = names.find(each => each.replace(/^0+(?=\d)/u, '') === `${index}_${uid}`);
    if (name === undefined) throw folder.complain(`stages/${index}_${uid}`, 'is missing');
    const inner = folder.inner('stages').inner(name);
    const about = inner.metadata();
    if (about.className === 'PipelineModel') stages.push(...(await readStages(inner, about, depth + 1)));
    else stages.push(await readStage(inner, about));
  }
  return stages;
}

async function readStage(folder: StageFolder, metadata: Metadata): Promise<Stage> {
  const format = formatOf(metadata.className);
  if (format === undefined) {
    throw new SentopsError('DATA_INVALID', `stage ${folder.name} is a ${metadata.className}, which is not supported`, {
      hint: `stages that can be read: ${SUPPORTED}`,
      details: { stage: folder.name, class: metadata.className },
    });
  }
  const complain = (what: string) => folder.complain('metadata/', what);
  const readInner = async (name: string) => {
    const inner = folder.inner(name);
    return await readStage(inner, inner.metadata());
  };
  const params = new Params(metadata.params, what => complain(`: ${what}`));
  return await format.read({ folder, metadata, params, complain, readInner });
}

function formatOf(className: string): StageFormat<Stage> | undefined {
  // Each format reads the stage of its own kind; as a whole they read stages.
  const formats = Object.values(STAGE_FORMATS) as unknown as readonly StageFormat<Stage>[];
  return formats.find(each => each.className.endsWith(`.${className}`));
}

function noClassifier(last: Stage | undefined): SentopsError {
  const end = last === undefined ? 'has no stages' : `ends with the ${last.kind} ${last.uid}`;
  return refuse(`the pipeline ${end}: without a classifier at its end there is nothing to score`);
}

/**
 * Spark knows classes by number only; of two, the second is the positive one. None for a number that no model has:
 * `checkModel` refuses that before it counts the names.
 */
function numberClasses(count: number): string[] {
  if (count === 2) return ['negative', 'positive'];
  return count > MAX_CLASSES ? [] : Array.from({ length: count }, (_, index) => String(index));
}

function describe({ sparkVersion, timestamp }: Metadata): ModelAbout {
  const date = new Date(timestamp);
  const known = timestamp > 0 && !Number.isNaN(date.getTime());
  return { writtenBy: `Spark ${sparkVersion}`, ...(known ? { createdAt: date.toISOString() } : {}) };
}
