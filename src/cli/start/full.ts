import { execute } from '@oclif/core/execute';
import { nameHookFailures } from './name-hook-failures.ts';

/** Everything that the front does not know a shorter way for. */
export function runFull(root: string, args: string[]): Promise<unknown> {
  nameHookFailures(message => process.stderr.write(`warning: ${message}\n`));
  return execute({ args, loadOptions: { root } });
}
