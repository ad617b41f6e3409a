import { SentopsError } from '../../core/errors.ts';
import { STAGES, type Stage } from '../entities.ts';

/** In any case, as MLflow takes them. */
export function stageOf(text: string): Stage {
  const stage = STAGES.find(known => known.toLowerCase() === text.toLowerCase());
  if (stage !== undefined) return stage;
  throw new SentopsError(
    'FLAG_INVALID',
    `Invalid Model Version stage: ${text}. Value must be one of ${STAGES.join(', ')}.`,
  );
}
