import { SentopsError } from '../../../core/errors.ts';
import type { ResumableBody, Uploaded, UploadOptions } from '../../types.ts';
import type { GsClient } from '../client.ts';
import { removeEarlierParts } from './parts-session.ts';
import { sendParts } from './send-parts.ts';
import { sendResumable } from './send-resumable.ts';
import { sendWhole } from './send-whole.ts';

/** Up to here one request is cheaper than what a resumed upload would save. */
const WHOLE_BYTES = 2 * 1024 * 1024;

/** Small bodies go with one request, larger ones in a way that survives the process, very large ones in parts. */
export async function uploadObject(
  client: GsClient,
  uri: string,
  body: ResumableBody,
  options: UploadOptions,
): Promise<Uploaded> {
  const { bytes } = body;
  const { parallelThreshold = 0 } = options;
  if (bytes !== null && bytes <= WHOLE_BYTES) return await uploadWhole(client, uri, body, bytes, options);
  if (bytes !== null && parallelThreshold > 0 && bytes >= parallelThreshold)
    return await sendParts(client, uri, { ...body, bytes, open: start => body.open(start) }, options);
  await removeEarlierParts(client, uri, options);
  return await sendResumable(client, uri, body, options);
}

async function uploadWhole(
  client: GsClient,
  uri: string,
  body: ResumableBody,
  bytes: number,
  options: UploadOptions,
): Promise<Uploaded> {
  const chunks: Uint8Array[] = [];
  let had = 0;
  for await (const chunk of body.open(0)) {
    chunks.push(chunk);
    had += chunk.length;
    if (had > bytes) break;
  }
  if (had !== bytes)
    throw new SentopsError('DATA_INVALID', `what is sent to ${uri} changed while it was read`, {
      hint: 'run the command again when nobody writes to it',
    });
  const object = await sendWhole(client, uri, chunks, options);
  options.onProgress?.(bytes);
  return { ...object, resumedFrom: 0 };
}
