import { expect, test } from 'vitest';
import { datasetKey, withoutCredentials } from '../../../../src/lib/data/fetch/dataset-key.ts';

test.for([
  ['kazanova/sentiment140', 'kazanova/sentiment140'],
  ['https://host/a.csv?part=2', 'https://host/a.csv?part=2'],
  ['https://me:secret@host/a.csv', 'https://host/a.csv'],
  ['https://host/a.csv?token=secret&part=2', 'https://host/a.csv?part=2'],
  ['https://host/a?X-Goog-Signature=secret&X-Goog-Date=1&v=3', 'https://host/a?v=3'],
  ['https://host/a?X-Amz-Credential=secret', 'https://host/a'],
  ['https://host/a?sv=1&sig=secret', 'https://host/a?sv=1'],
  ['https://host/a?private_token=secret&design=2', 'https://host/a?design=2'],
  ['gs://bucket/key=1/token', 'gs://bucket/key=1/token'],
])('%s is written down as %s', ([ref, written]) => {
  expect(withoutCredentials(ref as string)).toBe(written);
  expect(datasetKey('http', ref as string)).toBe(`http:${written}`);
});
