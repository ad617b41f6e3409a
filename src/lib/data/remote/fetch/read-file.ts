import { SentopsError } from '../../../core/errors.ts';
import { explainConnection, isConnectionFailure, shown } from './failures.ts';
import { isPage, isPageName, pageFailure, SIGN_IN_HINT } from './page.ts';
import { readChunks } from './read-chunks.ts';
import { ifRange, isSame, readContentRange, tagOf } from './tags.ts';
import type { FetchAnswer, FetchContext, Fetcher, FetchRequest, Interruption } from './types.ts';

export interface FilePlace {
  /** As messages call it. */
  readonly what: string;
  readonly path: string;
  /** Null where the source does not say. */
  readonly bytes: number | null;
  readonly tag: string | null;
  /** What is at the address never changes: the tag says nothing. */
  readonly isPinned?: boolean;
  /** Asked for each time that a connection is made: links of some sources hold for minutes only. */
  request(): Promise<Omit<FetchRequest, 'signal' | 'headers'>>;
  /** What a refusal means here. */
  refusal(answer: FetchAnswer): Promise<SentopsError>;
}

interface ReadSettings {
  readonly start: number;
  readonly signal: AbortSignal;
  readonly env: FetchContext['env'];
}

/**
 * The bytes of a file from `start` on. Where the connection breaks, the rest is asked for, under the condition that the
 * file is still the same one.
 */
export async function* readFile(
  fetcher: Fetcher,
  place: FilePlace,
  settings: ReadSettings,
): AsyncGenerator<Uint8Array> {
  const { signal } = settings;
  const reader = { ...place, offset: settings.start };
  if (reader.offset > 0 && reader.tag === null && !place.isPinned) throw notContinued(place);
  for (let failures = 0; ; failures++) {
    if (reader.bytes !== null && reader.offset === reader.bytes && reader.offset > 0) return;
    const answer = await open(fetcher, reader, signal);
    if (answer === null) return;
    const before = reader.offset;
    const broken = yield* readAnswer(fetcher, reader, answer, settings);
    if (broken === null) return;
    if (reader.offset > before) failures = 0;
    if (failures >= fetcher.retries || (reader.tag === null && !place.isPinned)) throw broken.error;
    await fetcher.pause(broken, failures, signal);
  }
}

type Reader = { offset: number; bytes: number | null; tag: string | null } & Omit<FilePlace, 'bytes' | 'tag'>;

/** Null where nothing is left from the offset on. */
async function open(fetcher: Fetcher, reader: Reader, signal: AbortSignal): Promise<FetchAnswer | null> {
  const { offset, tag } = reader;
  const headers = offset > 0 ? { range: `bytes=${offset}-`, ...ifRange(tag) } : {};
  const answer = await openTwice(fetcher, reader, headers, signal);
  if (answer.status === 416) {
    answer.body.destroy();
    // An empty file, or all of it has come already; anything else is another file by now.
    const { bytes } = readContentRange(answer.headers['content-range']);
    if ((bytes ?? offset) === offset && (reader.bytes ?? offset) === offset) return null;
    throw bytes === offset ? wrongLength(reader, answer) : changed(reader, answer);
  }
  if (answer.status !== 200 && answer.status !== 206) throw await reader.refusal(answer);
  try {
    checkPart(reader, answer);
  } catch (error) {
    answer.body.destroy();
    throw error;
  }
  return answer;
}

/** The link that a source leads to may have run out on the way: another one is asked for, once. */
async function openTwice(
  fetcher: Fetcher,
  { request }: Reader,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<FetchAnswer> {
  const asked = await request();
  const answer = await fetcher.open({ ...asked, headers, signal });
  const isLink = answer.url.href !== asked.url.href;
  if (!isLink || ![400, 401, 403, 404, 410].includes(answer.status)) return answer;
  answer.body.destroy();
  return await fetcher.open({ ...(await request()), headers, signal });
}

function checkPart(reader: Reader, answer: FetchAnswer): void {
  const { headers, status, url } = answer;
  if (!isPageName(reader.path) && isPage(headers, new Uint8Array())) throw pageFailure(reader.what, url, SIGN_IN_HINT);
  if (!isSame(reader.tag, headers)) throw changed(reader, answer);
  const range = readContentRange(headers['content-range']);
  const whole = status === 206 ? range.bytes : numberOf(headers['content-length']);
  if (whole !== null && reader.bytes !== null && whole !== reader.bytes) throw changed(reader, answer);
  if (status === 206 && range.start !== null && range.start !== reader.offset)
    throw new SentopsError('DATA_INVALID', `${reader.what}: another part came than was asked for`, {
      hint: 'a cache or a proxy on the way mixes up parts of files: try without it',
      details: { url: shown(url), asked: reader.offset, came: range.start },
    });
  // From now on nothing but this content will do, even where the source had not said what it would be.
  if (!reader.isPinned) reader.tag ??= tagOf(headers);
  reader.bytes ??= whole;
}

/** Null at the end of the file; otherwise what broke, and reading goes on from the offset. */
async function* readAnswer(
  fetcher: Fetcher,
  reader: Reader,
  answer: FetchAnswer,
  { signal, env }: ReadSettings,
): AsyncGenerator<Uint8Array, Interruption | null> {
  // A server that knows no ranges sends all of it again.
  let skip = answer.status === 206 ? 0 : reader.offset;
  let isStart = reader.offset === 0;
  try {
    for await (const chunk of readChunks(answer.body, fetcher.silenceMs, signal)) {
      if (isStart && !isPageName(reader.path) && isPage({}, chunk))
        throw pageFailure(reader.what, answer.url, SIGN_IN_HINT);
      isStart = false;
      const rest = chunk.subarray(Math.min(skip, chunk.length));
      skip -= chunk.length - rest.length;
      reader.offset += rest.length;
      if (reader.bytes !== null && reader.offset > reader.bytes) throw wrongLength(reader, answer);
      if (rest.length > 0) yield rest;
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SentopsError || !isConnectionFailure(error)) throw error;
    const failure = explainConnection(error, answer.url, env);
    if (!failure.passing) throw failure.error;
    return failure;
  }
  if (reader.bytes === null || reader.offset === reader.bytes) return null;
  return { error: wrongLength(reader, answer), waitMs: null };
}

function changed({ what, tag }: Reader, { url, headers }: FetchAnswer): SentopsError {
  return new SentopsError('CONFLICT', `${what} is another file by now than when it was looked up`, {
    hint: 'run the command again: it begins anew with what is there now',
    details: { url: shown(url), expected: tag, found: tagOf(headers) },
  });
}

function notContinued({ what }: FilePlace): SentopsError {
  return new SentopsError(
    'CONFLICT',
    `${what} cannot be continued: its server does not say whether it is still the same`,
    {
      hint: 'delete the part that was downloaded and begin anew',
    },
  );
}

function wrongLength({ what, bytes, offset }: Reader, { url }: FetchAnswer): SentopsError {
  const came = offset > (bytes ?? 0) ? 'more' : `only ${offset}`;
  return new SentopsError('DATA_INVALID', `${what}: ${bytes} bytes were announced, and ${came} came`, {
    hint: 'run the command again; if it stays so, tell whoever runs the server',
    details: { url: shown(url), announced: bytes, came: offset },
  });
}

export function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}
