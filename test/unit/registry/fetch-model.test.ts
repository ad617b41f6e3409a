import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fetchFiles, fetchModel } from '../../../src/lib/registry/fetch-model.ts';
import { findVersion } from '../../../src/lib/registry/find-version.ts';
import type { ArtifactPlace } from '../../../src/lib/registry/locate-files.ts';
import type { Artifacts } from '../../../src/lib/tracking/types.ts';
import { createWatch, failureOf, memoryArtifacts } from '../tracking/artifacts/scene.ts';
import { createRegistry } from './registry-scene.ts';

const registry = createRegistry();
const model = { MLmodel: 'model_uuid: 1', 'data/weights': new Uint8Array(50_000).fill(7), 'data/ü %.txt': 'x' };
const remote: ArtifactPlace = {
  artifactUri: 'mlflow-artifacts:/1/models/m-1/artifacts',
  path: '',
  title: 'reviews version 3',
  source: 'models:/m-1',
  version: null,
};

const fetch = (artifacts: Artifacts, place: Partial<ArtifactPlace> = {}, watch = createWatch()) =>
  fetchFiles({ artifacts }, { ...remote, ...place }, { ...watch.options, cacheDir: registry.at('cache') });
const entries = () => registry.tree('cache').filter(name => /^[0-9a-f]{32}$/.test(name));
const reads = ({ calls }: { calls: string[] }) => calls.filter(call => call !== 'read MLmodel 0');

describe('files of this machine', () => {
  test('are used where they are', async () => {
    registry.put('model here/MLmodel');
    const uri = `file://${registry.at('model%20here')}`;
    await registry.register('reviews', 1, uri);
    const version = await findVersion(registry.tracker, 'reviews', 'latest');
    const options = { ...createWatch().options, cacheDir: registry.at('cache') };
    expect(await fetchModel(registry.tracker, version, options)).toBe(registry.at('model here'));
    expect(registry.tree('cache')).toEqual([]);
  });

  test('that are gone: it says where they were, and what to do', async () => {
    await registry.register('reviews', 1, `file://${registry.at('gone')}`);
    const version = await findVersion(registry.tracker, 'reviews', 'latest');
    const options = { ...createWatch().options, cacheDir: registry.at('cache') };
    const { code, message, hint } = await failureOf(fetchModel(registry.tracker, version, options));
    expect([code, message]).toEqual([
      'NOT_FOUND',
      `the files of reviews version 1 are not there: file://${registry.at('gone')}`,
    ]);
    expect(hint).toContain('sentops store relocate');
  });

  test('that only the server can see are fetched from it', async () => {
    const place = await fetch(memoryArtifacts(model), { artifactUri: 'file:///far/away' });
    expect(fs.readFileSync(`${place}/MLmodel`, 'utf8')).toBe('model_uuid: 1');
    expect(await fetch(memoryArtifacts(model), { artifactUri: './mlruns/1' })).not.toBe(place);
  });
});

describe('files of a server', () => {
  test('are fetched once', async () => {
    const artifacts = memoryArtifacts(model);
    const place = await fetch(artifacts);
    expect(
      registry
        .tree('cache')
        .filter(name => name.includes('/'))
        .map(name => name.split('/').slice(1).join('/')),
    ).toEqual(['MLmodel', 'data', 'data/weights', 'data/ü %.txt'].sort());
    artifacts.calls.length = 0;
    expect(await fetch(artifacts)).toBe(place);
    expect(reads(artifacts)).toEqual([]);
  });

  test('of a folder below the root are fetched from there', async () => {
    const artifacts = memoryArtifacts({ 'model/MLmodel': 'x', 'model/a/b': 'y', other: 'z' });
    const place = await fetch(artifacts, { path: 'model' });
    expect(fs.readdirSync(place).sort()).toEqual(['MLmodel', 'a']);
    artifacts.calls.length = 0;
    await fetch(artifacts, { path: 'model' });
    expect(artifacts.calls).toEqual(['read model/MLmodel 0']);
  });

  test('may be one file', async () => {
    const artifacts = memoryArtifacts({ 'a/model.sentops': 'x', 'a/other': 'y' });
    const place = await fetch(artifacts, { path: 'a/model.sentops' });
    expect(fs.readdirSync(place)).toEqual(['model.sentops']);
    await fetch(artifacts, { path: 'a/model.sentops' });
    expect(artifacts.calls).toEqual(['read a/model.sentops 0']);
  });

  test('are fetched anew when a file, a size or MLmodel changed', async () => {
    const artifacts = memoryArtifacts(model);
    const places = [await fetch(artifacts)];
    artifacts.files.set('MLmodel', Buffer.from('model_uuid: 2'));
    places.push(await fetch(artifacts));
    artifacts.files.set('data/weights', new Uint8Array(10));
    places.push(await fetch(artifacts));
    artifacts.files.set('more', new Uint8Array(1));
    places.push(await fetch(artifacts));
    places.push(await fetch(artifacts, { artifactUri: 'mlflow-artifacts:/2' }));
    expect(new Set(places).size).toBe(5);
    expect(fs.readFileSync(`${places[1]}/MLmodel`, 'utf8')).toBe('model_uuid: 2');
  });

  test('that are gone: it says so, with the source', async () => {
    const { code, message } = await failureOf(fetch(memoryArtifacts({})));
    expect([code, message]).toEqual([
      'NOT_FOUND',
      'the files of reviews version 3 are not there: mlflow-artifacts:/1/models/m-1/artifacts (source models:/m-1)',
    ]);
    expect((await failureOf(fetch(memoryArtifacts(model), { path: 'dta' }))).hint).toBe('did you mean data?');
  });

  test('are mended in the cache where somebody harmed them', async () => {
    const artifacts = memoryArtifacts(model);
    const place = await fetch(artifacts);
    fs.truncateSync(`${place}/data/weights`, 100);
    expect(await fetch(artifacts)).toBe(place);
    expect(fs.statSync(`${place}/data/weights`).size).toBe(50_000);
    fs.rmSync(`${place}/MLmodel`);
    await fetch(artifacts);
    expect(fs.existsSync(`${place}/MLmodel`)).toBe(true);
  });
});

describe('a fetch', () => {
  test('that was interrupted leaves no entry, and is gone on with', async () => {
    const artifacts = memoryArtifacts({ MLmodel: 'x', data: new Uint8Array(200_000).fill(3) });
    const watch = createWatch();
    artifacts.onChunk = (path, sent) => {
      if (path === 'data' && sent >= 150_000) watch.abort();
    };
    expect((await failureOf(fetch(artifacts, {}, watch))).code).toBe('INTERRUPTED');
    expect(entries()).toEqual([]);
    artifacts.onChunk = () => {};
    artifacts.calls.length = 0;
    await fetch(artifacts);
    expect(reads(artifacts)).toEqual([`read data ${150_000 - 65_536}`]);
    expect(registry.tree('cache/partial')).toEqual([]);
  });

  test('by two at once happens once', async () => {
    const artifacts = memoryArtifacts(model);
    const [one, other] = await Promise.all([fetch(artifacts), fetch(artifacts)]);
    expect(one).toBe(other);
    expect(reads(artifacts).sort()).toEqual(['read data/weights 0', 'read data/ü %.txt 0']);
  });

  test('that waits for another one can be given up', async () => {
    const artifacts = memoryArtifacts(model);
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    artifacts.onChunk = path => {
      if (path !== 'data/weights') return;
      begun.resolve();
      return gate.promise;
    };
    const first = fetch(artifacts);
    await begun.promise;
    const watch = createWatch();
    const report = watch.options.report;
    watch.options.report = event => {
      report(event);
      if (event.type === 'note') watch.abort();
    };
    expect((await failureOf(fetch(artifacts, {}, watch))).code).toBe('INTERRUPTED');
    expect(watch.events).toContainEqual(expect.objectContaining({ message: expect.stringContaining('waiting') }));
    gate.resolve();
    await first;
  });

  test('into a cache that cannot be written says so', async () => {
    registry.put('cache', 'a file');
    const failure = await failureOf(fetch(memoryArtifacts(model)));
    expect([failure.code, failure.hint]).toEqual(['NOT_WRITABLE', expect.stringContaining('SENTOPS_CACHE_DIR')]);
  });
});
