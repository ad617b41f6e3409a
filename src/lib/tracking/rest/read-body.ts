import { SentopsError } from '../../core/errors.ts';
import type { ArtifactFile } from '../entities.ts';
import type { Api, RawAnswer } from './api.ts';
import { Transient } from './failures.ts';
import { signInFailure } from './refusals.ts';

export interface BodyPlace {
  readonly path: string;
  readonly root: string;
  readonly start: number;
  readonly onTag?: ((tag: string) => void) | undefined;
  /** The files beside it, itself included: asked for only when the server fails. */
  readonly beside: () => Promise<readonly ArtifactFile[]>;
}

/** A connection may break so often without a byte in between. */
const MOST_BREAKS = 3;

/** The bytes of a file from `start` on. Where the connection breaks, the rest is asked for. */
export async function* readBody(api: Api, url: string, place: BodyPlace): AsyncGenerator<Uint8Array> {
  let offset = place.start;
  let etag: string | undefined;
  for (let breaks = 0; ; breaks++) {
    const answer = await open(api, url, offset, place);
    if (answer === null) return;
    const before = offset;
    if (etag !== undefined && answer.headers.etag !== etag) throw changed(place);
    if (answer.status === 206 && !startsAt(offset, answer)) throw otherPart(place, answer);
    if (etag === undefined && answer.headers.etag !== undefined) place.onTag?.(answer.headers.etag);
    etag = answer.headers.etag;
    // A server that knows no ranges sends all of it again.
    let skip = answer.status === 206 ? 0 : offset;
    try {
      for await (const chunk of answer.body as AsyncIterable<Buffer>) {
        const rest = chunk.subarray(Math.min(skip, chunk.length));
        skip -= chunk.length - rest.length;
        offset += rest.length;
        if (rest.length > 0) yield rest;
      }
      return;
    } catch (error) {
      const failure = api.explain(error);
      if (offset > before) breaks = 0;
      if (!(failure instanceof Transient) || breaks >= MOST_BREAKS) throw failure;
    }
  }
}

/** A server that does not say which part it sends is believed to send the one that was asked for. */
function startsAt(offset: number, { headers }: RawAnswer): boolean {
  const start = /^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1];
  return start === undefined || Number(start) === offset;
}

/** Null where nothing is left from the offset on. */
async function open(api: Api, path: string, offset: number, place: BodyPlace): Promise<RawAnswer | null> {
  const headers: Record<string, string> = offset > 0 ? { range: `bytes=${offset}-` } : {};
  const answer = await api.raw({ method: 'GET', path, headers, again: 'always' }).catch(async (error: unknown) => {
    if (error instanceof SentopsError && error.details['status'] === 416) return null;
    throw explainMissing(error, place) ?? (await explainFault(error, place)) ?? error;
  });
  if (answer === null) return null;
  const asked = new URL(api.shown);
  const isPage = /\bhtml\b/i.test(answer.headers['content-type'] ?? '') && !/\.html?$/i.test(place.path);
  if (answer.url.host === asked.host || !isPage) return answer;
  answer.body.destroy();
  throw signInFailure(answer.url, { shown: api.shown, url: asked, credentials: null }, { uri: api.shown });
}

/** The endpoint refuses folders with 400 and a word of its own, and knows no names of ours. */
function explainMissing(error: unknown, place: BodyPlace): SentopsError | undefined {
  if (!(error instanceof SentopsError)) return undefined;
  if (error.code === 'FLAG_INVALID' && /directory/i.test(error.message)) return missing(place, 'folder', error);
  return error.code === 'NOT_FOUND' ? missing(place, 'nothing', error) : undefined;
}

/** Servers of before 3.6 answer 500 to what is not there, and to names that no header of theirs can carry. */
async function explainFault(error: unknown, place: BodyPlace): Promise<SentopsError | undefined> {
  if (!(error instanceof SentopsError) || error.details['status'] !== 500) return undefined;
  const files = await place.beside();
  const found = files.find(file => file.path === place.path);
  if (found === undefined || found.isFolder) return missing(place, found === undefined ? 'nothing' : 'folder', error);
  if (/^[ -~]*$/.test(place.path)) return undefined;
  return new SentopsError('REMOTE_UNAVAILABLE', `${error.message} for ${place.path}`, {
    hint: 'MLflow servers of before 3.6 fail on names with letters beyond ASCII: bring the server up to date',
    details: { ...error.details, root: place.root, path: place.path },
    cause: error,
  });
}

function missing({ path, root }: BodyPlace, found: 'folder' | 'nothing', cause: SentopsError): SentopsError {
  const why = found === 'folder' ? `${path} is a folder` : `there is no artifact ${path}`;
  return new SentopsError('NOT_FOUND', `${why} in ${root}`, { details: { ...cause.details, root, path }, cause });
}

/** The folder of a path; nothing for a file at the root. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function changed({ path, root }: BodyPlace): SentopsError {
  return new SentopsError('DATA_INVALID', `${path} in ${root} changed while it was read`, {
    hint: 'run the command again',
    details: { root, path },
  });
}

function otherPart({ path, root }: BodyPlace, { body, headers }: RawAnswer): SentopsError {
  body.destroy();
  return new SentopsError('DATA_INVALID', `${path} in ${root}: another part came than was asked for`, {
    hint: 'a cache or a proxy before the server mixes up parts of files: ask the server itself',
    details: { root, path, contentRange: headers['content-range'] },
  });
}
