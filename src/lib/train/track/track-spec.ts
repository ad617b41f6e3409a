/** What of a training job is recorded, and under which names. */
export interface TrackSpec {
  readonly experiment: string;
  /** `<prefix>-logisticregression` and so on; null: no model is registered. */
  readonly prefix: string | null;
  /** Name of the best model in the registry; null: it is not registered. */
  readonly best: string | null;
}

/** The name of a model in the registry, which takes no slashes and colons: those of a plugin may have some. */
export function registryName(prefix: string, model: string): string {
  return `${prefix}-${model}`.replace(/[/:]/g, '-');
}
