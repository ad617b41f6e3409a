import { SentopsError } from '../../core/errors.ts';

/**
 * What does not survive MLflow's server: it decodes a path until nothing changes any more, takes it apart as an address
 * and puts it together again (mlflow/utils/uri.py, validate_path_is_safe, in 3.4 as in 3.17). The file would be stored
 * under another name, or another file be given or deleted, and nobody would be told.
 */
const SPOILT: readonly (readonly [RegExp, string])[] = [
  [/#/, 'a "#" in its path'],
  [/%[\dA-Fa-f]{2}/, 'a "%" with two hexadecimal digits in its path'],
  [/\p{Cc}/u, 'a control character in its path'],
  [/^[^?]*\?$/, 'a path that ends in "?"'],
  [/^(?:[^?]*\/)?[^;/?]*;(?:\?|$)/, 'a name that ends in ";"'],
];

/** Refuses a path below the root of all artifacts that the server would take for another one, or for a way out. */
export function checkPath(whole: string, at: string, shown: string): string {
  const why = SPOILT.find(([pattern]) => pattern.test(whole))?.[1];
  if (why === undefined) return whole;
  throw new SentopsError('FLAG_INVALID', `${shown} knows no file with ${why}: ${JSON.stringify(at)}`, {
    hint: "give the file another name; MLflow's server would take this one for another",
    details: { path: at },
  });
}
