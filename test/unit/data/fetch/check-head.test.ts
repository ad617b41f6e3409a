import zlib from 'node:zlib';
import { expect, test } from 'vitest';
import { checkHead, isArchive } from '../../../../src/lib/data/fetch/check-head.ts';
import { zipBytes } from '../../../helpers/zip-bytes.ts';

const page = '\uFEFF \n<!-- x --><!DOCTYPE html><html lang="en">';

test.for([
  ['a.zip', zipBytes([{ name: 'a', data: 'b' }])],
  ['empty.ZIP', zipBytes([])],
  ['a.csv.gz', zlib.gzipSync('a')],
  ['a.zst', zlib.zstdCompressSync('a')],
  ['a.parquet', Buffer.from('PAR1….')],
  ['a.csv', Buffer.from('<b>bold</b>,1\n')],
  ['a.csv', Buffer.from('"<html> is a tag",1\n')],
  ['page.html', Buffer.from(page)],
  ['a.xml', Buffer.from('<?xml version="1.0"?><a/>')],
  ['a', Buffer.from('anything')],
  ['empty.csv', Buffer.alloc(0)],
] as const)('%s may begin as it does', ([name, head]) => {
  expect(() => checkHead(name, head)).not.toThrow();
});

test.for([
  ['a.csv', Buffer.from(page), 'web page'],
  ['a.zip', Buffer.from(page), 'web page'],
  ['a', Buffer.from('<html>'), 'web page'],
  ['a.csv', Buffer.from('<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C">'), 'web page'],
  ['a.csv', Buffer.from('\n<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'), 'an XML document'],
  ['a.zip', zlib.gzipSync('a'), 'not a zip archive'],
  ['a.zip', Buffer.alloc(0), 'begins with nothing'],
  ['a.csv.gz', Buffer.from('text,label\n'), 'not a gzip file'],
  ['a.csv.zst', Buffer.from('text,label\n'), 'not a zstd file'],
  ['a.parquet', Buffer.from('PK\u0003\u0004'), 'not a Parquet file'],
] as const)('%s is refused when it begins otherwise', ([name, head, message]) => {
  expect(() => checkHead(name, head)).toThrow(message);
});

test('zip archives are unpacked, what is only compressed is not', () => {
  expect(['a.zip', 'A.ZIP', 'a.csv.gz', 'zip', 'a.zip.csv'].map(isArchive)).toEqual([true, true, false, false, false]);
});
