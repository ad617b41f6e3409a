import { isAlive } from '../../../core/is-alive.ts';
import type { SessionStore, UploadOptions } from '../../types.ts';

/** The checksum of the beginning is kept for every multiple of this length. */
export const STEP_BYTES = 8 * 1024 * 1024;

/** What a later process needs to go on: saved before the first byte is sent. */
export interface UploadSession {
  /** Given by the server; whoever knows it can write. */
  readonly address: string;
  readonly fingerprint: string;
  readonly bytes: number | null;
  readonly contentType: string | null;
  /** As `ifGeneration`; `any` where there is no condition. */
  readonly condition: string | null;
  /** Of the first 8 MiB, the first 16 MiB, and so on. */
  readonly sums: number[];
  /** The process that goes on with it: two would disturb each other. */
  readonly owner: number;
}

/** What a session has to be of, so that it may be gone on with. */
export type Subject = Omit<UploadSession, 'address' | 'sums' | 'owner'>;

export function subjectOf(
  body: { readonly bytes: number | null; readonly fingerprint: string },
  { contentType, ifGeneration }: UploadOptions,
): Subject {
  return {
    fingerprint: body.fingerprint,
    bytes: body.bytes,
    contentType: contentType ?? null,
    condition: ifGeneration === undefined ? 'any' : ifGeneration,
  };
}

export function isOf(session: UploadSession, subject: Subject): boolean {
  return (
    session.fingerprint === subject.fingerprint &&
    session.bytes === subject.bytes &&
    session.contentType === subject.contentType &&
    session.condition === subject.condition
  );
}

/** One entry of the store, which is this upload's alone while it is open. */
export interface Saved<Session> {
  /** What an earlier process left. */
  readonly earlier: Session | undefined;
  /** Somebody else goes on with it now. */
  readonly isTaken: boolean;
  save(session: Session): Promise<void>;
  remove(): Promise<void>;
  close(): void;
}

/** By store, the uploads of this process. */
const open = new WeakMap<SessionStore, Set<string>>();

/** Where somebody else goes on with the same upload now, ours is not remembered: each then works for itself. */
export async function openSaved<Session extends { readonly owner: number }>(
  sessions: SessionStore | undefined,
  key: string,
  read: (stored: unknown) => Session | undefined,
): Promise<Saved<Session>> {
  if (sessions === undefined) return unsaved(false);
  const mine = open.get(sessions) ?? new Set();
  open.set(sessions, mine);
  if (mine.has(key)) return unsaved(true);
  mine.add(key);
  const earlier = read(await sessions.load(key).catch(() => undefined));
  if (earlier !== undefined && earlier.owner !== process.pid && isAlive(earlier.owner)) {
    mine.delete(key);
    return unsaved(true);
  }
  return {
    earlier,
    isTaken: false,
    save: session => sessions.save(key, session),
    remove: () => sessions.remove(key),
    close: () => void mine.delete(key),
  };
}

function unsaved<Session>(isTaken: boolean): Saved<Session> {
  return { earlier: undefined, isTaken, save: async () => {}, remove: async () => {}, close() {} };
}

/** Undefined where what was stored is none: then it is begun anew. */
export function readUpload(stored: unknown): UploadSession | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const { address, fingerprint, bytes, contentType, condition, sums, owner } = stored as Partial<UploadSession>;
  const isText = (value: unknown) => value === null || typeof value === 'string';
  const isValid =
    typeof address === 'string' &&
    typeof fingerprint === 'string' &&
    (bytes === null || Number.isSafeInteger(bytes)) &&
    isText(contentType) &&
    isText(condition) &&
    Array.isArray(sums) &&
    sums.every(sum => Number.isSafeInteger(sum) && sum >= 0) &&
    Number.isSafeInteger(owner);
  return isValid ? (stored as UploadSession) : undefined;
}
