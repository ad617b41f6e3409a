import { expect } from 'vitest';
import type { GcsStandIn } from '../../../helpers/gcs-stand-in/start.ts';

/** What the JSON API answers, as plain as it comes. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Readonly<Record<string, never>>;
}

/** Asks the stand-in by hand: the protocol itself is under test, not a client of it. */
export function askOf(server: GcsStandIn) {
  return async (method: string, route: string, more: RequestInit & { json?: unknown } = {}): Promise<Answered> => {
    const { json, ...init } = more;
    const body = json === undefined ? {} : { body: JSON.stringify(json) };
    const url = route.startsWith('http') ? route : server.uri + route;
    const response = await fetch(url, { redirect: 'manual', ...init, method, ...body });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parse(text) };
  };
}

/** Begins a resumable upload; its address. */
export async function begin(server: GcsStandIn, name: string, more: RequestInit = {}, query = ''): Promise<string> {
  const route = `/upload/storage/v1/b/data/o?uploadType=resumable&name=${encodeURIComponent(name)}${query}`;
  const { status, headers } = await askOf(server)('POST', route, more);
  expect(status).toBe(200);
  return headers.get('location') ?? '';
}

/** Sends bytes as the piece that `range` says. */
export function piece(bytes: Uint8Array, range: string): RequestInit {
  return { body: new Uint8Array(bytes), headers: { 'content-range': range } };
}

function parse(text: string): Readonly<Record<string, never>> {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
