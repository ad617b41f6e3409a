/** How much of each kind. */
export interface TransferCounts {
  readonly experiments: number;
  readonly runs: number;
  readonly metricValues: number;
  readonly loggedModels: number;
  /** Registered ones. */
  readonly models: number;
  readonly versions: number;
  readonly files: number;
  /** Of the files. */
  readonly bytes: number;
}

/** The same while it is counted. */
export type Counting = { -readonly [Kind in keyof TransferCounts]: number };

export function noCounts(): Counting {
  return { experiments: 0, runs: 0, metricValues: 0, loggedModels: 0, models: 0, versions: 0, files: 0, bytes: 0 };
}
