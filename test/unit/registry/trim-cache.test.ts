import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { trimCache } from '../../../src/lib/registry/trim-cache.ts';
import { createRegistry } from './registry-scene.ts';

const registry = createRegistry();
const HOUR = 60 * 60 * 1000;
const NOW = 1_800_000_000_000;

/** An entry of 100 bytes that was used so many hours ago. */
function entry(digit: string, hours: number, folder = 'cache'): string {
  const name = `${folder}/${digit.repeat(32)}`;
  registry.put(`${name}/data/x`, new Uint8Array(100));
  const used = (NOW - hours * HOUR) / 1000;
  fs.utimesSync(registry.at(name), used, used);
  return digit.repeat(32);
}

const left = () =>
  fs
    .readdirSync(registry.at('cache'))
    .map(name => name[0])
    .sort();
const trim = (keep: string, bytes: number) => trimCache(registry.at('cache'), keep, bytes, NOW);

describe('a cache that grew too large', () => {
  test('loses what was not used for longest, as much as needed', () => {
    for (const [index, hours] of [9, 3, 7, 5].entries()) entry(String(index), hours);
    trim('3'.repeat(32), 250);
    expect(left()).toEqual(['1', '3']);
  });

  test('keeps what was just fetched, however large, and what may be in use', () => {
    const keep = entry('a', 50);
    entry('b', 0.5);
    entry('c', 2);
    trim(keep, 10);
    expect(left()).toEqual(['a', 'b']);
  });

  test('is left alone where everything fits', () => {
    for (const digit of ['1', '2', '3']) entry(digit, 1000);
    trim('', 300);
    expect(left()).toEqual(['1', '2', '3']);
  });

  test('keeps what it did not make, and drops downloads that nobody went on with', () => {
    registry.put('cache/notes.txt', 'mine');
    entry('1', 24 * 8, 'cache/partial');
    entry('2', 24 * 6, 'cache/partial');
    trim('', 0);
    expect(fs.readdirSync(registry.at('cache')).sort()).toEqual(['notes.txt', 'partial']);
    expect(fs.readdirSync(registry.at('cache/partial'))).toEqual(['2'.repeat(32)]);
  });

  test('loses what a killed process had begun to remove', () => {
    registry.put(`cache/${'a'.repeat(32)}.removed/x`);
    entry('b', 5);
    trim('', 1000);
    expect(fs.readdirSync(registry.at('cache'))).toEqual(['b'.repeat(32)]);
  });

  test('may be missing', () => {
    expect(() => trim('', 0)).not.toThrow();
  });
});
