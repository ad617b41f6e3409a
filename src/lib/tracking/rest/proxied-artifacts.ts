import { SentopsError } from '../../core/errors.ts';
import { artifactFile, artifactPath, joinPath } from '../artifacts/artifact-path.ts';
import { checkBytes } from '../artifacts/check-bytes.ts';
import type { Artifacts } from '../types.ts';
import { artifactFileFromWire } from '../wire/file.ts';
import { readAnswer } from './answers.ts';
import type { Api, RawRequest } from './api.ts';
import { checkPath } from './check-path.ts';
import { parentOf, readBody } from './read-body.ts';

export interface ProxiedArtifacts extends Artifacts {
  /** The path of a root behind the server; null for a root that is elsewhere. */
  pathOf(root: string): string | null;
}

const ENDPOINT = '/api/2.0/mlflow-artifacts/artifacts';

/** A file up to so many bytes is held, so that it can be sent again. */
const HELD_BYTES = 1 << 20;

/** Artifacts that the server hands out itself: `mlflow-artifacts:/…`, and its address in front of the same. */
export function proxiedArtifacts(api: Api): ProxiedArtifacts {
  const pathOf = (root: string) => pathBehind(root, api.shown);
  const placeOf = (root: string, at: string) => checkPath(joinPath(pathOf(root) ?? '', at), at, api.shown);
  const urlOf = (root: string, at: string) => `${ENDPOINT}/${encodePath(placeOf(root, at))}`;
  const list: Artifacts['list'] = async (root, at = '') => {
    const folder = artifactPath(at);
    const json = await api.rawJson(`${ENDPOINT}?path=${encodeURIComponent(placeOf(root, folder))}`);
    const files = readAnswer(api, json, answer => answer.list('files', artifactFileFromWire));
    return files
      .map(file => ({ ...file, path: joinPath(folder, file.path) }))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  };
  return {
    pathOf,
    list,
    read: (root, at, { start = 0, onTag } = {}) => {
      const file = artifactFile(at);
      const beside = () => list(root, parentOf(file));
      return readBody(api, urlOf(root, file), { path: file, root, start, onTag, beside });
    },
    async write(root, at, body, bytes) {
      const file = artifactFile(at);
      await put(api, urlOf(root, file), checkBytes(body, file, bytes), bytes);
    },
    async delete(root, at) {
      await api.rawDone({ method: 'DELETE', path: urlOf(root, artifactPath(at)), again: 'always' });
    },
  };
}

/** A server that loses the connection in the middle stores nothing: it waits for as many bytes as were announced. */
async function put(api: Api, path: string, chunks: AsyncIterable<Uint8Array>, bytes: number): Promise<void> {
  const request: RawRequest =
    bytes <= HELD_BYTES
      ? { method: 'PUT', path, body: await hold(chunks), again: 'always' }
      : { method: 'PUT', path, body: { chunks, bytes }, again: 'never' };
  await api.rawDone({ ...request, headers: { 'content-type': 'application/octet-stream' } });
}

async function hold(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const held: Uint8Array[] = [];
  for await (const chunk of chunks) held.push(chunk);
  return Buffer.concat(held);
}

function pathBehind(root: string, shown: string): string | null {
  const front = `${shown}${ENDPOINT}/`;
  if (root.startsWith(front)) return trim(root.slice(front.length));
  const [whole, authority, rest = ''] = /^mlflow-artifacts:(?:\/\/([^/]*))?(\/.*)?$/i.exec(root) ?? [];
  if (whole === undefined) return null;
  // Credentials are for the server that was named, not for one that its database names.
  if (authority && authority !== new URL(shown).host)
    throw new SentopsError('FLAG_INVALID', `${root} lies behind another server than ${shown}`, {
      hint: `name that one: http://${authority}`,
      details: { root },
    });
  return trim(rest);
}

function trim(text: string): string {
  return text.replace(/^\/+|\/+$/g, '');
}

function encodePath(text: string): string {
  return text.split('/').map(encodeURIComponent).join('/');
}
