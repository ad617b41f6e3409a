/** True for `gs://bucket/file` and the like, false for a path. */
export function isUri(location: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(location);
}
