import { TRAIN_DRIVER_PATHS } from '../lib/config/fields/driver.ts';
import { fieldFlags, type PathFlag } from './field-flags.ts';

/** The arguments of the training job, by its own names: one list for the command and for the driver script. */
export function trainDriverFlags(): Record<string, PathFlag> {
  return fieldFlags(TRAIN_DRIVER_PATHS);
}
