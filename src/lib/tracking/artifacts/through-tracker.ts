import { SentopsError } from '../../core/errors.ts';
import type { Artifacts } from '../types.ts';

/** What a tracker says of a root that it cannot reach either. */
const CANNOT: readonly string[] = ['DATA_INVALID', 'FLAG_INVALID', 'NOT_FOUND'];

/**
 * Reading from a store that nothing here knows: a server may still hand its files out. Where the tracker has no way to
 * them either, `unknown` is what is told.
 */
export function throughTracker(own: Artifacts, unknown: SentopsError): Pick<Artifacts, 'list' | 'read'> {
  const judge = (error: unknown) => (error instanceof SentopsError && !CANNOT.includes(error.code) ? error : unknown);
  return {
    list: (root, path) => own.list(root, path).catch(error => Promise.reject(judge(error))),
    async *read(root, path, options) {
      let began = false;
      try {
        for await (const chunk of own.read(root, path, options)) {
          began = true;
          yield chunk;
        }
      } catch (error) {
        throw began ? error : judge(error);
      }
    },
  };
}
