import { SentopsError } from '../../core/errors.ts';
import { allPages } from '../all-pages.ts';
import { artifactFile, artifactPath, joinPath } from '../artifacts/artifact-path.ts';
import type { ArtifactFile, Run } from '../entities.ts';
import type { Artifacts } from '../types.ts';
import { artifactFileFromWire } from '../wire/file.ts';
import { nextToken, readAnswer } from './answers.ts';
import type { Api } from './api.ts';
import { checkPath } from './check-path.ts';
import { parentOf, readBody } from './read-body.ts';

/**
 * Files in a place that only the server can read, such as its own disk: it hands them out by run, so the root has to be
 * the folder of a run, or one in it.
 */
export function runArtifacts(
  api: Api,
  getRun: (runId: string) => Promise<Run | null>,
): Pick<Artifacts, 'list' | 'read'> {
  const known = new Map<string, Promise<RunFolder>>();
  const folderOf = (root: string) => {
    const found = known.get(root) ?? findRun(api, getRun, root);
    known.set(root, found);
    found.catch(() => known.delete(root));
    return found;
  };
  const list: Artifacts['list'] = async (root, at = '') => {
    const folder = artifactPath(at);
    const { runId, below } = await folderOf(root);
    const inside = checkPath(joinPath(below, folder), folder, api.shown);
    const files = await listAll(api, runId, inside);
    const start = below === '' ? 0 : below.length + 1;
    return files.map(file => ({ ...file, path: file.path.slice(start) })).sort((a, b) => (a.path < b.path ? -1 : 1));
  };
  return {
    list,
    async *read(root, at, { start = 0, onTag } = {}) {
      const path = artifactFile(at);
      const { runId, below } = await folderOf(root);
      const query = new URLSearchParams({ run_uuid: runId, path: checkPath(joinPath(below, path), path, api.shown) });
      yield* readBody(api, `/get-artifact?${query}`, {
        path,
        root,
        start,
        onTag,
        beside: () => list(root, parentOf(path)),
      });
    },
  };
}

interface RunFolder {
  readonly runId: string;
  /** The path of the root in the folder of the run. */
  readonly below: string;
}

async function findRun(api: Api, getRun: (runId: string) => Promise<Run | null>, root: string): Promise<RunFolder> {
  const runId = /\/([0-9a-f]{32})\/artifacts(?:\/|$)/.exec(root)?.[1];
  const run = runId === undefined ? null : await getRun(runId);
  const folder = run?.artifactUri.replace(/\/+$/, '') ?? '';
  const own = root.replace(/\/+$/, '');
  if (run !== null && (own === folder || own.startsWith(`${folder}/`)))
    return { runId: run.runId, below: own.slice(folder.length + 1) };
  throw new SentopsError(
    'NOT_FOUND',
    `${root} is not on this machine, and ${api.shown} knows no run with that folder`,
    {
      hint: 'a server hands out files by run: give the folder of a run, or read it on the machine where it lies',
      details: { root, uri: api.shown },
    },
  );
}

function listAll(api: Api, runId: string, path: string): Promise<ArtifactFile[]> {
  return allPages(async token => {
    const query = { run_id: runId, path: path === '' ? undefined : path, page_token: token };
    const json = await api.get('artifacts/list', query);
    return readAnswer(api, json, answer => ({
      items: answer.list('files', artifactFileFromWire),
      nextPageToken: nextToken(answer),
    }));
  });
}
