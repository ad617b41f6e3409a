import type { Context } from './base-command.ts';

/** What the library is handed of this process: it never looks for itself. */
export function worldOf({ request, signal, report }: Pick<Context, 'request' | 'signal' | 'report'>) {
  const { platform, stdin, stdout } = process;
  return { cwd: request.cwd, env: request.env, platform, stdin, stdout, signal, report };
}
