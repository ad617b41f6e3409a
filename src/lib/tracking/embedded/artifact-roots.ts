import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { SentopsError } from '../../core/errors.ts';
import { newArtifactRoot } from './open-store.ts';
import type { Store } from './store.ts';

/**
 * Where the files of a new experiment go: beside those of the first experiment that lies where its number says
 * (`…/artifacts/0`), so that a store of MLflow's stays of one piece.
 */
export function rootOfExperiment(store: Store, experimentId: string): string {
  const found = store.get<{ root: string }>(
    `SELECT substr(artifact_location, 1, length(artifact_location) - length(experiment_id) - 1) AS root
     FROM experiments WHERE artifact_location LIKE '%/' || experiment_id ORDER BY experiment_id LIMIT 1`,
  );
  return `${found?.root ?? newArtifactRoot(store.file)}/${experimentId}`;
}

/** A URI or path, continued. What comes after `?` stays at the end; in `file:` URIs the parts are encoded. */
export function joinUri(root: string, ...parts: readonly string[]): string {
  const isUri = /^[A-Za-z][A-Za-z0-9+.-]+:/.test(root);
  const [, base = root, query = ''] = (isUri ? /^([^?#]*)(.*)$/s : /^(.*)()$/s).exec(root) ?? [];
  const encode = /^file:/i.test(root) ? encodeURIComponent : (part: string) => part;
  const path = parts.flatMap(part =>
    part
      .split('/')
      .filter(segment => segment !== '')
      .map(encode),
  );
  return `${[base.replace(/\/+$/, ''), ...path].join('/')}${query}`;
}

/**
 * What an artifact URI of the store means on this machine: `mlflow-artifacts:/…` is where MLflow's server keeps what it
 * serves, a relative path starts at the database, everything else means itself.
 */
export function localRoot(file: string, root: string): string {
  const dir = path.dirname(file);
  const served = /^mlflow-artifacts:(?:\/\/[^/]*)?\/*(.*)$/s.exec(root)?.[1];
  if (served?.split(/[/\\]/).includes('..'))
    throw new SentopsError('DATA_INVALID', `the artifact URI ${root} leaves the folder of served files`, {
      hint: 'whoever wrote it into the store made a mistake or wants something',
      details: { artifactUri: root },
    });
  if (served !== undefined) return joinUri(pathToFileURL(path.join(dir, 'mlartifacts')).href, served);
  return /^[A-Za-z][A-Za-z0-9+.-]+:/.test(root) ? root : path.resolve(dir, root);
}
