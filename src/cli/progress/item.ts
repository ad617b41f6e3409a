import type { Meter } from './meter.ts';

/** One piece of work that goes on. */
export interface Item {
  readonly label: string;
  readonly since: number;
  readonly isStep: boolean;
  meter: Meter | undefined;
}
