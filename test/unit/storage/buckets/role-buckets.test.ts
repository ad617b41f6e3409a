import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { roleBuckets } from '../../../../src/lib/storage/buckets/role-buckets.ts';
import { cloudYaml, openProject, ROLES } from './project.ts';

async function bucketsOf(yaml: string, below = '.') {
  const { project, dir } = await openProject(yaml);
  return roleBuckets(project, path.join(dir, below));
}

describe('the buckets of a project', () => {
  test('without a cloud are folders, named from where the command runs', async () => {
    const buckets = await bucketsOf('version: 1\n');
    expect(buckets.map(({ uri, roles }) => [uri, roles])).toEqual(
      ROLES.map(role => [path.join('.sentops/buckets', role), [role]]),
    );
    expect(buckets.every(({ scheme, lifecycle }) => scheme === 'file' && lifecycle.length === 0)).toBe(true);
    const [elsewhere] = await bucketsOf('version: 1\n', 'sub');
    expect(path.isAbsolute(elsewhere?.uri ?? '')).toBe(true);
  });

  test('one for each role; predictions are deleted after a while, and only they', async () => {
    const buckets = await bucketsOf(cloudYaml('retention: { predictionsDays: 30 }\n'));
    expect(buckets.map(({ uri }) => uri)).toEqual(ROLES.map(role => `gs://me-${role}`));
    expect(buckets.filter(({ lifecycle }) => lifecycle.length > 0)).toEqual([
      {
        uri: 'gs://me-predictions',
        scheme: 'gs',
        roles: ['predictions'],
        lifecycle: [{ prefix: 'predictions/', days: 30 }],
      },
    ]);
  });

  test('zero days keep them', async () => {
    const buckets = await bucketsOf(cloudYaml('retention: { predictionsDays: 0 }\n'));
    expect(buckets.flatMap(({ lifecycle }) => lifecycle)).toEqual([]);
  });

  test('output in another bucket makes the rule one for the bucket of the role', async () => {
    const buckets = await bucketsOf(cloudYaml('serve: { outputPath: "gs://elsewhere/out" }\n'));
    expect(buckets.flatMap(({ lifecycle }) => lifecycle)).toEqual([{ prefix: '', days: 90 }]);
  });

  test('several roles may share one, and a rule for all of it would delete what the others keep', async () => {
    const shared = ROLES.map(role => `  ${role}: gs://one${role === 'raw' ? '/' : ''}\n`).join('');
    const [bucket, ...others] = await bucketsOf(`version: 1\nbuckets:\n${shared}serve: { outputPath: "gs://one" }\n`);
    expect(others).toEqual([]);
    expect(bucket).toMatchObject({ uri: 'gs://one', roles: [...ROLES], lifecycle: [] });
  });

  test('folders in one bucket: the rule is for the folder of the predictions', async () => {
    const shared = ROLES.map(role => `  ${role}: gs://one/team/${role}/\n`).join('');
    const [bucket] = await bucketsOf(`version: 1\nbuckets:\n${shared}`);
    expect(bucket?.lifecycle).toEqual([{ prefix: 'team/predictions/predictions/', days: 90 }]);
  });
});
