import type { DriftMetric, FeatureSample } from 'sentops/plugin';

/** How far the mean has moved, in standard deviations of the baseline. */
export default function createMetric(): DriftMetric {
  return {
    features: ['numeric'],
    levels: { warn: 0.2, alert: 0.5 },
    compare(baseline, current) {
      const before = summarise(baseline);
      return Math.abs(summarise(current).mean - before.mean) / (before.deviation || 1);
    },
  };
}

function summarise(sample: FeatureSample): { mean: number; deviation: number } {
  if (sample.type !== 'numeric') throw new TypeError(`${sample.type} features cannot be compared`);
  const { values } = sample;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}
