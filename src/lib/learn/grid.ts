import type { Parameters } from './types.ts';

/** Values to try for each parameter. */
export type Grid = Readonly<Record<string, readonly (number | string | boolean)[]>>;

/** Every combination over the fixed parameters, in the order of Spark's ParamGridBuilder: the last one moves fastest. */
export function expandGrid(grid: Grid, fixed: Parameters = {}): Parameters[] {
  let points: Parameters[] = [fixed];
  for (const [name, values] of Object.entries(grid)) {
    if (values.length === 0) throw new RangeError(`the grid has no values for ${name}`);
    points = points.flatMap(point => values.map(value => ({ ...point, [name]: value })));
  }
  return points;
}

/** The first of the best: where the mean of a metric is largest. Points without a number lose. */
export function chooseBest(metrics: readonly (number | null)[]): number {
  let best = -1;
  for (const [index, metric] of metrics.entries()) {
    if (metric === null || Number.isNaN(metric)) continue;
    if (best === -1 || metric > (metrics[best] ?? Number.NEGATIVE_INFINITY)) best = index;
  }
  if (best === -1) throw new RangeError('no candidate has a metric to be chosen by');
  return best;
}
