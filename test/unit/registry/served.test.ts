import { onTestFinished, test } from 'vitest';
import { startStoreServer } from '../../helpers/store-server.ts';
import { tellRegistryStory } from './registry-story.ts';

test('the registry of a server is worked with as that of a store', async () => {
  const server = await startStoreServer();
  onTestFinished(() => server.stop());
  await tellRegistryStory(server.url);
});
