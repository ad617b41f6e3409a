import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadProject } from '../../../../src/lib/config/load.ts';
import { chooseDataset } from '../../../../src/lib/data/fetch/choose-dataset.ts';
import { inferSource, shortNameOf } from '../../../../src/lib/data/fetch/infer-source.ts';
import { Desk, failureOf } from './desk.ts';

const FILE = 'training.1600000.processed.noemoticon.csv';

describe('which dataset is meant', () => {
  test('without a word it is the one of the reference pipeline, with its defaults', async () => {
    const desk = new Desk();
    const chosen = chooseDataset(await desk.call(undefined));
    expect(chosen).toMatchObject({
      source: 'kaggle',
      ref: 'kazanova/sentiment140',
      key: 'kaggle:kazanova/sentiment140',
      version: null,
      only: null,
      rowsFile: FILE,
      outputDir: desk.at('data_raw/sentiment140'),
      lockFile: desk.at('sentops.lock.yaml'),
      objects: desk.at('.sentops/buckets/raw/data_raw/sentiment140'),
      trainInput: desk.at(`.sentops/buckets/raw/data_raw/sentiment140/${FILE}`),
    });
    expect(chosen.preset?.name).toBe('sentiment140');
  });

  test('the arguments of the reference script mean what they meant there', async () => {
    const desk = new Desk();
    const flags = {
      'dataset.ref': 'kazanova/sentiment140',
      'dataset.gcsBucket': 'sentiment-bucket-raw',
      'dataset.outputDir': 'data_raw/sentiment140',
      'dataset.gcsPrefix': 'data_raw/sentiment140',
      'dataset.unzip': true,
    };
    const chosen = chooseDataset(await desk.call(undefined, flags));
    expect(chosen.objects).toBe('gs://sentiment-bucket-raw/data_raw/sentiment140');
    expect(chosen.only).toBe(null);
    expect(chosen.rowsFile).toBe(FILE);
    expect(chosen.trainInput, 'training has to be told').toBe(null);
  });

  test.for([
    ['imdb', 'lakshmi25npathi/imdb-dataset-of-50k-movie-reviews', 'IMDB Dataset.csv'],
    ['kindle', 'meetnagadia/amazon-kindle-book-review-for-sentiment-analysis', 'all_kindle_review .csv'],
  ] as const)('the preset %s has its own place, whatever the project is about', async ([name, ref, rows]) => {
    const desk = new Desk('dataset: { outputDir: mine, gcsPrefix: mine, file: mine.csv, version: "7" }\n');
    for (const chosen of [
      chooseDataset(await desk.call(name)),
      chooseDataset(await desk.call(undefined, { 'dataset.ref': name })),
      chooseDataset(await desk.call(ref)),
    ])
      expect(chosen).toMatchObject({
        source: 'kaggle',
        ref,
        rowsFile: rows,
        version: null,
        outputDir: desk.at('data_raw', name),
        objects: desk.at('.sentops/buckets/raw/data_raw', name),
        trainInput: null,
      });
  });

  test('what the project says of its own dataset holds, also when that is named', async () => {
    const desk = new Desk(
      'dataset: { ref: us/reviews, outputDir: mine, gcsPrefix: ours, file: a.csv, version: "7" }\n',
    );
    for (const named of [undefined, 'us/reviews'])
      expect(chooseDataset(await desk.call(named))).toMatchObject({
        ref: 'us/reviews',
        version: '7',
        rowsFile: 'a.csv',
        outputDir: desk.at('mine'),
        trainInput: desk.at('.sentops/buckets/raw/ours/a.csv'),
      });
  });

  test('a reference with a variable in it is known by what it became', async () => {
    const yaml = 'variables: { team: { default: us } }\ndataset: { ref: "${var.team}/reviews", outputDir: mine }\n';
    const desk = new Desk(yaml);
    expect(chooseDataset(await desk.call(undefined)).outputDir).toBe(desk.at('mine'));
    expect(chooseDataset(await desk.call('us/reviews')).outputDir).toBe(desk.at('mine'));
    expect(chooseDataset(await desk.call('us/other')).outputDir).toBe(desk.at('data_raw/other'));
  });

  test('two names for it are one too many', async () => {
    const desk = new Desk();
    const call = desk.call('imdb', { 'dataset.ref': 'kindle' });
    expect((await failureOf(call.then(chooseDataset))).code).toBe('FLAG_INVALID');
  });
});

describe('where things are', () => {
  test('a path of a flag lies below the working folder, everything else below the project', async () => {
    const desk = new Desk('dataset: { source: local, ref: data/a.csv, outputDir: out }\n');
    const cwd = desk.at('below');
    fs.mkdirSync(cwd);
    const own = chooseDataset(await desk.call(undefined, {}, { cwd }));
    expect(own).toMatchObject({ ref: desk.at('data/a.csv'), shownRef: 'data/a.csv', outputDir: desk.at('out') });
    const flags = { 'dataset.outputDir': 'here', 'dataset.gcsBucket': './there' };
    const named = chooseDataset(await desk.call('b.csv', { ...flags, 'dataset.source': 'local' }, { cwd }));
    expect(named).toMatchObject({
      ref: path.join(cwd, 'b.csv'),
      shownRef: 'below/b.csv',
      key: 'local:below/b.csv',
      outputDir: path.join(cwd, 'here'),
      objects: path.join(cwd, 'there/data_raw/b'),
    });
  });

  test.for([
    ['sentiment-bucket-raw', 'gs://sentiment-bucket-raw/p'],
    ['gs://sentiment-bucket-raw', 'gs://sentiment-bucket-raw/p'],
    ['gs://bucket/deep/', 'gs://bucket/deep/p'],
    ['file:///data', 'file:///data/p'],
  ])('--gcs-bucket %s is %s', async ([bucket, objects]) => {
    const desk = new Desk();
    const flags = { 'dataset.gcsBucket': bucket as string, 'dataset.gcsPrefix': '/p/' };
    expect(chooseDataset(await desk.call(undefined, flags)).objects).toBe(objects);
  });

  test('without a prefix the objects lie in the bucket itself', async () => {
    const flags = { 'dataset.gcsBucket': 'gs://bucket', 'dataset.gcsPrefix': '' };
    expect(chooseDataset(await new Desk().call(undefined, flags)).objects).toBe('gs://bucket');
  });

  test('--file is one file of the dataset; dataset.file is only where the rows are', async () => {
    const desk = new Desk('dataset: { ref: us/reviews, file: a.csv }\n');
    expect(chooseDataset(await desk.call(undefined))).toMatchObject({ only: null, rowsFile: 'a.csv' });
    const flag = chooseDataset(await desk.call(undefined, { 'dataset.file': 'b.csv' }));
    expect(flag).toMatchObject({ only: 'b.csv', rowsFile: 'b.csv', trainInput: null });
    const set = await loadProject({ cwd: desk.dir, env: {}, home: desk.dir, set: ['dataset.file=c.csv'] });
    const call = { ...(await desk.call(undefined)), project: set };
    expect(chooseDataset(call)).toMatchObject({ only: null, rowsFile: 'c.csv', trainInput: null });
  });

  test('a cloud project uploads where it trains', async () => {
    const desk = new Desk('buckets: { raw: gs://raw }\ndataset: { gcsPrefix: tweets, file: a.csv }\n');
    const chosen = chooseDataset(await desk.call(undefined));
    expect(`${chosen.objects}/${chosen.rowsFile}`).toBe(chosen.trainInput);
  });
});

describe('the source that a reference is for', () => {
  test.for([
    ['owner/name', 'kaggle'],
    ['https://www.kaggle.com/datasets/owner/name', 'kaggle'],
    ['https://host/a.csv', 'http'],
    ['HTTP://host/a.csv', 'http'],
    ['https://huggingface.co/datasets/stanfordnlp/imdb', 'hf'],
    ['https://huggingface.co/datasets/stanfordnlp/imdb/tree/main', 'hf'],
    ['https://huggingface.co/datasets/stanfordnlp/imdb/resolve/main/a.csv', 'http'],
    ['gs://bucket/a', 'gcs'],
    ['file:///a', 'local'],
    ['./a', 'local'],
    ['../a', 'local'],
    ['/a/b', 'local'],
    ['here.csv', 'local'],
    ['data/here.csv', 'local'],
    ['data/elsewhere.csv', 'kaggle'],
  ])('%s is of %s', ([ref, source]) => {
    const desk = new Desk();
    desk.write('here.csv', '');
    desk.write('data/here.csv', '');
    expect(inferSource(ref as string, desk.dir)).toBe(source);
  });

  test.each([
    ['imbd', 'did you mean imdb?'],
    ['nothing', 'known by name are sentiment140, imdb, kindle;'],
    ['folder/', 'or ./path'],
    ['ftp://host/a.csv', 'an address'],
  ])('%s is no name of a dataset', async (written, hint) => {
    const call = await new Desk().call(written);
    expect(() => chooseDataset(call)).toThrow(
      expect.objectContaining({
        code: 'FLAG_INVALID',
        message: `no dataset is known as "${written}"`,
        hint: expect.stringContaining(hint),
      }),
    );
  });

  test('a page of Kaggle is its dataset', async () => {
    const chosen = chooseDataset(await new Desk().call('https://www.kaggle.com/datasets/kazanova/sentiment140?x=1'));
    expect([chosen.source, chosen.ref, chosen.preset?.name]).toEqual([
      'kaggle',
      'kazanova/sentiment140',
      'sentiment140',
    ]);
  });

  test.for([
    'https://www.kaggle.com/datasets/kazanova/sentiment140/versions/2',
    'https://www.kaggle.com/datasets/kazanova/sentiment140?datasetVersionNumber=2',
    'kazanova/sentiment140/versions/2',
    'kazanova/sentiment140/2',
  ])('a version in %s is asked for', async named => {
    const chosen = chooseDataset(await new Desk().call(named));
    expect([chosen.ref, chosen.version, chosen.preset?.name]).toEqual(['kazanova/sentiment140', '2', 'sentiment140']);
    expect(chosen.outputDir).toMatch(/data_raw.sentiment140$/);
    const call = new Desk().call(named, { 'dataset.version': '3' });
    expect((await failureOf(call.then(chooseDataset))).code).toBe('FLAG_INVALID');
  });

  test('a credential in a reference is in no message', async () => {
    const call = new Desk().call('https://me:hunter22@host/a.csv', { 'dataset.ref': 'https://host/b?token=hunter22' });
    expect((await failureOf(call.then(chooseDataset))).message).not.toContain('hunter22');
  });

  test.for([
    ['owner/name', 'name'],
    ['https://host/data/reviews.csv.gz?x=1#y', 'reviews'],
    ['gs://bucket/folder/', 'folder'],
    ['gs://bucket', 'bucket'],
    ['a b%.zip', 'a-b'],
    ['..', 'dataset'],
    ['größe.parquet', 'größe'],
  ])('%s is called %s', ([ref, name]) => {
    expect(shortNameOf(ref as string)).toBe(name);
  });
});
