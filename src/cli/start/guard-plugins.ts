import { Config } from '@oclif/core/config';
import { adoptCommand } from './adopt-command.ts';

interface HookOptions {
  readonly id?: string;
  readonly Command?: { readonly id?: string; readonly prototype: unknown };
}

interface HookResult {
  readonly failures: readonly HookFailure[];
}

interface HookFailure {
  readonly error: Error & { code?: string; oclif?: { exit?: number } };
  readonly plugin: { readonly name: string; readonly type: string };
}

type RunHook = (event: string, opts: HookOptions, timeout?: number, captureErrors?: boolean) => Promise<HookResult>;

/**
 * Stands between the framework and plugins. The framework swallows an error that a plugin's hook throws, and passes on
 * the one by which a hook stops a command without saying whose it was. From here on both name the plugin; and no hook
 * can stop `plugins …`, so that there is always a way to get rid of it.
 */
export function guardPlugins(warn: (message: string) => void): void {
  const prototype = Config.prototype as unknown as { runHook: RunHook };
  const runHook = prototype.runHook;
  prototype.runHook = async function (event, opts, timeout, captureErrors) {
    if (event === 'prerun' && opts.Command) adoptCommand(opts.Command);
    const result = await runHook.call(this, event, opts, timeout, true);
    const isRescue = /^plugins\b/.test(opts.id ?? opts.Command?.id ?? '');
    for (const { error, plugin } of result.failures) {
      // What our own hook says (no such command) is said as it is.
      const isOurs = plugin.type === 'core';
      const stops = !captureErrors && Boolean(error.oclif?.exit) && error.code !== 'MODULE_NOT_FOUND';
      if (!isOurs && error.code !== 'EEXIT') error.message = `plugin ${plugin.name}, hook ${event}: ${error.message}`;
      if (stops && (isOurs || !isRescue)) throw error;
      if (!isOurs && !captureErrors)
        warn(`${error.message} (remove it with: sentops plugins uninstall ${plugin.name})`);
    }
    return result;
  };
}
