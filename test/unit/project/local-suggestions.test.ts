import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { localSuggestions } from '../../../src/lib/project/local-suggestions.ts';
import { makeFolder } from './fixtures.ts';

let home: string;
beforeEach(() => {
  home = makeFolder();
});
afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

function configure(name: string, text: string, root = path.join(home, '.config', 'gcloud')): void {
  fs.mkdirSync(path.join(root, 'configurations'), { recursive: true });
  fs.writeFileSync(path.join(root, 'configurations', `config_${name}`), text);
}

const DEFAULT =
  '[core]\naccount = me@example.org\nproject = from-default\n\n[compute]\nregion = europe-west1\nzone = europe-west1-b\n';

describe('localSuggestions', () => {
  test('reads the active gcloud configuration', async () => {
    configure('default', DEFAULT);
    const provider = localSuggestions({ env: {}, home });
    expect(await provider.suggest('gcpProject', {})).toEqual(['from-default']);
    expect(await provider.suggest('region', {})).toEqual(['europe-west1']);
    expect(await provider.suggest('zone', {})).toEqual(['europe-west1-b']);
    expect(await provider.suggest('name', {})).toEqual([]);
  });

  test('puts the active configuration before the others', async () => {
    configure('default', DEFAULT);
    configure('work', '[core]\r\nproject=from-work\r\n[dataproc]\r\nregion = us-east1\r\n');
    fs.writeFileSync(path.join(home, '.config', 'gcloud', 'active_config'), 'work\n');
    const provider = localSuggestions({ env: {}, home });
    expect(await provider.suggest('gcpProject', {})).toEqual(['from-work', 'from-default']);
    expect(await provider.suggest('region', {})).toEqual(['us-east1', 'europe-west1']);
    const chosen = localSuggestions({ env: { CLOUDSDK_ACTIVE_CONFIG_NAME: 'default' }, home });
    expect((await chosen.suggest('gcpProject', {}))[0]).toBe('from-default');
  });

  test('the environment comes first, and nothing comes twice', async () => {
    configure('default', DEFAULT);
    const env = { GOOGLE_CLOUD_PROJECT: 'from-env', CLOUDSDK_CORE_PROJECT: 'from-default', GCP_REGION: '' };
    const provider = localSuggestions({ env, home });
    expect(await provider.suggest('gcpProject', {})).toEqual(['from-env', 'from-default']);
    expect(await provider.suggest('region', {})).toEqual(['europe-west1']);
  });

  test('knows the folder that gcloud was told to use', async () => {
    const root = path.join(home, 'elsewhere');
    configure('default', DEFAULT, root);
    expect(
      await localSuggestions({ env: { CLOUDSDK_CONFIG: root }, home: undefined }).suggest('gcpProject', {}),
    ).toEqual(['from-default']);
  });

  test('suggests nothing without a HOME, without gcloud, and where its files are damaged', async () => {
    expect(await localSuggestions({ env: {}, home: undefined }).suggest('gcpProject', {})).toEqual([]);
    expect(await localSuggestions({ env: {}, home }).suggest('gcpProject', {})).toEqual([]);
    configure('default', '\0\0[core\nproject\n= x\n');
    fs.mkdirSync(path.join(home, '.config', 'gcloud', 'active_config'));
    fs.mkdirSync(path.join(home, '.config', 'gcloud', 'configurations', 'config_folder'));
    expect(await localSuggestions({ env: {}, home }).suggest('gcpProject', {})).toEqual([]);
  });
});
