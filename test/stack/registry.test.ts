import { describe, onTestFinished, test } from 'vitest';
import { type MlflowVersion, mlflowEnvironment, startMlflowServer } from '../helpers/mlflow-server.ts';
import { missingFor } from '../helpers/python.ts';
import { tellRegistryStory } from '../unit/registry/registry-story.ts';

describe.each<MlflowVersion>(['3.17.2', '3.4.0'])('a real MLflow server of %s', version => {
  test.skipIf(missingFor(mlflowEnvironment(version)))(
    'keeps one champion, the evidence and the history',
    async () => {
      const server = await startMlflowServer({ version });
      onTestFinished(() => server.stop());
      await tellRegistryStory(server.uri);
    },
    900_000,
  );
});
