import type { Config } from '../config/fields/index.ts';
import { SentopsError } from '../core/errors.ts';
import { PROMOTION_METRICS, type PromotionRules } from './decide.ts';

/** `rollout.promotion` as a gate. Plugins may bring metrics, but none that a promotion could measure. */
export function readRules({ metric, ...rest }: Config['rollout']['promotion']): PromotionRules {
  const known = PROMOTION_METRICS.find(name => name === metric);
  if (known !== undefined)
    return { ...rest, metric: known, minAccuracy: rest.minAccuracy ?? null, minF1: rest.minF1 ?? null };
  throw new SentopsError('FLAG_INVALID', `a promotion cannot be decided by ${JSON.stringify(metric)}`, {
    hint: `choose one of ${PROMOTION_METRICS.join(', ')} with --metric or rollout.promotion.metric`,
    details: { metric, allowed: PROMOTION_METRICS },
  });
}
