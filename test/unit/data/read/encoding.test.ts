import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openTable } from '../../../../src/lib/data/open-table.ts';
import { Encoding } from '../../../../src/lib/data/read/encoding.ts';
import { decodeUtf16 } from '../../../../src/lib/data/read/utf16.ts';
import type { TableRequest } from '../../../../src/lib/data/rows.ts';
import { joinParts } from '../../../../src/lib/data/source/parts.ts';
import { failure, open, readAll, sourceOf } from '../tables.ts';

const latin = (text: string) => Buffer.from(text, 'latin1');
const rowsOf = async (data: Uint8Array, request: TableRequest = {}) => {
  const table = await open(data, request);
  const rows = await readAll(table);
  return [table.layout.encoding, ...rows.map(([text]) => text)];
};

describe('an encoding', () => {
  test('stays open while all is ASCII, and is decided once', () => {
    const encoding = new Encoding(null);
    expect([encoding.look(Buffer.from('plain')), encoding.name]).toEqual(['ascii', 'utf8']);
    expect([encoding.look(latin('caf\xe9')), encoding.name]).toEqual(['latin1', 'latin1']);
    expect(encoding.look(Buffer.from('é'))).toBe('latin1');
    expect(encoding.look(Buffer.from('plain'))).toBe('ascii');
    const other = new Encoding(null);
    expect([other.look(Buffer.from('é')), other.look(latin('caf\xe9')), other.name]).toEqual(['utf8', 'utf8', 'utf8']);
  });

  test('that was told is kept; UTF-16 has been rewritten when it is looked at', () => {
    expect([new Encoding('utf8').look(latin('\xe9')), new Encoding('latin1').look(Buffer.from('é'))]).toEqual([
      'utf8',
      'latin1',
    ]);
    expect([new Encoding('utf16le').look(latin('\xe9')), new Encoding('utf16le').name]).toEqual(['utf8', 'utf16le']);
    expect(new Encoding('latin1').look(Buffer.from('a'))).toBe('ascii');
  });
});

describe('the encoding of a file', () => {
  test('is UTF-8 where all is ASCII', async () => {
    expect(await rowsOf(Buffer.from('text,label\ngood,1\n'))).toEqual(['utf8', 'good']);
  });

  test('is what most letters beyond ASCII are', async () => {
    expect(await rowsOf(latin('text,label\ncaf\xe9 \xfc,1\n'))).toEqual(['latin1', 'café ü']);
    expect(await rowsOf(Buffer.from('text,label\ncafé ü,1\n'))).toEqual(['utf8', 'café ü']);
    const mixed = Buffer.concat([Buffer.from('text,label\näöüß,1\n'), latin('\xe9t\xe9,0\n')]);
    expect(await rowsOf(mixed)).toEqual(['utf8', 'äöüß', '\ufffdt\ufffd']);
    expect(await rowsOf(Buffer.concat([Buffer.from('text,label\nä,1\n'), latin('\xe9t\xe9 \xfc,0\n')]))).toEqual([
      'latin1',
      'Ã¤',
      'été ü',
    ]);
  });

  test('is what it is told to be', async () => {
    expect(await rowsOf(latin('text,label\ncaf\xe9,1\n'), { encoding: 'utf8' })).toEqual(['utf8', 'caf\ufffd']);
    expect(await rowsOf(Buffer.from('text,label\né,1\n'), { encoding: 'latin1' })).toEqual(['latin1', 'Ã©']);
    expect(await rowsOf(Buffer.from('text,label\né,1\n', 'utf16le'), { encoding: 'utf16le' })).toEqual([
      'utf16le',
      'é',
    ]);
  });

  test('is UTF-8 with a byte order mark, whatever was told', async () => {
    const marked = Buffer.from('\ufefftext,label\né,1\n');
    for (const request of [{}, { encoding: 'latin1' }] as const)
      expect(await rowsOf(marked, request)).toEqual(['utf8', 'é']);
    expect(await rowsOf(Buffer.from('\ufeff"text",label\nx,1\n'))).toEqual(['utf8', 'x']);
    expect(await failure(open('\ufeff\n'))).toMatch(/is empty/);
  });

  test('is UTF-16 with a mark, or without one where every second byte is NUL', async () => {
    const csv = 'text,label\ngrün 😀,1\nrot,0\n';
    for (const text of [`\ufeff${csv}`, csv]) {
      expect(await rowsOf(Buffer.from(text, 'utf16le'))).toEqual(['utf16le', 'grün 😀', 'rot']);
    }
    expect((await rowsOf(Buffer.from(`\ufeff${csv}`, 'utf16le'), { encoding: 'utf8' }))[0]).toBe('utf16le');
    expect(await rowsOf(Buffer.from('text,label\na\0b,1\n'))).toEqual(['utf8', 'a\0b']);
    expect(await failure(open(Buffer.from([0xff, 0xfe])))).toMatch(/is empty/);
  });

  test('an odd byte at the end of UTF-16 is one U+FFFD', async () => {
    const odd = Buffer.concat([Buffer.from('\ufefftext,label\ngut,1\nrot', 'utf16le'), Buffer.from([0x41])]);
    for (const chunk of [1, 2, 3, 7, 1000]) {
      const table = await openTable(sourceOf(odd, { chunk }));
      expect((await readAll(table, ['text'])).map(([text]) => text)).toEqual(['gut', 'rot\ufffd']);
      expect(table.statistics().bytes).toBe(odd.length);
    }
  });

  test('half a pair of surrogates in UTF-16 is U+FFFD, and what stands beside it stays', async () => {
    const bytes = Buffer.from('\ufefftext,label\na?b,1\n', 'utf16le');
    bytes.writeUInt16LE(0xd83d, bytes.indexOf(Buffer.from('?', 'utf16le')));
    expect(await rowsOf(bytes)).toEqual(['utf16le', 'a\ufffdb']);
  });

  test('of each file of a folder begins with its own mark', async () => {
    for (const encoding of ['utf8', 'utf16le'] as const) {
      const parts = ['\ufefftext,label\nä,1\n', '\ufefftext,label\nö,0\n'].map(text =>
        sourceOf(Buffer.from(text, encoding)),
      );
      expect(await readAll(await openTable(joinParts('out', parts)))).toEqual([
        ['ä', '1'],
        ['ö', '0'],
      ]);
    }
  });
});

test('UTF-16 is the same text in UTF-8, wherever it is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.integer({ min: 1, max: 9 }),
      async (text, size) => {
        const bytes = Buffer.from(text, 'utf16le');
        async function* chunks() {
          for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
        }
        const pieces: Uint8Array[] = [];
        for await (const piece of decodeUtf16(chunks())) {
          expect(piece.length).toBeGreaterThan(0);
          pieces.push(piece);
        }
        expect(Buffer.concat(pieces).toString()).toBe(text.replace(/^\ufeff/, '').toWellFormed());
      },
    ),
    { numRuns: 120 },
  );
});
