import type { Machine } from '../core/folders.ts';
import type { ExtensionContext } from './contract.ts';

/** What a piece of work is given of the world, enough to make extensions with. */
export interface World extends ExtensionContext, Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
}
