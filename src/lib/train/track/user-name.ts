import os from 'node:os';

/** Who runs this, from where Python's getpass looks: MLflow names its users so. */
export function userName(env: Readonly<Record<string, string | undefined>>): string {
  const said = ['LOGNAME', 'USER', 'LNAME', 'USERNAME'].map(name => env[name]).find(name => name);
  if (said !== undefined) return said;
  try {
    return os.userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    return 'unknown';
  }
}
