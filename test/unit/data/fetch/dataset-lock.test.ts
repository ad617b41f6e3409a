import fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDatasetLock, writeDatasetLock } from '../../../../src/lib/data/fetch/dataset-lock.ts';
import type { LockedDataset } from '../../../../src/lib/data/fetch/lock-types.ts';
import { Desk, failureOf, sha256 } from './desk.ts';

function entry(files: LockedDataset['files'], more: Partial<LockedDataset> = {}): LockedDataset {
  return {
    source: 'http',
    ref: 'https://host/a',
    version: '3',
    folder: 'data_raw/a',
    partial: false,
    archives: {},
    files,
    ...more,
  };
}

function file(content: string) {
  return { bytes: content.length, sha256: sha256(content), crc32c: 'AAAAAA==' };
}

async function write(desk: Desk, entries: Readonly<Record<string, LockedDataset>>): Promise<void> {
  for (const [key, value] of Object.entries(entries)) await writeDatasetLock(desk.at('lock.yaml'), key, value);
}

describe('the lock file', () => {
  test('says nothing where it is not there', async () => {
    expect(await readDatasetLock(new Desk().at('lock.yaml'))).toEqual({});
  });

  test('keeps what was written, in the order of the keys and the names', async () => {
    const desk = new Desk();
    const b = entry({ 'z.csv': file('z'), 'a.csv': { ...file('a'), tag: '"x"', from: 'a.zip' } });
    const a = entry({ 'a.csv': file('1') }, { archives: { 'a.zip': file('zip') }, partial: true, folder: null });
    await write(desk, { 'http:b': b, 'http:a': a });
    expect(await readDatasetLock(desk.at('lock.yaml'))).toEqual({ 'http:a': a, 'http:b': b });
    const text = desk.read('lock.yaml');
    expect(text.indexOf('http:a:')).toBeLessThan(text.indexOf('http:b:'));
    expect(text.indexOf('a.csv: { bytes: 1, sha256:')).toBeLessThan(text.indexOf('z.csv'));
    expect(text).toContain(`      z.csv: { bytes: 1, sha256: ${sha256('z')}, crc32c: AAAAAA== }\n`);
  });

  test('is not touched where nothing changed', async () => {
    const desk = new Desk();
    await write(desk, { a: entry({ 'a.csv': file('a') }) });
    const { mtimeNs } = fs.statSync(desk.at('lock.yaml'), { bigint: true });
    expect(await writeDatasetLock(desk.at('lock.yaml'), 'a', entry({ 'a.csv': file('a') }))).toBe(false);
    expect(fs.statSync(desk.at('lock.yaml'), { bigint: true }).mtimeNs).toBe(mtimeNs);
  });

  test('keeps the comments of its users, where they were', async () => {
    const desk = new Desk();
    await write(desk, { a: entry({ 'a.csv': file('a'), 'b.csv': file('b') }), c: entry({ 'c.csv': file('c') }) });
    const commented = desk
      .read('lock.yaml')
      .replace('  a:\n', '  # the tweets\n  a: # ask Ann\n')
      .replace('    version: "3"\n', '    version: "3" # stay here\n')
      .replace('      b.csv', '      # the good part\n      b.csv')
      .replace('  c:\n', '      # more to come\n\n  # the reviews\n  c:\n')
      .concat('# the end\n');
    desk.write('lock.yaml', commented);
    await write(desk, { a: entry({ 'b.csv': file('new'), 'd.csv': file('d') }), b: entry({ 'b.csv': file('b') }) });
    const text = desk.read('lock.yaml');
    expect(text).toContain('  # the tweets\n  a: # ask Ann\n');
    expect(text).toContain('    version: "3" # stay here\n');
    expect(text).toContain(`      # the good part\n      b.csv: { bytes: 3, sha256: ${sha256('new')}`);
    expect(text).toContain('      # more to come\n');
    expect(text).toContain('\n  # the reviews\n  c:\n');
    expect(text.endsWith('# the end\n')).toBe(true);
    expect(Object.keys((await readDatasetLock(desk.at('lock.yaml')))['a']?.files ?? {})).toEqual(['b.csv', 'd.csv']);
  });

  test('that somebody laid out in another way is edited all the same', async () => {
    const desk = new Desk();
    desk.write('lock.yaml', `# mine\ndatasets: { a: { source: s, ref: r, version: "1", files: {} } }\nversion: 1\n`);
    await write(desk, { a: entry({ 'a.csv': file('a') }), b: entry({}) });
    const lock = await readDatasetLock(desk.at('lock.yaml'));
    expect(Object.keys(lock)).toEqual(['a', 'b']);
    expect(lock['a']).toEqual(entry({ 'a.csv': file('a') }));
    expect(desk.read('lock.yaml')).toContain('# mine');
  });

  test('with the line breaks of Windows keeps them', async () => {
    const desk = new Desk();
    await write(desk, { a: entry({ 'a.csv': file('a') }) });
    desk.write('lock.yaml', desk.read('lock.yaml').replaceAll('\n', '\r\n'));
    await write(desk, { a: entry({ 'a.csv': file('b') }), b: entry({}) });
    expect(desk.read('lock.yaml')).not.toMatch(/[^\r]\n/);
    expect(Object.keys(await readDatasetLock(desk.at('lock.yaml')))).toEqual(['a', 'b']);
  });

  test('loses nothing to another process that writes at the same time', async () => {
    const desk = new Desk();
    const keys = Array.from({ length: 8 }, (_, index) => `key${index}`);
    await Promise.all(keys.map(key => writeDatasetLock(desk.at('lock.yaml'), key, entry({ [key]: file(key) }))));
    expect(Object.keys(await readDatasetLock(desk.at('lock.yaml')))).toEqual(keys);
  });

  test.for([
    ['no YAML', 'datasets: [', 'CONFIG_SYNTAX'],
    ['conflicts of git', '<<<<<<< HEAD\ndatasets:\n=======\n>>>>>>> x\n', 'CONFIG_SYNTAX'],
    ['a list', '- a\n', 'CONFIG_INVALID'],
    ['a later version', 'version: 2\n', 'CONFIG_INVALID'],
    ['an entry without a source', 'datasets: { a: { ref: b } }\n', 'CONFIG_INVALID'],
    [
      'a hash that is none',
      'datasets: { a: { source: s, ref: r, version: v, files: { f: { bytes: 1, sha256: no, crc32c: A } } } }\n',
      'CONFIG_INVALID',
    ],
  ])('with %s is refused and left alone', async ([, text, code]) => {
    const desk = new Desk();
    desk.write('lock.yaml', text as string);
    expect((await failureOf(readDatasetLock(desk.at('lock.yaml')))).code).toBe(code);
    expect((await failureOf(write(desk, { a: entry({}) }))).code).toBe(code);
    expect(desk.read('lock.yaml')).toBe(text);
  });

  test('keeps whatever names, tags and versions there are', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter(name => name !== '__proto__');
    const odd = fc.oneof(
      text,
      fc.constantFrom('yes', 'null', '1e3', '0x1F', '~', '- a', 'a: b', 'a #b', '{', '007', '"', 'a\tb', '=', '<<x'),
    );
    const locked = fc.record({
      bytes: fc.nat(),
      sha256: fc.oneof(
        fc.constant(null),
        text.map(sha256),
        fc.constantFrom(`${'1'.repeat(60)}e111`, '1'.repeat(64), `0${'e1'.repeat(31)}1`),
      ),
      crc32c: fc.constantFrom('AAAAAA==', '+/+/+w=='),
    });
    const files = fc.dictionary(
      odd.filter(name => name !== '<<'),
      locked,
      { maxKeys: 4 },
    );
    const anything = fc.record({ key: odd, version: odd, files, archives: files });
    const desk = new Desk();
    await fc.assert(
      fc.asyncProperty(fc.array(anything, { minLength: 1, maxLength: 3 }), async entries => {
        fs.rmSync(desk.at('lock.yaml'), { force: true });
        const wanted: Record<string, LockedDataset> = {};
        for (const { key, ...more } of entries) {
          const one = entry({}, more);
          wanted[`http:${key}`] = one;
          await writeDatasetLock(desk.at('lock.yaml'), `http:${key}`, one);
        }
        expect(await readDatasetLock(desk.at('lock.yaml'))).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });
});
