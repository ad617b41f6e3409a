import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fileNameOf, lastName } from '../../../../../src/lib/data/remote/fetch/file-name.ts';

test.each([
  ['attachment; filename="reviews 100%.csv"', 'reviews 100%.csv'],
  ['attachment; filename=reviews.csv', 'reviews.csv'],
  ['inline; filename="a \\"b\\".csv"', 'a "b".csv'],
  ["attachment; filename=x.csv; filename*=UTF-8''%E8%A9%95%E4%BE%A1.csv", '評価.csv'],
  ["attachment; filename*=iso-8859-1''%E4.csv; filename=plain.csv", 'plain.csv'],
  ["attachment; filename*=UTF-8''%zz; filename=plain.csv", 'plain.csv'],
  [`attachment; filename="${Buffer.from('é.csv').toString('latin1')}"`, 'é.csv'],
  ['attachment; filename="../../etc/passwd"', 'passwd'],
  ['attachment; filename="C:\\\\temp\\\\x.csv"', 'x.csv'],
  ['attachment; filename="/"', null],
  ['attachment; filename=".."', null],
  ["attachment; filename*=UTF-8''a%1B%5B31m%E2%80%AEvsc.csv", 'a[31mvsc.csv'],
  ['attachment; filename=".bashrc"', 'bashrc'],
  [`attachment; filename="${'a'.repeat(300)}.csv"`, `${'a'.repeat(196)}.csv`],
  [`attachment; filename*=UTF-8''${encodeURIComponent('文'.repeat(100))}.csv`, `${'文'.repeat(65)}.csv`],
  ['attachment', null],
  [undefined, null],
])('Content-Disposition %j is %j', (header, name) => {
  // As node:http gives out headers: a byte a character.
  expect(fileNameOf(header)).toBe(name);
});

test.each([
  ['https://a.test/data/reviews%20100%25.csv?x=/y', 'reviews 100%.csv'],
  ['https://a.test/data/', null],
  ['https://a.test/a%2Fb.csv', 'b.csv'],
  ['https://a.test/%E8%A9%95.csv', '評.csv'],
  ['https://a.test/%zz.csv', '%zz.csv'],
  ['https://a.test/..%2f', null],
])('the last part of %s is %j', (url, name) => {
  expect(lastName(new URL(url))).toBe(name);
});

test('whatever a server suggests is a name in one folder', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const quoted = `attachment; filename="${text.replace(/["\\]/g, mark => `\\${mark}`)}"`;
      const name = fileNameOf(quoted);
      if (name === null) return;
      expect(name).not.toMatch(/[/\\\u0000-\u001f]/);
      expect(['', '.', '..']).not.toContain(name);
      expect(name.length).toBeLessThanOrEqual(200);
    }),
  );
});
