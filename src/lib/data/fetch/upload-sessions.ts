import type { SessionStore } from '../../storage/types.ts';

/** Sessions of uploads to one object, which can be forgotten without knowing what the store calls them. */
export interface ObjectSessions extends SessionStore {
  /** For an object that is whole: what a process kept that was killed after its last byte. */
  forget(): Promise<void>;
}

/** Keeps beside each session under which object it was begun. */
export function sessionsOf(uri: string, sessions: SessionStore): ObjectSessions {
  const index = `dataset ${uri}`;
  const remembered = async () => {
    const key = await sessions.load(index);
    return typeof key === 'string' ? key : null;
  };
  let saved: string | null = null;
  return {
    load: key => sessions.load(key),
    async save(key, session) {
      // First where it is, then what it is: one that nobody can find would stay.
      if (saved !== key) await sessions.save(index, key);
      saved = key;
      await sessions.save(key, session);
    },
    async remove(key) {
      await sessions.remove(key);
      if ((await remembered()) === key) await sessions.remove(index);
      saved = null;
    },
    async forget() {
      const key = await remembered();
      // Parts that were sent side by side are objects of their own: the next upload finds them by their session.
      if (key === null || key.startsWith('parts ')) return;
      await sessions.remove(key);
      await sessions.remove(index);
    },
  };
}
