import type { IncomingMessage } from 'node:http';
import { findJsonFault } from './json-place.ts';
import { Refusal } from './refusal.ts';
import type { Limits } from './service.ts';

/** The JSON object in the body of a request; an absent body is an empty one, as clients leave it out. */
export async function readJson(
  request: IncomingMessage,
  { jsonBytes, jsonMs }: Limits,
): Promise<Readonly<Record<string, unknown>>> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Refusal('BAD_REQUEST', `The body did not come within ${jsonMs / 1000} s`, { status: 408 })),
    jsonMs,
  );
  const body = limited(request, jsonBytes);
  const chunks: Uint8Array[] = [];
  try {
    for (;;) {
      const { done, value } = await Promise.race([body.next(), late.promise]);
      if (done) break;
      chunks.push(value);
    }
  } finally {
    clearTimeout(timer);
  }
  if (chunks.length === 0) return {};
  checkContentType(request);
  return parseObject(decode(Buffer.concat(chunks)));
}

/** The chunks of a body, and a refusal as soon as it says or turns out to be larger. */
export async function* limited(request: IncomingMessage, bytes: number): AsyncGenerator<Uint8Array> {
  const said = Number(request.headers['content-length'] ?? 0);
  if (said > bytes) throw tooLarge(bytes);
  let read = 0;
  // To leave the loop early must not end the connection, on which the refusal has yet to go out.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
    read += chunk.length;
    if (read > bytes) throw tooLarge(bytes);
    yield chunk;
  }
}

function tooLarge(bytes: number): Refusal {
  const limit = bytes >= 1 << 20 ? `${Math.round(bytes / (1 << 20))} MiB` : `${bytes} bytes`;
  return new Refusal('INVALID_PARAMETER_VALUE', `The body is larger than the ${limit} that this server takes`, {
    status: 413,
  });
}

/** A page of another site can send any other type without asking; this one it cannot. */
function checkContentType(request: IncomingMessage): void {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/json') return;
  throw new Refusal(
    'BAD_REQUEST',
    `Bad Request. Content-Type must be one of ['application/json']; it is ${type ?? 'absent'}.`,
  );
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Refusal('BAD_REQUEST', 'The body is not UTF-8');
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw malformed(text);
  }
  // Old clients send the JSON as a string of JSON.
  if (typeof json === 'string') return parseObject(json);
  if (json === null) return {};
  if (typeof json === 'object' && !Array.isArray(json)) return json as Readonly<Record<string, unknown>>;
  throw new Refusal('BAD_REQUEST', 'The body has to be a JSON object');
}

function malformed(text: string): Refusal {
  const fault = findJsonFault(text);
  if (fault === null) return new Refusal('BAD_REQUEST', 'The body is not valid JSON');
  const { line, column, found } = fault;
  const advice = /^"(NaN|-?Infinity|I)/.test(found) ? `; JSON has no ${found}, send it as a string` : '';
  return new Refusal(
    'BAD_REQUEST',
    `The body is not valid JSON: unexpected ${found} at line ${line}, column ${column}${advice}`,
  );
}
