import type { IncomingMessage } from 'node:http';
import { SentopsError } from '../core/errors.ts';
import { fieldOf, tryJson } from '../core/try-json.ts';
import { accessToken, type Identity } from './auth.ts';

const ENDPOINT = 'https://secretmanager.googleapis.com';
const TIME_LIMIT_MS = 10_000;
/** A secret has 64 KiB at most; in base64 and JSON that is well below this. */
const LONGEST_ANSWER = 1024 * 1024;

interface SecretManagerOptions {
  /** Another server (a stand-in in tests); it is asked without credentials. */
  readonly endpoint?: string;
  readonly identity?: Identity;
  readonly timeLimitMs?: number;
  readonly signal?: AbortSignal;
}

/** The text of `projects/<p>/secrets/<s>/versions/<v>`; the newest version where none is named. */
export async function accessSecretVersion(name: string, options: SecretManagerOptions = {}): Promise<string> {
  const version = name.includes('/versions/') ? name : `${name}/versions/latest`;
  const path = version.split('/').map(encodeURIComponent).join('/');
  const url = new URL(`/v1/${path}:access`, options.endpoint ?? ENDPOINT);
  const headers =
    options.endpoint === undefined ? { authorization: `Bearer ${await accessToken(undefined, options.identity)}` } : {};
  const answer = await get(url, headers, version, options);
  if (answer.status !== 200) throw refusal(answer, version);
  return decodePayload(answer.body, version);
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

async function get(
  url: URL,
  headers: Readonly<Record<string, string>>,
  name: string,
  options: SecretManagerOptions,
): Promise<Answer> {
  const { default: transport } = url.protocol === 'http:' ? await import('node:http') : await import('node:https');
  const limit = options.timeLimitMs ?? TIME_LIMIT_MS;
  const timeout = AbortSignal.timeout(limit);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]);
  try {
    return await new Promise<Answer>((resolve, reject) => {
      const request = transport.get(url, { headers, signal }, response => {
        readBody(response).then(body => resolve({ status: response.statusCode ?? 0, body }), reject);
      });
      request.on('error', reject);
    });
  } catch (error) {
    if (options.signal?.aborted) throw options.signal.reason;
    const reason = timeout.aborted
      ? `no answer within ${limit / 1000} s`
      : error instanceof Error
        ? error.message
        : String(error);
    throw unavailable(`Secret Manager could not be asked for ${name}: ${reason}`, error);
  }
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > LONGEST_ANSWER) throw new Error('the answer is too long');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function decodePayload(body: string, name: string): string {
  const data = fieldOf(fieldOf(tryJson(body), 'payload'), 'data');
  if (typeof data === 'string') return Buffer.from(data, 'base64').toString('utf8');
  throw unavailable(`Secret Manager gave an answer for ${name} that holds no payload`);
}

function refusal(answer: Answer, name: string): SentopsError {
  const said = fieldOf(fieldOf(tryJson(answer.body), 'error'), 'message');
  const reason = typeof said === 'string' ? said : `HTTP ${answer.status}`;
  switch (answer.status) {
    case 401:
      return new SentopsError('AUTH_FAILED', `Secret Manager refused the credentials for ${name}: ${reason}`);
    case 403:
      return new SentopsError('PERMISSION_DENIED', `no permission to read ${name}: ${reason}`, {
        hint: 'ask for roles/secretmanager.secretAccessor on this secret',
      });
    case 404:
      return new SentopsError('NOT_FOUND', `${name} does not exist: ${reason}`, {
        hint: 'check the project, the name and the version of the secret',
      });
    default:
      return unavailable(`Secret Manager did not give ${name}: ${reason}`);
  }
}

function unavailable(message: string, cause?: unknown): SentopsError {
  return new SentopsError('REMOTE_UNAVAILABLE', message, cause === undefined ? {} : { cause });
}
