import { SentopsError } from '../../core/errors.ts';
import type { FittedModel } from '../types.ts';
import { checkFields, type Fields, isRecord, isText, isTexts } from './check-fields.ts';
import { checkMeaning } from './check-stage.ts';
import { STAGE_FIELDS } from './stage-fields.ts';

/**
 * Makes sure that data from a file is a model that can be scored without reading beyond an array or going round in
 * circles. Every reader hands its result through here; throws DATA_INVALID with the stage and the field.
 */
export function checkModel(value: unknown): FittedModel {
  if (!isRecord(value)) throw wrong('it is not an object');
  const { stages, labels, about, calibration } = value;
  if (!Array.isArray(stages) || stages.length === 0) throw wrong('it has no stages');
  if (!isTexts(labels)) throw wrong('its labels are not a list of texts');
  if (!isRecord(about)) throw wrong('it does not say what it is about');
  if (calibration !== undefined && !isCalibration(calibration)) throw wrong('its calibration is not two numbers');
  for (const [index, stage] of stages.entries()) checkStage(stage, index, index === stages.length - 1);
  const classes: unknown = stages.at(-1).numClasses;
  if (labels.length !== classes) throw wrong(`it has ${labels.length} labels for ${String(classes)} classes`);
  return value as unknown as FittedModel;
}

function isCalibration(value: unknown): boolean {
  return isRecord(value) && typeof value['slope'] === 'number' && typeof value['offset'] === 'number';
}

function checkStage(stage: unknown, index: number, isLast: boolean): void {
  const uid = isRecord(stage) && isText(stage['uid']) ? stage['uid'] : `number ${index + 1}`;
  const complain = (what: string) => wrong(`stage ${uid}: ${what}`);
  if (!isRecord(stage) || !isText(stage['uid'])) throw complain('it has no uid');
  const kind = stage['kind'];
  const fields: Fields | undefined =
    isText(kind) && Object.hasOwn(STAGE_FIELDS, kind) ? STAGE_FIELDS[kind as keyof typeof STAGE_FIELDS] : undefined;
  if (fields === undefined) throw complain(`the kind ${JSON.stringify(kind)} is not known`);
  checkFields(stage, fields, complain);
  if (Object.hasOwn(fields, 'numClasses') !== isLast) {
    throw complain(isLast ? 'a model ends with a classifier' : 'a classifier must be the last stage');
  }
  checkMeaning(stage as never, complain);
}

function wrong(what: string): SentopsError {
  return new SentopsError('DATA_INVALID', `the model does not fit together: ${what}`, {
    hint: 'save the model again with the program that made it',
  });
}
