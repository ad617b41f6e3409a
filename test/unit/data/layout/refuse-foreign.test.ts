import { describe, expect, test } from 'vitest';
import { refuseBinary, refuseForeign } from '../../../../src/lib/data/layout/refuse-foreign.ts';
import { failure, open, readAll } from '../tables.ts';

const head = (data: string | Uint8Array) => ({ name: 'x.csv', bytes: Buffer.from(data), isWhole: true });
const latin = (text: string) => Buffer.from(text, 'latin1');

describe('files that are no tables', () => {
  test.each<[what: string, data: Uint8Array, hint: RegExp]>([
    ['a zip archive', latin('PK\x03\x04\x14\0'), /unpack it, or save the sheet as CSV/],
    ['compressed with bzip2', latin('BZh91AY&SY\x8a\x12'), /bunzip2/],
    ['compressed with bzip2', latin('BZh9\x17rE8P\x90\0\0'), /bunzip2/],
    ['compressed with xz', latin('\xfd7zXZ\0\0'), /unxz/],
    ['a 7z archive', latin('7z\xbc\xaf\x27\x1c'), /unpack it/],
    ['an ORC file', latin('ORC\x0a\x06\x12\x04\x08\x00'), /as Parquet, CSV or JSON lines/],
    ['an Avro file', latin('Obj\x01\x04'), /as Parquet/],
    ['an encrypted Parquet file', latin('PARE\x15\x04\x15\x00'), /without encryption/],
    ['a SQLite database', latin('SQLite format 3\0'), /export the table as CSV/],
    ['a PDF document', latin('%PDF-1.7\n'), /a file of rows/],
    ['a web page', latin('\r\n <!DocType HTML>\n'), /may need a login/],
    ['a web page', latin('<html lang="en">'), /may need a login/],
    ['an XML file', latin('<?xml version="1.0"?>'), /convert it/],
    ['a pointer of Git LFS', latin('version https://git-lfs.github.com/spec/v1\n'), /git lfs pull/],
    ['in UTF-32', latin('\xff\xfe\0\0t\0\0\0'), /iconv -f UTF-32/],
    ['in UTF-32', latin('\0\0\xfe\xff\0\0\0t'), /iconv -f UTF-32/],
    ['in UTF-16 with the high byte first', latin('\xfe\xff\0t'), /iconv -f UTF-16BE/],
  ])('are said to be what they are: %s', async (what, data, hint) => {
    expect(() => refuseForeign(head(data))).toThrow(`x.csv is ${what}`);
    expect(await failure(open(data))).toMatch(hint);
  });

  /** Reviews that began with these letters were refused. */
  test.each([
    'ORCHIDS are lovely',
    'ORC is a file format',
    'PARENTS will like it',
    'BZh9 is my name',
    'BZh1AY',
    'Objects',
    '7zip',
    'Packed',
  ])('a text that begins as they do is none: %s', async text => {
    expect(await readAll(await open(`${text},1\nbad,0\n`, { needsLabel: true }), ['text'])).toEqual([[text], ['bad']]);
  });

  test('bytes of a program are no text, a few control characters are', () => {
    const binary = Buffer.from(Array.from({ length: 400 }, (_, index) => index % 100));
    expect(() => refuseBinary(head(binary))).toThrow('x.csv is no text file: many of its bytes are control characters');
    expect(() => refuseBinary(head(`${'text '.repeat(100)}${'\0'.repeat(7)}`))).not.toThrow();
    expect(() => refuseBinary(head(`${'text '.repeat(100)}${'\0'.repeat(20)}`))).toThrow('no text file');
    expect(() => refuseBinary(head(`${'text '.repeat(200)}${'\x01'.repeat(20)}`))).not.toThrow();
    expect(() => refuseBinary(head('\t\n\v\f\r\x1b'.repeat(100)))).not.toThrow();
  });
});
