import { SentopsError } from '../../../core/errors.ts';
import type { ResumableBody, StoredObject, UploadOptions } from '../../types.ts';
import type { GsClient } from '../client.ts';
import { statObject } from '../stat-object.ts';
import { askStanding, beginUpload, cancelUpload, type Standing, type Upload } from './resumable.ts';
import { isOf, type Saved, subjectOf, type UploadSession } from './session.ts';
import { Tally } from './tally.ts';

/** What is to be stored where, and where it is remembered. */
export interface Job {
  readonly client: GsClient;
  readonly uri: string;
  readonly body: ResumableBody;
  readonly options: UploadOptions;
  readonly saved: Saved<UploadSession>;
}

/** A job under way. A server that forgets it makes it begin anew: with another session, and nothing sent. */
export interface Run extends Job {
  session: UploadSession;
  tally: Tally;
  standing: Standing;
  readonly resumedFrom: number;
}

/** Goes on with what an earlier process left, where it is of the same content and the server still knows it. */
export async function beginRun(job: Job): Promise<Run> {
  const { client, uri, body, options, saved } = job;
  const { earlier } = saved;
  if (earlier !== undefined && isOf(earlier, subjectOf(body, options))) {
    const session = { ...earlier, owner: process.pid };
    await saved.save(session);
    const standing = await askEarlier(job, session);
    const resumedFrom =
      standing.state === 'open' ? standing.committed : standing.state === 'done' ? standing.object.bytes : 0;
    return { ...job, session, tally: new Tally(session.sums), standing, resumedFrom };
  }
  // Of something else: what it left at the server would be kept there for a week.
  if (earlier !== undefined) await cancelUpload({ client, uri, address: earlier.address, signal: options.signal });
  return { ...job, ...(await beginSession(job)), resumedFrom: 0 };
}

export async function beginSession(job: Job): Promise<Pick<Run, 'session' | 'tally' | 'standing'>> {
  const { client, uri, body, options, saved } = job;
  const address = await beginUpload(client, uri, body.bytes, options);
  const session: UploadSession = { ...subjectOf(body, options), address, sums: [], owner: process.pid };
  await saved.save(session);
  return { session, tally: new Tally(session.sums), standing: { state: 'open', committed: 0 } };
}

export function uploadOf({ client, uri, session, options }: Run): Upload {
  return { client, uri, address: session.address, signal: options.signal };
}

/** One that cannot be gone on with is as good as lost, whatever the reason; a server that is away is not. */
async function askEarlier({ client, uri, body, options }: Job, { address }: UploadSession): Promise<Standing> {
  try {
    const standing = await askStanding({ client, uri, address, signal: options.signal }, body.bytes);
    if (standing.state === 'done' && !(await isStillThere(client, standing.object, options.signal)))
      return { state: 'lost' };
    const isTooMuch = standing.state === 'open' && body.bytes !== null && standing.committed > body.bytes;
    return isTooMuch ? { state: 'lost' } : standing;
  } catch (error) {
    const isOver = error instanceof SentopsError && !/^(REMOTE_UNAVAILABLE|AUTH_FAILED)$/.test(error.code);
    if (!isOver) throw error;
    return { state: 'lost' };
  }
}

/** The session remembers what it made; somebody may have deleted or replaced that since. */
async function isStillThere(client: GsClient, made: StoredObject, signal: AbortSignal): Promise<boolean> {
  return (await statObject(client, made.uri, signal))?.generation === made.generation;
}
