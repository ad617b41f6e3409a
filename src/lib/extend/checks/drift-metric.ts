import type { DriftMetric, FeatureSample } from '../../monitor/types.ts';
import { must, type Step } from './steps.ts';

const SAMPLES: Readonly<Record<FeatureSample['type'], readonly [FeatureSample, FeatureSample]>> = {
  numeric: [
    { type: 'numeric', values: Float64Array.from({ length: 200 }, (_, index) => index % 20) },
    { type: 'numeric', values: Float64Array.from({ length: 200 }, (_, index) => 15 + (index % 20)) },
  ],
  categorical: [
    {
      type: 'categorical',
      counts: new Map([
        ['negative', 100],
        ['positive', 100],
      ]),
    },
    {
      type: 'categorical',
      counts: new Map([
        ['negative', 20],
        ['positive', 180],
      ]),
    },
  ],
};

export async function checkDriftMetric(metric: DriftMetric, step: Step): Promise<void> {
  await step('has levels', () => {
    const { warn, alert } = metric.levels;
    must(
      Number.isFinite(warn) && Number.isFinite(alert) && warn <= alert,
      `warn (${warn}) and alert (${alert}) are not two numbers in this order`,
    );
    return `warn ${warn}, alert ${alert}`;
  });
  await step('says which features it compares', () => {
    must(
      metric.features.length > 0 && metric.features.every(type => Object.hasOwn(SAMPLES, type)),
      'features is not a list of numeric and categorical',
    );
    return metric.features.join(', ');
  });
  for (const type of metric.features) {
    const [baseline, drifted] = SAMPLES[type];
    await step(`tells drift from no drift (${type})`, () => {
      const same = metric.compare(baseline, baseline, { bins: 10 });
      const moved = metric.compare(baseline, drifted, { bins: 10 });
      must(Number.isFinite(same) && Number.isFinite(moved), `it gave ${same} and ${moved}`);
      must(moved > same, `a drifted sample (${moved}) is not above an identical one (${same})`);
      return `identical ${same}, drifted ${moved}`;
    });
  }
}
