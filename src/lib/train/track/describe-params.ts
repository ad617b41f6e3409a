import type { Stage } from '../../model/stages.ts';
import type { Texts } from '../../tracking/entities.ts';
import { PART } from '../batch.ts';
import { countKept, type ReadInput } from '../describe.ts';
import type { FittedText } from '../learner.ts';
import type { TrainSpec } from '../spec.ts';

/** What every model of a run shares, under the names of the reference job's arguments. */
export function describeSpec(spec: TrainSpec): Texts {
  const { select, models, cvFolds } = spec;
  return toTexts({
    numFeatures: spec.numFeatures,
    trainRatio: spec.trainRatio,
    valRatio: spec.valRatio,
    sampleFraction: spec.sampleFraction,
    maxRows: spec.maxRows,
    seed: spec.seed,
    enableCv: cvFolds !== null,
    ...(cvFolds === null ? {} : { cvFolds }),
    ...(spec.calibrate ? { calibrate: true } : {}),
    models: models.join(','),
    select: `${select.mode} ${select.metric} on ${select.on}`,
  });
}

export function describeRows(main: ReadInput, test: ReadInput | null): Texts {
  return toTexts({
    rows: main.input.table.statistics().rows,
    trainRows: countKept(main, PART.train),
    validationRows: countKept(main, PART.validation),
    testRows: countKept(test ?? main, PART.test),
    classes: main.mapping.classes.length,
  });
}

/** What one model was fitted with, defaults included, by Spark's names; what it says itself is stronger. */
export function describeModelParams({ stages, params }: Pick<FittedText, 'stages' | 'params'>, shared: Texts): Texts {
  const { models: _models, select: _select, ...common } = shared;
  const last = stages.at(-1);
  return { ...(last ? readStage(last) : {}), ...common, ...toTexts(params) };
}

/** Parameters that a stage keeps in a field of its own. */
const OWN = ['modelType', 'threshold'];

/** What n-grams keep beside their settings is what came out of the training. */
const OUTCOMES = ['features', 'loss', 'rate'];

function readStage(stage: Stage): Texts {
  const own = Object.entries(stage).filter(([name]) => OWN.includes(name));
  const settings = Object.entries(stage.extras ?? {}).filter(([name]) => !OUTCOMES.includes(name));
  return toTexts(Object.fromEntries([...own, ...settings]));
}

/** A value is text in MLflow; lists and tables are none of its parameters. */
function toTexts(values: Readonly<Record<string, unknown>>): Texts {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      ['string', 'number', 'boolean'].includes(typeof value) && value !== '' ? [[name, String(value)]] : [],
    ),
  );
}
