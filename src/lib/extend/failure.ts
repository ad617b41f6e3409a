import { ERRORS, type ErrorCode, SentopsError } from '../core/errors.ts';
import { KINDS, type Kind } from './contract.ts';

/** The plugin's name of what comes with sentops. */
export const BUILT_IN = 'sentops';

/** Which extension is meant, for messages. */
export interface ExtensionName {
  readonly kind: Kind;
  readonly name: string;
  readonly plugin: string;
}

/** The error for a plugin that failed: it names the plugin, what was wanted of it, and the cause. */
export function extensionFailed(
  what: ExtensionName | { readonly plugin: string },
  doing: string,
  cause: unknown,
): SentopsError {
  const known = adoptError(cause);
  const message = known?.message ?? describeCause(cause);
  const title =
    'kind' in what ? `${KINDS[what.kind].title} ${what.name} of plugin ${what.plugin}` : `plugin ${what.plugin}`;
  return new SentopsError('EXTENSION_FAILED', `${title} ${doing}: ${message}`, {
    hint: `update or fix the plugin, or remove it with: sentops plugins uninstall ${what.plugin}`,
    details: { ...what, cause: message, ...(known ? { causeCode: known.code } : {}) },
    cause,
  });
}

/**
 * An error of our table, also where it comes from another copy of this package: a plugin that imports
 * `sentops/plugin` has its own class, so `instanceof` says nothing.
 */
export function adoptError(error: unknown): SentopsError | undefined {
  if (error instanceof SentopsError) return error;
  if (!(error instanceof Error) || error.name !== 'SentopsError' || !('code' in error)) return undefined;
  if (typeof error.code !== 'string' || !Object.hasOwn(ERRORS, error.code)) return undefined;
  const hint = 'hint' in error && typeof error.hint === 'string' ? { hint: error.hint } : {};
  const details = 'details' in error && isRecord(error.details) ? { details: error.details } : {};
  return new SentopsError(error.code as ErrorCode, error.message, { ...hint, ...details, cause: error });
}

export function describeCause(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.split('\n')[0]?.trim() || 'no reason given';
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
