import { execute } from '@oclif/core/execute';

/** Everything that the front does not know a shorter way for. */
export function runFull(root: string, args: string[]): Promise<unknown> {
  return execute({ args, loadOptions: { root } });
}
