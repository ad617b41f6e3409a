import { SentopsError } from '../../../core/errors.ts';
import type { StoredObject, UploadOptions } from '../../types.ts';
import type { GsClient } from '../client.ts';
import { objectPath, parseGsObject } from '../parse-uri.ts';
import { refusalOf } from '../refusals.ts';
import { currentGeneration, statObject } from '../stat-object.ts';
import { OBJECT_FIELDS, storedObject } from '../stored-object.ts';
import { type PartsSession, partUri } from './parts-session.ts';
import type { Saved } from './session.ts';

interface Joining {
  readonly client: GsClient;
  readonly uri: string;
  readonly session: PartsSession;
  readonly saved: Saved<PartsSession>;
  readonly options: UploadOptions;
}

/**
 * Makes the object of its parts, each in the state in which it was checked, on condition that the object is what it was
 * when this was begun. That is written down before: a later process then knows the object for its own.
 */
export async function joinParts(joining: Joining, bytes: number, sum: string): Promise<StoredObject> {
  const { client, uri, session, saved, options } = joining;
  const { signal } = options;
  const findOurs = async () => {
    const there = await statObject(client, uri, signal);
    const isOurs = there?.bytes === bytes && there.crc32c === sum && there.generation !== session.joining;
    return isOurs ? there : null;
  };
  const made = session.joining === null ? null : await findOurs();
  if (made !== null) return made;
  const isAnything = options.ifGeneration === undefined;
  for (let looks = 1; ; looks++) {
    session.joining = await currentGeneration(client, uri, options.ifGeneration, signal);
    await saved.save(session);
    const { status, attempt, headers, body, json } = await compose(joining, session.joining);
    if (status === 404) throw partsGone(joining);
    if (status !== 412) return storedObject(json(), parseGsObject(uri).bucket);
    const ours = attempt > 0 || isAnything ? await findOurs() : null;
    if (ours !== null) return ours;
    // Surely not joined, and whatever is there may be replaced: it was only quicker than this.
    if (attempt > 0 || !isAnything || looks === MOST_LOOKS)
      throw refusalOf(status, headers, body, { about: uri, who: null });
  }
}

/** Between two of them somebody else has to write the object. */
const MOST_LOOKS = 3;

function partsGone({ uri, session }: Joining): SentopsError {
  return new SentopsError('CONFLICT', `parts of ${uri} are gone: somebody deleted what is below ${session.folder}`, {
    hint: 'run the command again: it begins anew',
  });
}

async function compose({ client, uri, session, options }: Joining, generation: string) {
  const { contentType, signal } = options;
  const sourceObjects = Array.from({ length: session.count }, (_, index) => ({
    name: parseGsObject(partUri(session, index)).name,
    generation: session.done[index]?.generation,
  }));
  return await client.request({
    method: 'POST',
    path: `${objectPath(parseGsObject(uri))}/compose`,
    query: { ifGenerationMatch: generation, fields: OBJECT_FIELDS },
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sourceObjects, destination: { contentType: contentType ?? 'application/octet-stream' } }),
    again: 'always',
    expect: [404, 412],
    about: uri,
    signal,
  });
}
