import { describe, expect, test } from 'vitest';
import type { DoctorCheck } from '../../../src/lib/doctor/types.ts';
import type { ExtensionApi } from '../../../src/lib/extend/contract.ts';
import { bucketsCheck, credentialsCheck } from '../../../src/lib/storage/checks.ts';
import { registerStorageChecks } from '../../../src/lib/storage/register-checks.ts';
import { cloudYaml, openCloud, openProject, type ProjectWorld, ROLES } from './buckets/project.ts';

async function look(check: DoctorCheck, { project, call, dir }: ProjectWorld) {
  if (check.applies?.(project) === false) return 'not asked';
  const request = { cwd: dir, env: call.env, home: dir };
  return await check.run({ project, request, env: call.env, signal: AbortSignal.timeout(20_000) });
}

const all = ROLES.map(role => `me-${role}`);

describe('the check of Google credentials', () => {
  test('is not for a project whose buckets are folders', async () => {
    const world = await openProject('version: 1\n');
    expect(await look(credentialsCheck, world)).toBe('not asked');
    expect(await look(bucketsCheck, world)).toBe('not asked');
  });

  test('says that none go to an emulator', async () => {
    const world = await openCloud();
    expect(await look(credentialsCheck, world)).toEqual({
      status: 'ok',
      detail: `none are sent to ${world.server.uri}`,
    });
  });

  test('fails with the way to them where there are none', async () => {
    await expect(look(credentialsCheck, await openProject(cloudYaml()))).rejects.toMatchObject({
      code: 'AUTH_FAILED',
      hint: expect.stringContaining('gcloud auth application-default login'),
    });
  });

  test('names who gets a token', async () => {
    const profiles =
      'profiles: { default: { gcp: { auth: token, token: "${secret.t}" } } }\nsecrets: { t: { env: T } }\n';
    const world = await openProject(cloudYaml(profiles), { T: 'the-token-itself' });
    expect(await look(credentialsCheck, world)).toEqual({
      status: 'ok',
      detail: 'the access token of the profile of profile default gets a token',
    });
  });
});

describe('the check of the buckets', () => {
  test('all are there', async () => {
    expect(await look(bucketsCheck, await openCloud({ buckets: all }))).toEqual({
      status: 'ok',
      detail: '7 buckets: all are there',
    });
  });

  test('what is missing can be made', async () => {
    expect(await look(bucketsCheck, await openCloud({ buckets: all.slice(2) }))).toEqual({
      status: 'fail',
      detail: '2 of 7 buckets are missing: gs://me-code, gs://me-raw',
      fix: 'sentops bucket ensure',
    });
  });

  test('one that is not open to us is told first', async () => {
    expect(await look(bucketsCheck, await openCloud({ foreignBuckets: ['me-models'] }))).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('gs://me-models is not open'),
      fix: expect.stringContaining('sentops bucket list'),
    });
  });

  test('without credentials it points at the check that says why', async () => {
    expect(await look(bucketsCheck, await openProject(cloudYaml()))).toEqual({
      status: 'fail',
      detail: 'cannot be looked at without credentials',
      fix: 'sentops doctor --only gcp.credentials',
    });
  });

  test('a server that does not answer is told with what to look at', async () => {
    const world = await openProject(cloudYaml(), { STORAGE_EMULATOR_HOST: 'http://127.0.0.1:1' });
    await expect(look(bucketsCheck, world)).rejects.toMatchObject({
      code: 'REMOTE_UNAVAILABLE',
      hint: expect.stringContaining('STORAGE_EMULATOR_HOST'),
    });
  });

  test('folders beside buckets are not its business', async () => {
    const { server } = await openCloud({ buckets: ['one'] });
    const env = { STORAGE_EMULATOR_HOST: server.uri };
    const world = await openProject('version: 1\nbuckets: { raw: gs://one }\n', env);
    expect(await look(bucketsCheck, world)).toEqual({ status: 'ok', detail: '1 bucket: all are there' });
  });
});

test('both are registered, and loaded when they are asked for', async () => {
  const loaders = new Map<string, () => Promise<unknown>>();
  const register = ((_kind: string, name: string, load: () => Promise<unknown>) =>
    loaders.set(name, load)) as unknown as ExtensionApi['register'];
  registerStorageChecks({ contract: 1, register });
  const checks = await Promise.all([...loaders.values()].map(async load => ((await load()) as () => DoctorCheck)().id));
  expect(checks).toEqual([...loaders.keys()]);
  expect(checks).toEqual(['gcp.credentials', 'gcp.buckets']);
});
