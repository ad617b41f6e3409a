import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type KnownFile, openRecord } from '../../../../src/lib/data/fetch/folder-record.ts';
import { createMeter } from '../../../../src/lib/data/fetch/transfer-meter.ts';
import { Desk, sha256 } from './desk.ts';

const RECORD = '.sentops/files.jsonl';

function known(content: string, more: Partial<KnownFile> = {}): KnownFile {
  return { bytes: content.length, sha256: sha256(content), crc32c: 'AAAAAA==', mtimeMs: 1.5, version: '1', ...more };
}

describe('the record of a folder', () => {
  test('outlives the process that wrote it; the last word on a file counts', () => {
    const { dir } = new Desk();
    const record = openRecord(dir);
    record.put({ 'a.csv': known('a'), 'b.csv': known('b', { tag: '"x"', from: 'b.zip' }) });
    record.put({ 'a.csv': known('new') });
    expect(record.get('a.csv')).toEqual(known('new'));
    const later = openRecord(dir);
    expect(later.get('a.csv')).toEqual(known('new'));
    expect(later.get('b.csv')).toEqual(known('b', { tag: '"x"', from: 'b.zip' }));
    expect(later.get('c.csv')).toBe(undefined);
  });

  test('is not written for what it says already', () => {
    const desk = new Desk();
    openRecord(desk.dir).put({ 'a.csv': known('a') });
    const before = desk.read(RECORD);
    openRecord(desk.dir).put({ 'a.csv': known('a') });
    expect(desk.read(RECORD)).toBe(before);
  });

  test.for([1, 5, 40])(
    'with a line that a killed process did not finish (%i bytes short) loses that one alone',
    cut => {
      const desk = new Desk();
      openRecord(desk.dir).put({ 'a.csv': known('a') });
      openRecord(desk.dir).put({ 'b.csv': known('b') });
      fs.truncateSync(desk.at(RECORD), fs.statSync(desk.at(RECORD)).size - cut);
      openRecord(desk.dir).put({ 'c.csv': known('c') });
      const record = openRecord(desk.dir);
      expect(record.get('a.csv')).toEqual(known('a'));
      expect(record.get('b.csv')).toBe(undefined);
      expect(record.get('c.csv')).toEqual(known('c'));
    },
  );

  test.for(['', 'nonsense', '[]', '["a.csv"]', '["a.csv",{"bytes":"1"}]', '{"a.csv":{}}', '\0\0'])(
    'that holds %j says nothing',
    text => {
      const desk = new Desk();
      desk.write(RECORD, text);
      expect(openRecord(desk.dir).get('a.csv')).toBe(undefined);
    },
  );
});

describe('the meter of a transfer', () => {
  function watch(sizes: readonly (number | null)[]) {
    const told: (readonly [number, number | undefined])[] = [];
    const meter = createMeter(event => event.type === 'progress' && told.push([event.done, event.total]), {
      id: 'x',
      label: 'X',
      sizes,
    });
    return { meter, told };
  }

  test('counts what moved against what has to move', () => {
    const { meter, told } = watch([100, 50]);
    meter.kept(50);
    meter.moved(60);
    meter.moved(-60);
    meter.moved(100);
    expect(told).toEqual([
      [60, 100],
      [0, 100],
      [100, 100],
    ]);
    expect(meter.done).toBe(100);
  });

  test('has no total where a size is not known', () => {
    const { meter, told } = watch([100, null]);
    meter.kept(100);
    meter.moved(7);
    expect(told).toEqual([[7, undefined]]);
  });
});
