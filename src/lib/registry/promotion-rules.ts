import type { Config } from '../config/fields/index.ts';
import { SentopsError } from '../core/errors.ts';
import { PROMOTION_METRICS, type PromotionRules } from './decide.ts';

/** As the command line gives them; the project's `rollout.promotion` says the rest. */
export interface RuleTexts {
  readonly minAccuracy: string | undefined;
  readonly minF1: string | undefined;
  readonly alpha: string | undefined;
  readonly minSamples: number | undefined;
}

/** With fewer rows even a large difference says little. */
const MIN_SAMPLES = 100;

export function readRules(
  texts: RuleTexts,
  { metric, minDelta, test, alpha }: Config['rollout']['promotion'],
): PromotionRules {
  const known = PROMOTION_METRICS.find(name => name === metric);
  if (known === undefined)
    throw new SentopsError('FLAG_INVALID', `a promotion cannot be decided by ${JSON.stringify(metric)}`, {
      hint: `choose one of ${PROMOTION_METRICS.join(', ')} with --metric or rollout.promotion.metric`,
      details: { metric, allowed: PROMOTION_METRICS },
    });
  return {
    metric: known,
    minDelta,
    test,
    minAccuracy: readShare('--min-accuracy', texts.minAccuracy),
    minF1: readShare('--min-f1', texts.minF1),
    alpha: readShare('--alpha', texts.alpha) ?? alpha,
    minSamples: texts.minSamples ?? MIN_SAMPLES,
  };
}

function readShare(flag: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const share = Number(text);
  if (text.trim() !== '' && share >= 0 && share <= 1) return share;
  throw new SentopsError('FLAG_INVALID', `${flag}: ${JSON.stringify(text)} is no share between 0 and 1`, {
    hint: `write it as ${flag} 0.9`,
    details: { flag, value: text },
  });
}
