import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import createMlflowFormat from '../../../../../src/lib/model/formats/mlflow/format.ts';
import { readFlavors } from '../../../../../src/lib/model/formats/mlflow/read.ts';
import { stampRun } from '../../../../../src/lib/model/formats/mlflow/stamp-run.ts';
import type { FittedModel } from '../../../../../src/lib/model/types.ts';
import { sampleModels } from '../../../../helpers/sample-models.ts';

const samples = sampleModels();

async function write(name: string): Promise<string> {
  const files = await createMlflowFormat().write(samples[name] as FittedModel);
  return Buffer.from(files.get('MLmodel') ?? []).toString();
}

const stamp = { runId: 'f00d', modelId: 'm-1', artifactPath: 'model' };
const topKeys = (text: string) => text.split('\n').flatMap(line => /^(\w+):/.exec(line)?.[1] ?? []);

describe('an MLmodel file of a run', () => {
  test.each(['logistic', 'boosted', 'forest-three'])('names the run and the model, keys in order: %s', async name => {
    const plain = await write(name);
    const stamped = stampRun(plain, stamp);
    const { run_id, model_id, model_uuid, artifact_path, ...rest } = load(stamped) as Record<string, unknown>;
    expect({ run_id, model_id, model_uuid, artifact_path }).toEqual({
      ...{ run_id: 'f00d', model_id: 'm-1', model_uuid: 'm-1', artifact_path: 'model' },
    });
    const { model_uuid: _, artifact_path: __, ...before } = load(plain) as Record<string, unknown>;
    expect(rest).toEqual(before);
    expect(topKeys(stamped)).toEqual(topKeys(stamped).toSorted());
    expect(stamped.endsWith('\n')).toBe(true);
    expect(await readFlavors(Buffer.from(stamped))).toEqual(await readFlavors(Buffer.from(plain)));
  });

  test('keeps its own uuid where the store knows no logged models', async () => {
    const plain = await write('logistic');
    const stamped = load(stampRun(plain, { ...stamp, modelId: null })) as Record<string, unknown>;
    expect(stamped['model_uuid']).toBe((load(plain) as Record<string, unknown>)['model_uuid']);
    expect(stamped).not.toHaveProperty('model_id');
  });

  test('that is stamped again is as if it had been stamped once', async () => {
    const once = stampRun(await write('svc'), stamp);
    expect(stampRun(stampRun(await write('svc'), { ...stamp, runId: 'old', modelId: 'm-0' }), stamp)).toBe(once);
  });

  test('takes any place as text', async () => {
    const artifactPath = "file:///it's: here/#1/artifacts";
    const stamped = load(stampRun(await write('logistic'), { ...stamp, artifactPath })) as Record<string, unknown>;
    expect(stamped['artifact_path']).toBe(artifactPath);
  });
});
