import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { asLocal } from '../../../../src/lib/tracking/artifacts/as-local.ts';
import createEmbedded from '../../../../src/lib/tracking/embedded/tracker.ts';
import { createTestContext } from '../../../helpers/extension-context.ts';
import { change, failure, openTemp, tempFolder } from './stores.ts';

describe('the extension for sqlite', () => {
  test('opens the file that it is told, and says where it is', async () => {
    const file = path.join(tempFolder(), 'mlflow.db');
    const context = createTestContext({ cwd: '/', env: {}, input: '' });
    const named = await createEmbedded({ uri: 'sqlite:///mlflow.db', mode: 'write', file }, context);
    expect(named.uri).toBe('sqlite:///mlflow.db');
    await named.experiments.create({ name: 'x' });
    await named.close();
    const own = await createEmbedded({ uri: '', file }, context);
    expect(own.uri).toBe(`sqlite:///${file}`);
    expect(await own.experiments.find('x')).not.toBeNull();
    await expect(own.experiments.create({ name: 'y' })).rejects.toMatchObject(failure('NOT_WRITABLE'));
    await own.close();
    await expect(createEmbedded({ uri: 'sqlite:///x', mode: 'read' }, context)).rejects.toMatchObject(
      failure('CONFIG_INVALID'),
    );
  });
});

describe('artifacts', () => {
  async function* bytes(text: string): AsyncIterable<Uint8Array> {
    yield Buffer.from(text);
  }

  test('of a server lie where MLflow’s server keeps them, beside the database', async () => {
    const { tracker, store, file } = await openTemp();
    await change(store, "UPDATE experiments SET artifact_location = 'mlflow-artifacts:/0'");
    const { artifactUri, runId } = await tracker.runs.create({ experimentId: '0' });
    expect(artifactUri).toBe(`mlflow-artifacts:/0/${runId}/artifacts`);
    await tracker.artifacts.write(artifactUri, 'model/MLmodel', bytes('flavors'), 7);
    const place = path.join(path.dirname(file), 'mlartifacts', '0', runId, 'artifacts', 'model', 'MLmodel');
    expect(fs.readFileSync(place, 'utf8')).toBe('flavors');
    expect(await tracker.artifacts.list(artifactUri, 'model')).toEqual([
      { path: 'model/MLmodel', isFolder: false, bytes: 7 },
    ]);
    const read: Uint8Array[] = [];
    for await (const chunk of tracker.artifacts.read(artifactUri, 'model/MLmodel', { start: 3 })) read.push(chunk);
    expect(Buffer.concat(read).toString()).toBe('vors');
    expect(asLocal(tracker.artifacts)?.locate(artifactUri, 'model/MLmodel')).toBe(place);
    await asLocal(tracker.artifacts)?.copyIn(artifactUri, 'model/copy', place);
    expect(fs.readFileSync(place.replace('MLmodel', 'copy'), 'utf8')).toBe('flavors');
    await tracker.artifacts.delete(artifactUri, 'model');
    expect(fs.existsSync(place)).toBe(false);
  });

  test('nothing is made before there is a file: no folders, no file store of MLflow', async () => {
    const { tracker, file } = await openTemp();
    await tracker.runs.create({ experimentId: await tracker.experiments.create({ name: 'x' }) });
    await tracker.close();
    expect(fs.readdirSync(path.dirname(file))).toEqual(['mlflow.db']);
  });

  test('a URI that climbs out of the served folder is refused', async () => {
    const { tracker, file } = await openTemp();
    for (const root of ['mlflow-artifacts:/../x', 'mlflow-artifacts:/0/../../x', 'mlflow-artifacts://host/..\\x'])
      await expect(tracker.artifacts.write(root, 'a', bytes('a'), 1)).rejects.toThrow(
        expect.objectContaining({ code: 'DATA_INVALID', message: expect.stringContaining(root) }),
      );
    await tracker.artifacts.write('mlflow-artifacts:/%2e%2e/x', 'a', bytes('a'), 1);
    expect(fs.existsSync(path.join(path.dirname(file), 'mlartifacts', '%2e%2e', 'x', 'a'))).toBe(true);
    expect(fs.readdirSync(path.dirname(path.dirname(file)))).not.toContain('x');
  });
});
