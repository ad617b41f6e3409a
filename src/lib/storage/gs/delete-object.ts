import { SentopsError } from '../../core/errors.ts';
import type { DeleteOptions } from '../types.ts';
import type { GsClient } from './client.ts';
import { objectPath, parseGsObject } from './parse-uri.ts';
import { statObject } from './stat-object.ts';

/** True where there was something to delete. */
export async function deleteObject(
  client: GsClient,
  uri: string,
  { ifGeneration, signal }: DeleteOptions,
): Promise<boolean> {
  const place = parseGsObject(uri);
  const send = async (generation: string | undefined) => {
    const { status, attempt } = await client.request({
      method: 'DELETE',
      path: objectPath(place),
      query: { ifGenerationMatch: generation },
      again: generation === undefined ? 'undone' : 'always',
      expect: [404],
      about: uri,
      signal,
    });
    // What is not there any more after a second attempt, the first one deleted.
    return status !== 404 || attempt > 0;
  };
  try {
    return await send(ifGeneration);
  } catch (error) {
    if (ifGeneration !== undefined || !(error instanceof SentopsError) || error.code !== 'REMOTE_UNAVAILABLE')
      throw error;
    // Nobody knows whether it was deleted. It is tried again for what is there now, and for nothing that comes later.
    const found = await statObject(client, uri, signal);
    return found === null || (await send(found.generation));
  }
}
