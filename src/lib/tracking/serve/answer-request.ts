import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkAccess } from './access.ts';
import { sendJson, sendRefusal } from './answer.ts';
import { type Args, bodyArgs, queryArgs } from './args.ts';
import { findRoute } from './find-route.ts';
import { readJson } from './read-body.ts';
import { Refusal, refusalOf } from './refusal.ts';
import type { Service } from './service.ts';

/** Answers one request, whatever it is. Never throws. */
export async function answerRequest(
  service: Service,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const start = performance.now();
  try {
    await answer(service, request, response);
  } catch (error) {
    answerFailure(service, request, response, error);
  }
  const ms = Math.round((performance.now() - start) * 10) / 10;
  const { method, url = '' } = request;
  const path = url.split('?')[0] ?? '';
  service.report({
    type: 'note',
    level: response.statusCode >= 500 ? 'warn' : 'debug',
    message: `${method} ${path} ${response.statusCode} ${ms} ms`,
    data: { method, path, status: response.statusCode, ms, client: request.socket.remoteAddress ?? '' },
  });
}

async function answer(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '', url = '/' } = request;
  const cut = url.indexOf('?');
  const path = cut === -1 ? url : url.slice(0, cut);
  // Whoever watches over the server asks by address or by any name, and has no token.
  if (path !== '/health') checkAccess(request, service.access);
  const { answerer, gaps } = findRoute(method, path);
  const query = new URLSearchParams(cut === -1 ? '' : url.slice(cut + 1));
  if ('converse' in answerer) return answerer.converse(service, { request, response, query, gaps });
  const args = await readArgs(service, request, query);
  sendJson(response, await answerer.handle(service, { args, gaps }));
}

async function readArgs({ limits }: Service, request: IncomingMessage, query: URLSearchParams): Promise<Args> {
  if (request.method === 'GET' || request.method === 'HEAD') return queryArgs(query);
  return bodyArgs(await readJson(request, limits));
}

function answerFailure(service: Service, request: IncomingMessage, response: ServerResponse, error: unknown): void {
  // The client went away, or has half of a file already: there is nobody to tell.
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const refusal = refusalOf(error);
  if (refusal === undefined) {
    const message = error instanceof Error ? error.message : String(error);
    service.report({
      type: 'note',
      level: 'error',
      message: `${request.method} ${request.url?.split('?')[0]} failed: ${message}`,
      ...(error instanceof Error && error.stack !== undefined ? { data: { stack: error.stack } } : {}),
    });
  }
  sendRefusal(request, response, refusal ?? new Refusal('INTERNAL_ERROR', 'The server failed; its log says why'));
}
