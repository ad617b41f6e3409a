import { integer, list, named, number, oneOf, section, string } from './build.ts';

export const rollout = section('How a new version takes over.', {
  canary: section('A growing share of the traffic.', {
    steps: list(integer({ min: 1, max: 100 }), {
      doc: 'Shares in percent, growing.',
      default: [10, 50, 100],
      minItems: 1,
      flag: 'steps',
    }),
    bake: string({ doc: 'Time at each step.', default: '30m', format: 'duration', flag: 'bake' }),
    minSamples: integer({ doc: 'Fewest predictions for a verdict.', default: 500, min: 1, flag: 'min-samples' }),
    onInconclusive: oneOf(['pause', 'promote', 'rollback'], {
      doc: 'What to do with too few samples.',
      default: 'pause',
    }),
    baseline: oneOf(['concurrent', 'historical'], { doc: 'What the canary is compared with.', default: 'concurrent' }),
  }),
  rollback: section('When to go back.', {
    errorRateIncrease: string({
      doc: 'Error rate above that of the baseline by more than this.',
      default: '50%',
      format: 'percent',
      flag: 'max-error-increase',
    }),
    p99IncreaseMs: number({
      doc: 'p99 latency above that of the baseline by more than this.',
      default: 100,
      min: 0,
      unit: 'ms',
      flag: 'max-p99-increase',
    }),
    psi: number({ doc: 'Drift above this.', default: 0.3, min: 0, flag: 'max-psi' }),
    psiWindow: string({ doc: 'Time in which drift counts.', default: '1h', format: 'duration' }),
  }),
  ab: section('Two versions side by side.', {
    split: number({ doc: 'Share of the new version in percent.', default: 50, min: 0, max: 100, flag: 'split' }),
    key: string({ doc: 'Field whose hash decides the side.', default: 'id', flag: 'key' }),
  }),
  promotion: section('When a new version is better.', {
    metric: named(['accuracy', 'f1', 'auc', 'precision', 'recall'], {
      doc: 'Metric to compare.',
      default: 'accuracy',
      open: 'metric',
      flag: 'metric',
    }),
    minDelta: number({
      doc: 'Smallest gain; below 0 so much may be lost.',
      default: 0,
      min: -1,
      max: 1,
      flag: 'min-delta',
    }),
    minAccuracy: number({ doc: 'Least accuracy of the version.', min: 0, max: 1, flag: 'min-accuracy' }),
    minF1: number({ doc: 'Least F1 of the version.', min: 0, max: 1, flag: 'min-f1' }),
    minSamples: integer({
      doc: 'Fewest rows for a verdict; with fewer even a large difference says little.',
      default: 100,
      min: 1,
      flag: 'min-samples',
    }),
    test: oneOf(['mcnemar', 'none'], { doc: 'Statistical test of the gain.', default: 'mcnemar' }),
    alpha: number({ doc: 'Significance level of that test.', default: 0.05, min: 0, max: 1, flag: 'alpha' }),
  }),
});
