export type Ci = 'github' | 'gitlab' | 'other';

type Env = Readonly<Record<string, string | undefined>>;

/** Which CI service this process runs in; undefined on a person's machine. */
export function detectCi(env: Env): Ci | undefined {
  if (isOn(env['GITHUB_ACTIONS'])) return 'github';
  if (isOn(env['GITLAB_CI'])) return 'gitlab';
  return isOn(env['CI']) ? 'other' : undefined;
}

/** `CI=false` and `CI=0` are how people switch detection off. */
function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value.toLowerCase() !== 'false';
}

/** Whether there is anybody to publish to. */
export function publishes(env: Env, ci: Ci | undefined): boolean {
  return (
    Boolean(env['SENTOPS_OUTPUT_FILE']) ||
    (ci === 'github' && Boolean(env['GITHUB_OUTPUT'] || env['GITHUB_STEP_SUMMARY']))
  );
}
