import { SentopsError } from '../../core/errors.ts';
import { quoteWord } from '../../core/shell-word.ts';
import { suggest } from '../../core/suggest.ts';
import type { Found } from './find.ts';
import { holdsAnything } from './find.ts';
import { patternFolder } from './glob.ts';
import { baseName, isRoot, parentOf } from './names.ts';
import type { Place } from './place.ts';

/** Enough to find a typing error among; more would make an error wait. */
const MOST_NEIGHBOURS = 1000;

/** The error for a location at which nothing is, with the name that was probably meant. */
export async function missing({ place, isPattern }: Found, signal: AbortSignal): Promise<SentopsError> {
  const { given, uri } = place;
  const details = { location: given, uri };
  if (isPattern)
    return new SentopsError('NOT_FOUND', `nothing matches ${given}`, {
      hint: `* stops at a slash and ** does not; see what is there: sentops storage ls ${quotedFolder(uri)}`,
      details,
    });
  const special = place.isLocal ? await whatElse(place, signal) : undefined;
  if (special !== undefined) return special;
  if (place.isBucket)
    return new SentopsError('NOT_FOUND', `${given} is not there yet`, {
      hint: 'make the buckets of the project with: sentops bucket ensure',
      details,
    });
  const meant = await findNear(place, signal).catch(() => undefined);
  const isLikeRole = place.isLocal && /^[a-z][a-z-]+:/.test(given);
  return new SentopsError('NOT_FOUND', `there is nothing at ${given}`, {
    ...(isLikeRole ? { hint: 'what may stand before the colon: sentops bucket list shows the roles' } : {}),
    ...(meant === undefined ? {} : { hint: `did you mean ${meant}?` }),
    details: meant === undefined ? details : { ...details, meant },
  });
}

/** Something may be there that is no object: a pipe, or what may not be looked at. */
async function whatElse({ storage, uri }: Place, signal: AbortSignal): Promise<SentopsError | undefined> {
  try {
    for await (const _none of storage.read(uri, { signal, start: 0, end: 0 }));
  } catch (error) {
    return error instanceof SentopsError && error.code !== 'NOT_FOUND' ? error : undefined;
  }
  return undefined;
}

/** The nearest name in the deepest folder on the way that is there. */
async function findNear(place: Place, signal: AbortSignal): Promise<string | undefined> {
  const { storage, isLocal } = place;
  for (let wanted = place.uri; !isRoot({ uri: wanted, isLocal }); wanted = parentOf(wanted)) {
    const folder = parentOf(wanted);
    const isHere = folder === '';
    if (!isHere && !(await holdsAnything(place, folder, signal))) continue;
    const names = new Map<string, string>();
    for await (const { uri } of storage.list(folder, { recursive: false, signal })) {
      names.set(baseName(uri), uri);
      if (names.size >= MOST_NEIGHBOURS) break;
    }
    const near = suggest(baseName(wanted), names.keys());
    return near === undefined ? undefined : names.get(near);
  }
  return undefined;
}

function quotedFolder(pattern: string): string {
  const folder = patternFolder(pattern);
  return folder === '' ? '.' : quoteWord(folder);
}
