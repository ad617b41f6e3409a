import type { IncomingHttpHeaders } from 'node:http';
import { type ErrorCode, SentopsError } from '../../core/errors.ts';
import { readRetryAfter } from '../../core/retry-after.ts';
import { fieldOf, tryJson } from '../../core/try-json.ts';
import { Transient } from './failures.ts';

/** What was asked, for messages. */
export interface Asked {
  /** `gs://bucket/name`, or what else the request is about. */
  readonly about: string;
  /** Who asked: `the service account x@…`; null where no credentials were sent. */
  readonly who: string | null;
}

/** What the server said about it. */
export interface Said {
  readonly message: string;
  /** Of the JSON API: `notFound`, `conditionNotMet`, …; empty where there is none. */
  readonly reason: string;
}

const AGAIN = new Set([408, 429, 500, 502, 503, 504]);
const LIMITED = /rate ?limit|slow ?down|rateLimitExceeded/i;
/** A server that asks for more patience than this gets none. */
const MOST_WAIT_MS = 120_000;

/** What an answer means that is none of those that were expected. */
export function refusalOf(status: number, headers: IncomingHttpHeaders, body: Buffer, asked: Asked): Error {
  const said = readRefusal(body, status);
  const failure = explain(status, said, asked, headers);
  const limited = status === 403 && LIMITED.test(`${said.reason} ${said.message}`);
  if (!AGAIN.has(status) && !limited) return failure;
  const waitMs = readRetryAfter(headers['retry-after']);
  // Longer than anybody waits: it is told at once.
  if (waitMs !== null && waitMs > MOST_WAIT_MS) return failure;
  return new Transient(failure, { undone: status === 429 || limited, waitMs });
}

export function readRefusal(body: Buffer, status: number): Said {
  const text = body
    .subarray(0, 64 * 1024)
    .toString('utf8')
    .trim();
  const error = fieldOf(tryJson(text), 'error');
  const message = fieldOf(error, 'message');
  const first = fieldOf(error, 'errors');
  const reason = Array.isArray(first) ? fieldOf(first[0], 'reason') : undefined;
  const xml = /<(?:Message|Details)>([^<]+)</.exec(text)?.[1];
  const plain = /^[{<]/.test(text) ? '' : (text.split('\n')[0] ?? '').slice(0, 200);
  return {
    message: typeof message === 'string' && message !== '' ? oneLine(message) : (xml ?? plain) || `HTTP ${status}`,
    reason: typeof reason === 'string' ? reason : (/<Code>([^<]+)</.exec(text)?.[1] ?? ''),
  };
}

function explain(status: number, said: Said, asked: Asked, headers: IncomingHttpHeaders): SentopsError {
  const { about, who } = asked;
  const { message, reason } = said;
  const make = (code: ErrorCode, text: string, hint?: string) =>
    new SentopsError(code, `${about} ${text}`, {
      ...(hint === undefined ? {} : { hint }),
      details: { uri: about, status, ...(reason && { reason }) },
    });
  switch (status) {
    case 400:
      return badRequest(said, make);
    case 401:
      return who === null
        ? make(
            'AUTH_FAILED',
            `is not open to everybody, and no credentials were sent: ${message}`,
            'choose a profile whose gcp.auth is not none, or run: gcloud auth application-default login',
          )
        : make(
            'AUTH_FAILED',
            `cannot be used: the token of ${who} was refused, also a new one: ${message}`,
            'sign in again with: gcloud auth application-default login; then run: sentops doctor --only gcp',
          );
    case 403:
      return forbidden(said, asked, make);
    case 404:
      return /bucket does not exist|no such bucket/i.test(message)
        ? make('NOT_FOUND', `cannot be found: there is no such bucket`, 'make the buckets with: sentops bucket ensure')
        : make('NOT_FOUND', 'does not exist', 'list what there is with: sentops storage ls');
    case 409:
      return make('CONFLICT', `is in the way of something: ${message}`, 'look at what is there, then run it again');
    case 412:
      return make(
        'CONFLICT',
        'is not what it was when we looked: somebody else has written, or there is something already',
        'look at it with: sentops storage ls -l; nothing was overwritten',
      );
    default:
      return unforeseen(status, said, make, headers);
  }
}

type Make = (code: ErrorCode, text: string, hint?: string) => SentopsError;

const REQUESTER_PAYS = 'say who pays: storage.userProject in the project file, or --user-project';

function badRequest({ message, reason }: Said, make: Make): SentopsError {
  if (/requester ?pays|userProject(?:Missing)?|no user project/i.test(`${reason} ${message}`))
    return make('PERMISSION_DENIED', 'is in a bucket whose readers pay for reading', REQUESTER_PAYS);
  if (/crc32c|md5|hash|checksum/i.test(message) && /match|mismatch/i.test(message))
    return make('DATA_INVALID', `was not stored: the checksum of what arrived is another one`, 'run the command again');
  return make('FLAG_INVALID', `is refused: ${message}`, 'check the name and the options; the message is the server’s');
}

/** "x@y.iam.gserviceaccount.com does not have storage.objects.list access to the Google Cloud Storage bucket." */
const MISSING_PERMISSION =
  /(?:^|\s)(\S+@\S+) does not have (storage\.[\w.]+) (?:access|permission)|\b(storage\.\w+\.\w+)/;
const ROLES: Readonly<Record<string, string>> = {
  'storage.objects.get': 'roles/storage.objectViewer',
  'storage.objects.list': 'roles/storage.objectViewer',
  'storage.objects.create': 'roles/storage.objectCreator, or roles/storage.objectUser to replace and delete as well',
  'storage.objects.delete': 'roles/storage.objectUser',
  'storage.objects.update': 'roles/storage.objectUser',
  'storage.buckets.get': 'roles/storage.bucketViewer',
  'storage.buckets.list': 'roles/storage.bucketViewer',
};

function forbidden({ message, reason }: Said, { who, about }: Asked, make: Make): SentopsError {
  const all = `${reason} ${message}`;
  if (/requester ?pays|userProjectMissing/i.test(all))
    return make('PERMISSION_DENIED', 'is in a bucket whose readers pay for reading', REQUESTER_PAYS);
  if (/retention|objectUnderActiveHold|hold/i.test(reason))
    return make('CONFLICT', `may not be changed yet: ${message}`, 'wait until its retention or hold has ended');
  if (/accessNotConfigured|SERVICE_DISABLED|has not been used in project/i.test(all))
    return make(
      'PERMISSION_DENIED',
      `cannot be used: ${message}`,
      'run: gcloud services enable storage.googleapis.com',
    );
  if (/accountDisabled|billing/i.test(all))
    return make('PERMISSION_DENIED', `cannot be used: ${message}`, 'enable billing for the project of the bucket');
  if (LIMITED.test(all)) return make('REMOTE_UNAVAILABLE', `is asked for too often: ${message}`);
  const [, mail, named, mentioned] = MISSING_PERMISSION.exec(message) ?? [];
  const permission = named ?? mentioned;
  const bucket = /^gs:\/\/[^/]+/i.exec(about)?.[0] ?? about;
  const caller = mail ?? who ?? 'a caller without credentials';
  return make(
    'PERMISSION_DENIED',
    permission === undefined
      ? `may not be used by ${caller}: ${message}`
      : `is not open: ${caller} does not have ${permission}`,
    `ask for ${roleWith(permission)} on ${bucket}, or choose another profile; what belongs to somebody else looks the same`,
  );
}

function roleWith(permission: string | undefined): string {
  if (permission === undefined) return 'a role of Cloud Storage';
  return (
    ROLES[permission] ??
    (permission.startsWith('storage.buckets.') ? 'roles/storage.admin' : `a role with ${permission}`)
  );
}

function unforeseen(status: number, { message }: Said, make: Make, headers: IncomingHttpHeaders): SentopsError {
  if (status >= 300 && status < 400)
    return make(
      'REMOTE_UNAVAILABLE',
      `is answered with a redirect${headers.location === undefined ? '' : ` to ${originOf(headers.location)}`}`,
      'check storage.endpoint: the API of Google Cloud Storage does not answer so',
    );
  if (status === 410) return make('NOT_FOUND', 'is gone');
  if (status === 416) return make('DATA_INVALID', 'has no such range of bytes');
  if (status >= 500 || status === 408 || status === 429)
    return make('REMOTE_UNAVAILABLE', `is not to be had now: ${message}`);
  return make('REMOTE_UNAVAILABLE', `is refused with HTTP ${status}: ${message}`, 'the message is the server’s');
}

function originOf(location: string): string {
  return URL.parse(location)?.origin ?? 'another path';
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 500);
}
