/** Query parameters by which signed addresses carry a credential. */
const CREDENTIAL =
  /^(?:x-(?:goog|amz)-.*|(?:.*[-_.])?sig(?:[-_.].*)?|.*(?:signature|token|secret|password|api[-_]?key).*|key|expires|googleaccessid|awsaccesskeyid)$/i;

/** Under which a dataset stands in the lock file. A file that is committed holds no credentials. */
export function datasetKey(source: string, ref: string): string {
  return `${source}:${withoutCredentials(ref)}`;
}

/** An address without user, password and signature; anything else as it is. */
export function withoutCredentials(ref: string): string {
  if (!/^https?:\/\//i.test(ref) || !URL.canParse(ref)) return ref;
  const url = new URL(ref);
  const names = [...url.searchParams.keys()].filter(name => CREDENTIAL.test(name));
  if (url.username === '' && url.password === '' && names.length === 0) return ref;
  url.username = '';
  url.password = '';
  for (const name of names) url.searchParams.delete(name);
  return url.href;
}
