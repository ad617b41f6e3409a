import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { localFolder } from '../../../../src/lib/tracking/artifacts/local-folder.ts';
import { exportStore } from '../../../../src/lib/tracking/maintain/transfer/export-store.ts';
import { importStore } from '../../../../src/lib/tracking/maintain/transfer/import-store.ts';
import { dump, filesIn, inStore, type Place, placeIn, tempDir, trainOnce } from './maintenance.ts';

const ALL = { artifacts: true, force: false, dryRun: false };

async function twoPlaces(): Promise<{ from: Place; to: Place }> {
  const dir = tempDir();
  return { from: await placeIn(path.join(dir, 'a')), to: await placeIn(path.join(dir, 'b')) };
}

/** What is left of a store when the places of files and the moments of the import are taken out. */
async function contentOf(place: Place): Promise<string> {
  const text = await dump(place);
  const lines = text
    .replaceAll(place.dir, 'DIR')
    .replace(/"(dataset_uuid|input_uuid)":"[0-9a-f]{32}"/g, '"$1":"ID"')
    .replace(/"DATASET","source_id":"[0-9a-f]{32}"/g, '"DATASET"')
    .replace(/^\{"experiment_id":0,.*$/m, 'the experiment that every store has');
  return lines.split('\n').sort().join('\n');
}

describe('a store taken to another one', () => {
  test.each(['store.jsonl', 'store.jsonl.gz', 'store.jsonl.zst'])('arrives whole, ids included: %s', async name => {
    const { from, to } = await twoPlaces();
    const { runId, modelId, version } = await trainOnce(from);
    const output = path.join(from.dir, name);
    const exported = await exportStore({ ...from, ...ALL, output });
    expect(exported).toMatchObject({
      experiments: 2,
      runs: 1,
      metricValues: 5,
      loggedModels: 1,
      models: 1,
      versions: 1,
      files: 2,
      written: true,
    });

    const imported = await importStore({ ...to, input: output, dryRun: false });
    expect(imported.made).toEqual({ ...imported.found, experiments: 1 });
    expect(imported.renamed).toEqual([]);
    await inStore(to, async ({ tracker }) => {
      const run = await tracker.runs.get(runId);
      expect(run).toMatchObject({
        name: 'lr',
        status: 'FINISHED',
        userId: 'ada',
        endTime: 1_700_000_003_000,
        params: { maxIter: '20' },
      });
      expect(run?.inputs).toMatchObject([{ name: 'train.csv', tags: { 'mlflow.data.context': 'training' } }]);
      expect(run?.outputs).toEqual([{ modelId, step: 3 }]);
      const { items } = await tracker.runs.history(runId, 'accuracy', { limit: 10 });
      expect(items.map(({ value }) => value)).toEqual([0.5, 0.7, Number.NaN, 0.9]);
      const model = await tracker.loggedModels.get(modelId);
      expect(model).toMatchObject({
        status: 'READY',
        params: { depth: '5' },
        metrics: [{ key: 'f1', value: 0.8, runId }],
      });
      const found = await tracker.models.find('sentiment', { alias: 'champion' });
      expect(found).toMatchObject({ version, stage: 'Production', runId, artifactUri: model?.artifactUri });
      expect(localFolder(found?.artifactUri ?? '').startsWith(to.dir)).toBe(true);
      expect(fs.readFileSync(path.join(localFolder(model?.artifactUri ?? ''), 'MLmodel'), 'utf8')).toBe('flavors: {}');
    });
    expect(await contentOf(to)).toBe(await contentOf(from));
  });

  test('a second import adds nothing, and neither does one into the store that it came from', async () => {
    const { from, to } = await twoPlaces();
    await trainOnce(from);
    const output = path.join(from.dir, 'store.jsonl');
    await exportStore({ ...from, ...ALL, output });
    await importStore({ ...to, input: output, dryRun: false });
    for (const place of [to, from]) {
      const before = [await dump(place), filesIn(place.dir)];
      const { made } = await importStore({ ...place, input: output, dryRun: false });
      expect(Object.values(made).every(count => count === 0)).toBe(true);
      expect([await dump(place), filesIn(place.dir)]).toEqual(before);
    }
  });

  test('an import that was broken off anywhere is completed by the next one', async () => {
    const { from, to } = await twoPlaces();
    await trainOnce(from);
    const output = path.join(from.dir, 'store.jsonl');
    await exportStore({ ...from, ...ALL, output });
    await importStore({ ...to, input: output, dryRun: false });
    const whole = await contentOf(to);
    const lines = fs.readFileSync(output, 'utf8').trimEnd().split('\n');
    for (let kept = 2; kept < lines.length - 1; kept += 1) {
      const place = await placeIn(path.join(tempDir(), 'c'));
      const part = [...lines.slice(0, kept), JSON.stringify({ type: 'end', records: kept })];
      // A file whose bytes are missing is what a killed import never wrote.
      const isCutFile = JSON.parse(lines[kept - 1] ?? '').type === 'file';
      const broken = path.join(place.dir, 'part.jsonl');
      fs.writeFileSync(broken, `${part.join('\n')}\n`);
      const first = importStore({ ...place, input: broken, dryRun: false });
      if (isCutFile) await expect(first).rejects.toMatchObject({ code: 'DATA_INVALID' });
      else await first;
      await importStore({ ...place, input: output, dryRun: false });
      expect(await contentOf(place)).toBe(whole);
      expect(filesIn(path.join(place.dir, '.sentops/mlflow/artifacts'))).toEqual(
        filesIn(path.join(to.dir, '.sentops/mlflow/artifacts')),
      );
    }
  }, 60_000);

  test('numbers that others have are replaced, and the next import knows them again', async () => {
    const { from, to } = await twoPlaces();
    await trainOnce(to, 'other');
    const { runId } = await trainOnce(from);
    const output = path.join(from.dir, 'store.jsonl');
    await exportStore({ ...from, ...ALL, output });
    const { renamed } = await importStore({ ...to, input: output, dryRun: false });
    expect(renamed).toEqual([
      { kind: 'experiment', from: '1', to: '2' },
      { kind: 'version', from: 'sentiment 1', to: 'sentiment 2' },
    ]);
    const before = await dump(to);
    await importStore({ ...to, input: output, dryRun: false });
    expect(await dump(to)).toBe(before);
    await inStore(to, async ({ tracker }) => {
      expect(await tracker.runs.get(runId)).toMatchObject({ experimentId: '2' });
      // An alias is what is served: an import does not move it.
      expect(await tracker.models.find('sentiment', { alias: 'champion' })).toMatchObject({ version: 1 });
    });
  });

  test('an id of 18 digits, as MLflow gives to what it makes of a folder of files, is kept to the last one', async () => {
    const { from, to } = await twoPlaces();
    const { runId } = await trainOnce(from);
    const id = '987654321098765431';
    await inStore(from, ({ store }) =>
      store.write(() => {
        store.run('PRAGMA defer_foreign_keys = ON');
        for (const table of ['experiments', 'experiment_tags', 'runs', 'datasets', 'logged_models'])
          store.run(`UPDATE ${table} SET experiment_id = ${id} WHERE experiment_id = 1`);
        for (const table of ['logged_model_metrics', 'logged_model_params', 'logged_model_tags'])
          store.run(`UPDATE ${table} SET experiment_id = ${id}`);
      }),
    );
    await exportStore({ ...from, ...ALL, output: 'store.jsonl' });
    const { renamed } = await importStore({ ...to, input: path.join(from.dir, 'store.jsonl'), dryRun: false });
    expect(renamed).toEqual([]);
    await inStore(to, async ({ tracker }) => {
      expect(await tracker.experiments.find('reviews')).toMatchObject({ experimentId: id });
      expect(await tracker.runs.get(runId)).toMatchObject({ experimentId: id });
    });
  });

  test('of chosen experiments only what came from them', async () => {
    const { from, to } = await twoPlaces();
    await trainOnce(from, 'wanted');
    await trainOnce(from, 'other');
    const output = path.join(from.dir, 'store.jsonl');
    const exported = await exportStore({ ...from, ...ALL, output, experiments: ['wanted', 'wanted'] });
    expect(exported).toMatchObject({ experiments: 1, runs: 1, loggedModels: 1, models: 1, versions: 1, files: 2 });
    await importStore({ ...to, input: output, dryRun: false });
    await inStore(to, async ({ tracker }) => {
      expect(await tracker.experiments.find('other')).toBeNull();
      expect(await tracker.models.find('sentiment', { version: 1 })).not.toBeNull();
      expect(await tracker.models.find('sentiment', { version: 2 })).toBeNull();
    });
    await expect(exportStore({ ...from, ...ALL, output: 'x.jsonl', experiments: ['wantd'] })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test('without its artifacts it keeps their places', async () => {
    const { from, to } = await twoPlaces();
    const { runId, artifactUri } = await trainOnce(from);
    const output = path.join(from.dir, 'store.jsonl');
    await exportStore({ ...from, ...ALL, artifacts: false, output });
    await importStore({ ...to, input: output, dryRun: false });
    await inStore(to, async ({ tracker }) => expect((await tracker.runs.get(runId))?.artifactUri).toBe(artifactUri));
  });

  test('a version among the files of a run is found where those are now', async () => {
    const { from, to } = await twoPlaces();
    const { runId, artifactUri } = await trainOnce(from);
    const source = `${artifactUri}/report`;
    await inStore(from, ({ tracker }) => tracker.models.createVersion({ name: 'sentiment', source, runId, key: 'k' }));
    await exportStore({ ...from, ...ALL, output: 'store.jsonl' });
    await importStore({ ...to, input: path.join(from.dir, 'store.jsonl'), dryRun: false });
    await inStore(to, async ({ tracker }) => {
      const root = (await tracker.runs.get(runId))?.artifactUri;
      expect(root).not.toBe(artifactUri);
      const place = `${root}/report`;
      expect(await tracker.models.find('sentiment', { version: 2 })).toMatchObject({
        source: place,
        artifactUri: place,
      });
    });
  });

  test('a deleted run stays deleted', async () => {
    const { from, to } = await twoPlaces();
    const { runId } = await trainOnce(from);
    await inStore(from, ({ tracker }) => tracker.runs.delete(runId));
    await exportStore({ ...from, ...ALL, output: 'store.jsonl' });
    await importStore({ ...to, input: path.join(from.dir, 'store.jsonl'), dryRun: false });
    await inStore(to, async ({ tracker }) => expect((await tracker.runs.get(runId))?.lifecycle).toBe('deleted'));
  });

  test('a large file goes through in pieces', async () => {
    const { from, to } = await twoPlaces();
    const { runId, artifactUri } = await trainOnce(from);
    const large = Buffer.alloc(3_000_001, 'abcdefg');
    fs.writeFileSync(path.join(localFolder(artifactUri), 'large.bin'), large);
    fs.writeFileSync(path.join(localFolder(artifactUri), 'empty.txt'), '');
    await exportStore({ ...from, ...ALL, output: 'store.jsonl.zst' });
    await importStore({ ...to, input: path.join(from.dir, 'store.jsonl.zst'), dryRun: false });
    const root = await inStore(to, async ({ tracker }) => (await tracker.runs.get(runId))?.artifactUri ?? '');
    expect(fs.readFileSync(path.join(localFolder(root), 'large.bin')).equals(large)).toBe(true);
    expect(fs.readFileSync(path.join(localFolder(root), 'empty.txt'), 'utf8')).toBe('');
  });
});

describe('what is refused', () => {
  test('a damaged file changes nothing, and the line is told', async () => {
    const { from, to } = await twoPlaces();
    await trainOnce(from);
    const output = path.join(from.dir, 'store.jsonl');
    await exportStore({ ...from, ...ALL, output });
    const text = fs.readFileSync(output, 'utf8');
    const lines = text.trimEnd().split('\n');
    const packed = zlib.gzipSync(text);
    const flipped = Buffer.from(packed);
    flipped[Math.floor(packed.length / 2)] = (flipped[Math.floor(packed.length / 2)] ?? 0) ^ 0x10;
    const damaged: (readonly [string | Buffer, number | undefined])[] = [
      ['', 1],
      ['hello\n', 1],
      [lines.slice(1).join('\n'), 1],
      [text.replace('"format":1', '"format":2'), undefined],
      [lines.slice(0, -1).join('\n'), lines.length],
      [text.slice(0, text.length / 2), undefined],
      [[...lines.slice(0, 3), ...lines.slice(4)].join('\n'), lines.length - 1],
      [[...lines, lines[1]].join('\n'), lines.length + 1],
      [text.replace('"status":"FINISHED"', '"status":7'), 4],
      [text.replace('["accuracy",0.5,', '["accuracy",null,'), 6],
      [packed.subarray(0, packed.length - 20), undefined],
      [flipped, undefined],
    ];
    for (const [content, line] of damaged) {
      const input = path.join(to.dir, 'damaged.jsonl');
      fs.writeFileSync(input, content);
      const failure = await importStore({ ...to, input, dryRun: false }).catch(error => error);
      expect(failure).toMatchObject({ code: 'DATA_INVALID' });
      if (line !== undefined) expect(failure.details).toEqual({ file: input, line });
      expect(fs.existsSync(to.file)).toBe(false);
    }
  });

  test('a path that leads out of the artifacts', async () => {
    const { from, to } = await twoPlaces();
    await trainOnce(from);
    await exportStore({ ...from, ...ALL, output: 'store.jsonl' });
    const input = path.join(from.dir, 'store.jsonl');
    fs.writeFileSync(
      input,
      fs.readFileSync(input, 'utf8').replace('"path":"report/metrics.json"', '"path":"../../../out.json"'),
    );
    await expect(importStore({ ...to, input, dryRun: false })).rejects.toMatchObject({ code: 'FLAG_INVALID' });
    expect(filesIn(to.dir).filter(name => name.endsWith('out.json'))).toEqual([]);
  });

  test('ids that lead out of the artifacts, files that nobody announced, words that cannot be', async () => {
    const { from, to } = await twoPlaces();
    const { runId, modelId, artifactUri } = await trainOnce(from);
    const output = path.join(from.dir, 'store.jsonl');
    await exportStore({ ...from, ...ALL, output });
    const text = fs.readFileSync(output, 'utf8');
    const [first = '', ...others] = text.split('\n');
    const hostile = [
      text.replaceAll(`"${runId}"`, '"../../../../out"'),
      text.replaceAll(`"${modelId}"`, '"../../../../out"'),
      text.replace('"artifacts":true', '"artifacts":false').replaceAll(artifactUri, `file://${to.dir}/out`),
      [first, first.replace('"artifacts":true', '"artifacts":false'), ...others].join('\n'),
      text.replace('"lifecycle":"active"', '"lifecycle":"gone"'),
      text.replace('"status":"FINISHED"', '"status":"DONE"'),
      text.replace('"stage":"Production"', '"stage":"Live"'),
      text.replace('"aliases":["champion"]', '"aliases":{"champion":1}'),
      text.replace('"version":1,', '"version":1.5,'),
    ];
    for (const content of hostile) {
      expect(content).not.toBe(text);
      const input = path.join(to.dir, 'hostile.jsonl');
      fs.writeFileSync(input, content);
      await expect(importStore({ ...to, input, dryRun: false })).rejects.toMatchObject({ code: 'DATA_INVALID' });
      expect(filesIn(to.dir)).toEqual(['hostile.jsonl', 'sentops.yaml']);
    }
  });

  test('files of a run that an import without files recorded anywhere on this machine', async () => {
    const { from, to } = await twoPlaces();
    const { artifactUri } = await trainOnce(from);
    const input = path.join(from.dir, 'store.jsonl');
    await exportStore({ ...from, ...ALL, artifacts: false, output: input });
    const elsewhere = path.join(to.dir, 'home/.ssh');
    fs.writeFileSync(input, fs.readFileSync(input, 'utf8').replaceAll(artifactUri, `file://${elsewhere}`));
    await importStore({ ...to, input, dryRun: false });
    await exportStore({ ...from, ...ALL, force: true, output: input });
    await expect(importStore({ ...to, input, dryRun: false })).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { root: `file://${elsewhere}` },
    });
    expect(fs.existsSync(elsewhere)).toBe(false);
  });

  test('what belongs to an experiment that the file does not have', async () => {
    const { from, to } = await twoPlaces();
    await trainOnce(from);
    await exportStore({ ...from, ...ALL, artifacts: false, output: 'store.jsonl' });
    const input = path.join(from.dir, 'store.jsonl');
    const text = fs.readFileSync(input, 'utf8');
    fs.writeFileSync(input, text.replace(/("type":"run".*"experimentId":)"1"/, '$1"0815"'));
    await expect(importStore({ ...to, input, dryRun: false })).rejects.toMatchObject({
      code: 'DATA_INVALID',
      details: { experimentId: '0815' },
    });
  });

  test('a file that is there, a strange name, a file that is not there', async () => {
    const place = await placeIn(tempDir());
    await trainOnce(place);
    await exportStore({ ...place, ...ALL, output: 'a.jsonl' });
    await expect(exportStore({ ...place, ...ALL, output: 'a.jsonl' })).rejects.toMatchObject({ code: 'CONFLICT' });
    await exportStore({ ...place, ...ALL, force: true, output: 'a.jsonl' });
    for (const output of ['a.csv', 'a.txt', 'jsonl'])
      await expect(exportStore({ ...place, ...ALL, output })).rejects.toMatchObject({
        code: 'FLAG_INVALID',
        hint: expect.stringContaining('.jsonl.zst'),
      });
    await expect(importStore({ ...place, input: 'none.jsonl', dryRun: false })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test('a dry run writes nothing and counts all the same', async () => {
    const { from, to } = await twoPlaces();
    await trainOnce(from);
    const output = path.join(from.dir, 'store.jsonl');
    expect(await exportStore({ ...from, ...ALL, dryRun: true, output })).toMatchObject({
      runs: 1,
      files: 2,
      written: false,
    });
    expect(fs.existsSync(output)).toBe(false);
    await exportStore({ ...from, ...ALL, output });
    expect(await importStore({ ...to, input: output, dryRun: true })).toMatchObject({
      found: { runs: 1 },
      made: { runs: 0 },
      written: false,
    });
    expect(fs.existsSync(to.file)).toBe(false);
  });
});
