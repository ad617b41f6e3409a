import { execute } from '@oclif/core/execute';
import { guardPlugins } from './guard-plugins.ts';

/** Everything that the front does not know a shorter way for. */
export function runFull(root: string, args: string[]): Promise<unknown> {
  guardPlugins(message => process.stderr.write(`warning: ${message}\n`));
  return execute({ args, loadOptions: { root } });
}
