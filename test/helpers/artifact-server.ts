import fs from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { onTestFinished } from 'vitest';

export interface ArtifactServer {
  readonly uri: string;
  readonly runId: string;
  /** `GET big 4096-`, in the order of the requests for files. */
  readonly reads: string[];
  /** Folders whose files were asked for, in that order. */
  readonly lists: string[];
  /** Called before each piece of a file; one that waits keeps the rest back. */
  onPiece: (file: string, sent: number) => void | Promise<void>;
}

const FILES = '/api/2.0/mlflow-artifacts/artifacts';
const PIECE = 16 * 1024;

/**
 * As much of an MLflow server as a download needs: one run, and a model `reviews` with version 3, whose files lie in
 * `folder`. It sends small pieces, so that a test can end a download in the middle of a file.
 */
export async function startArtifactServer(folder: string): Promise<ArtifactServer> {
  const runId = '0123456789abcdef'.repeat(2);
  const reads: string[] = [];
  const lists: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname === FILES) {
      lists.push(url.searchParams.get('path') ?? '');
      return sendJson(response, list(folder, lists.at(-1) ?? ''));
    }
    if (url.pathname.startsWith(`${FILES}/`)) {
      const file = decodeURIComponent(url.pathname.slice(FILES.length + 1)).slice('root/'.length);
      const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      reads.push(`GET ${file} ${start}-`);
      return await sendFile(path.join(folder, file), start, response, sent => server.onPiece(file, sent));
    }
    const known = describe(runId)[url.pathname.replace('/api/2.0/mlflow/', '')];
    if (known !== undefined) return sendJson(response, known);
    response.statusCode = 404;
    return sendJson(response, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: `no ${url.pathname}` });
  };
  const http = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  const server: ArtifactServer = {
    uri: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    runId,
    reads,
    lists,
    onPiece: () => {},
  };
  return server;
}

function describe(runId: string): Record<string, object> {
  const info = {
    run_id: runId,
    run_uuid: runId,
    run_name: 'far',
    experiment_id: '1',
    user_id: 'somebody',
    status: 'FINISHED',
    start_time: 1,
    end_time: 2,
    artifact_uri: 'mlflow-artifacts:/root',
    lifecycle_stage: 'active',
  };
  const version = {
    name: 'reviews',
    version: '3',
    creation_timestamp: 1,
    last_updated_timestamp: 1,
    current_stage: 'None',
    description: '',
    source: 'mlflow-artifacts:/root/model',
    run_id: '',
    status: 'READY',
  };
  return { 'runs/get': { run: { info, data: {} } }, 'model-versions/get': { model_version: version } };
}

function list(folder: string, at: string): object {
  const place = path.join(folder, at.slice('root/'.length));
  if (!fs.existsSync(place) || !fs.statSync(place).isDirectory()) return {};
  const files = fs.readdirSync(place, { withFileTypes: true }).map(entry => ({
    path: entry.name,
    is_dir: entry.isDirectory(),
    ...(entry.isDirectory() ? {} : { file_size: fs.statSync(path.join(place, entry.name)).size }),
  }));
  return { files };
}

function sendJson(response: ServerResponse, body: object): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
}

async function sendFile(
  file: string,
  start: number,
  response: ServerResponse,
  onPiece: (sent: number) => void | Promise<void>,
): Promise<void> {
  const body = fs.readFileSync(file);
  response.statusCode = start > 0 ? 206 : 200;
  if (start > 0) response.setHeader('content-range', `bytes ${start}-${body.length - 1}/${body.length}`);
  response.setHeader('content-length', body.length - start);
  response.flushHeaders();
  for (let sent = start; sent < body.length && !response.destroyed; sent += PIECE) {
    await onPiece(sent);
    const piece = body.subarray(sent, sent + PIECE);
    await new Promise<void>(resolve => response.write(piece, () => resolve()));
  }
  response.end();
}
