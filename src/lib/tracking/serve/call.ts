import type { Args } from './args.ts';
import type { Service } from './service.ts';

/** One call of the API that takes and gives JSON. */
export interface Call {
  readonly args: Args;
  /** What stands in the path where the route has a gap, decoded. */
  readonly gaps: readonly string[];
}

export type Handler = (service: Service, call: Call) => Promise<object>;
