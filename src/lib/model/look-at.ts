import fs from 'node:fs';

/** Undefined for what is not there and for what cannot be followed: links in a circle, a name too long. */
export function lookAt(location: string): fs.Stats | undefined {
  try {
    return fs.statSync(location, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
