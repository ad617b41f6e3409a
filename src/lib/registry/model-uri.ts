import { SentopsError } from '../core/errors.ts';
import { suggest } from '../core/suggest.ts';
import { STAGES } from '../tracking/entities.ts';
import type { VersionSelector } from './find-version.ts';

/** A place of artifacts by name, as MLflow writes it; `path` is below it, and may be empty. */
export type ModelUri =
  | { readonly kind: 'version'; readonly name: string; readonly which: VersionSelector; readonly path: string }
  | { readonly kind: 'logged'; readonly modelId: string; readonly path: string }
  | { readonly kind: 'run'; readonly runId: string; readonly path: string };

/** True for `models:/…` and `runs:/…`, whatever follows. */
export function isModelUri(text: string): boolean {
  return /^(models|runs):/i.test(text);
}

const FORMS =
  'models:/NAME/3, models:/NAME@champion, models:/NAME/Production, models:/NAME/latest, models:/m-ID or runs:/RUN/PATH';

/** Reads a `models:/` or `runs:/` URI. Throws FLAG_INVALID that says what is wrong with it. */
export function parseModelUri(uri: string): ModelUri {
  const [, scheme, slashes, rest = ''] = /^(models|runs):(\/*)(.*)$/is.exec(uri) ?? [];
  if (scheme === undefined) throw refuse(uri, 'is no models:/ or runs:/ URI', `write ${FORMS}`);
  if (slashes === '') throw refuse(uri, 'lacks a slash', `did you mean ${scheme}:/${rest}?`);
  if (slashes === '//')
    throw refuse(uri, 'names a server', `write ${scheme}:/${rest}; the server is that of --mlflow-uri`);
  const [first = '', ...segments] = rest.split('/');
  const deeper = segments.filter(segment => segment !== '');
  if (first === '') throw refuse(uri, scheme === 'runs' ? 'names no run' : 'names no model', `write ${FORMS}`);
  if (deeper.includes('..')) throw refuse(uri, 'holds ..', 'write the path without it');
  if (scheme.toLowerCase() === 'runs') return { kind: 'run', runId: first, path: deeper.join('/') };
  return parseModel(uri, first, deeper);
}

function parseModel(uri: string, first: string, deeper: readonly string[]): ModelUri {
  const at = first.lastIndexOf('@');
  if (at === 0 || at === first.length - 1)
    throw refuse(uri, `names no ${at === 0 ? 'model' : 'alias'}`, 'write models:/NAME@ALIAS');
  if (at > 0) {
    const which = { alias: first.slice(at + 1) };
    return { kind: 'version', name: first.slice(0, at), which, path: deeper.join('/') };
  }
  // So MLflow names the models that runs make; a registered one of such a name has a version behind it.
  const isLogged = /^m-[0-9a-f]{32}$/.test(first) || (deeper.length === 0 && first.startsWith('m-'));
  if (isLogged) return { kind: 'logged', modelId: first, path: deeper.join('/') };
  const [version, ...path] = deeper;
  if (version === undefined)
    throw refuse(
      uri,
      'does not say which version',
      `write ${uri}/latest, ${uri}/3, ${uri}/Production or ${uri}@champion`,
    );
  return { kind: 'version', name: first, which: readSelector(uri, version), path: path.join('/') };
}

function readSelector(uri: string, text: string): VersionSelector {
  if (/^\d+$/.test(text)) {
    const version = Number(text);
    if (version > 0 && Number.isSafeInteger(version)) return { version };
    throw refuse(uri, `has version ${text}`, 'versions are numbers from 1 on');
  }
  if (text.toLowerCase() === 'latest') return 'latest';
  const stage = STAGES.find(one => one.toLowerCase() === text.toLowerCase());
  if (stage !== undefined) return { stage };
  const near = suggest(text, [...STAGES, 'latest']);
  const alias = uri.replace(/\/(?=[^/]*$)/, '@');
  throw refuse(
    uri,
    `has ${JSON.stringify(text)} where a version or a stage stands`,
    near === undefined ? `for an alias write ${alias}; stages are ${STAGES.join(', ')}` : `did you mean ${near}?`,
  );
}

function refuse(uri: string, why: string, hint: string): SentopsError {
  return new SentopsError('FLAG_INVALID', `${JSON.stringify(uri)} ${why}`, { hint, details: { uri } });
}
