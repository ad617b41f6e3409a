import { SentopsError } from '../../core/errors.ts';

/** Backslashes and drives are refused everywhere: what is harmless here would be a way out on Windows. */
const WAYS_OUT: readonly (readonly [RegExp, string])[] = [
  [/\0/, 'it holds a zero byte'],
  [/^[/\\]/, 'it is absolute'],
  [/^[A-Za-z]:[/\\]/, 'it names a drive'],
  [/(^|[/\\])\.\.([/\\]|$)/, 'it holds ..'],
];

/** A path below an artifact root in its plain form: `a/b`, or nothing for the root itself. */
export function artifactPath(path: string): string {
  const why = WAYS_OUT.find(([pattern]) => pattern.test(path))?.[1];
  if (why !== undefined) throw refuse(path, `is no path of an artifact: ${why}`);
  return path
    .split('/')
    .filter(segment => segment !== '' && segment !== '.')
    .join('/');
}

/** The same for a file, which has a name. */
export function artifactFile(path: string): string {
  const plain = artifactPath(path);
  if (plain === '' || path.endsWith('/')) throw refuse(path, 'names no file');
  return plain;
}

function refuse(path: string, why: string): SentopsError {
  return new SentopsError('FLAG_INVALID', `${JSON.stringify(path)} ${why}`, {
    hint: 'give a path below the root of the artifacts, such as model/MLmodel',
    details: { path },
  });
}

/** A path below a folder; either may be empty. */
export function joinPath(folder: string, path: string): string {
  return [folder, path].filter(part => part !== '').join('/');
}
