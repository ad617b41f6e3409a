import { pipeline } from 'node:stream/promises';
import { artifactFileToWire } from '../wire/file.ts';
import { listUnder } from '../wire/texts.ts';
import { headersOfFile, sendJson } from './answer.ts';
import { queryArgs } from './args.ts';
import { listArtifacts, type Place, placeOf } from './artifact-tree.ts';
import type { Handler } from './call.ts';
import type { Conversation, Exchange } from './exchange.ts';
import { findLoggedModel } from './logged-models.ts';
import { findVersion } from './model-versions.ts';
import { limited } from './read-body.ts';
import { Refusal } from './refusal.ts';
import { findRun, runIdOf } from './runs.ts';
import { sendFile } from './send-file.ts';
import type { Service } from './service.ts';

/** The store of files behind `mlflow-artifacts:` addresses. */
export const getFile: Conversation = async ({ files }, { request, response, gaps }) => {
  await sendFile(request, response, await files.open(gaps[0] ?? ''));
};

export const putFile: Conversation = async ({ files, limits }, { request, response, gaps }) => {
  await files.write(gaps[0] ?? '', limited(request, limits.artifactBytes));
  sendJson(response, {});
};

export const deleteFile: Conversation = async ({ files }, { response, gaps }) => {
  await files.delete(gaps[0] ?? '');
  sendJson(response, {});
};

/** Names without the folder that was asked for. */
export const listFiles: Conversation = async ({ files }, { response, query }) => {
  const found = await files.list(query.get('path') ?? '');
  sendJson(response, listUnder('files', found.map(artifactFileToWire)));
};

export const refuseMultipart: Conversation = async () => {
  throw new Refusal('NOT_IMPLEMENTED', 'This server takes and gives files whole: use PUT and GET');
};

/** Files of a run, with paths from the root of its artifacts. */
export const listRunArtifacts: Handler = async (service, { args }) => {
  const { artifactUri } = await findRun(service, runIdOf(args));
  const files = await listArtifacts(service, artifactUri, args.maybeText('path') ?? '');
  return { root_uri: service.root.toClient(artifactUri), ...listUnder('files', files.map(artifactFileToWire)) };
};

export const getRunArtifact: Conversation = async (service, exchange) => {
  const args = queryArgs(exchange.query);
  const { artifactUri } = await findRun(service, runIdOf(args));
  await sendPlace(exchange, service, placeOf(service, artifactUri, args.text('path')));
};

export const getVersionArtifact: Conversation = async (service, exchange) => {
  const args = queryArgs(exchange.query);
  const { artifactUri } = await findVersion(service, args);
  await sendPlace(exchange, service, placeOf(service, artifactUri, args.text('path')));
};

export const getModelArtifact: Conversation = async (service, exchange) => {
  const { artifactUri } = await findLoggedModel(service, exchange.gaps[0] ?? '');
  const at = queryArgs(exchange.query).text('artifact_file_path');
  await sendPlace(exchange, service, placeOf(service, artifactUri, at));
};

/** How the web page of MLflow uploads. */
export const uploadRunArtifact: Conversation = async (service, { request, response, query }) => {
  const args = queryArgs(query);
  const { artifactUri } = await findRun(service, runIdOf(args));
  const place = placeOf(service, artifactUri, args.text('path'));
  if ('bucket' in place)
    throw new Refusal(
      'NOT_IMPLEMENTED',
      `Files of this run lie in ${place.bucket}: write there with your own credentials`,
    );
  await place.folder.write(place.path, limited(request, service.limits.artifactBytes));
  sendJson(response, {});
};

async function sendPlace({ request, response }: Exchange, { tracker }: Service, place: Place): Promise<void> {
  if ('folder' in place) return sendFile(request, response, await place.folder.open(place.path));
  const chunks = tracker.artifacts.read(place.bucket, place.path)[Symbol.asyncIterator]();
  // What is not there throws here, while the answer can still say so.
  const first = await chunks.next();
  response.writeHead(200, headersOfFile());
  if (request.method === 'HEAD') {
    await chunks.return?.();
    response.end();
    return;
  }
  const all = async function* () {
    for (let next = first; !next.done; next = await chunks.next()) yield next.value;
  };
  await pipeline(all, response);
}
