/** The location as that of a folder: whatever is in it begins with this. */
export function asFolder(uri: string): string {
  return uri.endsWith('/') ? uri : `${uri}/`;
}

/** Whether a location is a whole bucket, or the root of the file system. */
export function isRoot({ uri, isLocal }: { readonly uri: string; readonly isLocal: boolean }): boolean {
  return isLocal ? /^(file:\/\/)?\/+$/i.test(uri) : /^[^:]+:\/\/[^/]*\/?$/.test(uri);
}

/**
 * The name that a copy of it gets in another folder; that of a bucket is the bucket's. Empty for `.` and `..`, whose
 * contents are meant.
 */
export function baseName(uri: string): string {
  const name =
    uri
      .replace(/\/+$/, '')
      .replace(/^[^:/]+:\/\//, '')
      .split('/')
      .at(-1) ?? '';
  return name === '.' || name === '..' ? '' : name;
}

/** The folder of a location, with a slash at its end; empty for a name without one. */
export function parentOf(uri: string): string {
  const bare = uri.replace(/\/+$/, '');
  return bare.slice(0, bare.lastIndexOf('/') + 1);
}
