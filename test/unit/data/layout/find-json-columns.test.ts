import { describe, expect, test } from 'vitest';
import { findJsonColumns, isJsonLines } from '../../../../src/lib/data/layout/find-json-columns.ts';

const head = (text: string, name = 'rows.csv', isWhole = true) => ({ name, bytes: Buffer.from(text), isWhole });

describe('whether a file is JSON lines', () => {
  test.each<[name: string, text: string, is: boolean]>([
    ['an object on a line', '{"text":"a"}\n{"text":"b"}\n', true],
    ['behind empty lines', '\n\n {"text":"a"}\n', true],
    ['an empty object', '{}\n', true],
    ['with a carriage return', '{"text":"a"}\r\n', true],
    ['CSV', 'text,label\n', false],
    ['a text in braces', '{sic} it was good,1\n', false],
    ['a list in a text', '[sic] it was good,1\n', false],
    ['a JSON text alone', '"one"\n"two"\n', false],
    ['a number alone', '1\n2\n', false],
  ])('%s: %j is %s', (_name, text, is) => {
    expect(isJsonLines(head(text), false)).toBe(is);
  });

  test.each(['a.jsonl', 'A.NDJSON', 'a.jsonl.gz', 'a.ndjson.zst'])('%s says so by its name', name => {
    expect(isJsonLines(head('"one"\n', name), false)).toBe(true);
    expect(isJsonLines(head('"one"\n', `${name}.csv`), false)).toBe(false);
  });

  test('it may be told', () => {
    expect(isJsonLines(head('1\n'), true)).toBe(true);
  });

  test.each(['[{"a":1}]', ' [\n{"a":1}\n]', '[[1]]', '["a"]', '[]'])('a list is none: %j', text => {
    for (const isTold of [true, false])
      expect(() => isJsonLines(head(text, 'rows.json'), isTold)).toThrow(
        'rows.json is one JSON list, not one object on each line',
      );
  });

  test.each(['{\n "a": 1\n}', '{ "a":\n1}', '{"a": 1,\n"b": 2}'])('an object over many lines is none: %j', text => {
    expect(() => isJsonLines(head(text), false)).toThrow('rows.csv has JSON, but not one object on each line');
  });

  test('a first line that is longer than what is looked at is believed', () => {
    const long = `{"text":"${'x'.repeat(100_000)}"}\n{"text":"b"}\n`;
    expect(isJsonLines(head(long), false)).toBe(true);
    expect(isJsonLines(head(long.slice(0, 70_000), 'rows.csv', false), false)).toBe(true);
    expect(() => isJsonLines(head(`{"text":"${'x'.repeat(1000)}`), false)).toThrow('not one object on each line');
  });
});

describe('columns of JSON lines', () => {
  test('are the keys in the order in which they come up; lines that are texts have the column text', () => {
    expect(findJsonColumns(head('{"b":1,"a":2}\n"x"\n{"c":1,"b":2}\n'))).toEqual(['b', 'a', 'text', 'c']);
    expect(findJsonColumns(head('broken\n[1]\n3\nnull\n\n{"a":1}'))).toEqual(['a']);
    expect(findJsonColumns(head('nothing'))).toEqual([]);
  });

  test('are looked for in the first thousand lines', () => {
    const lines = '{"a":1}\n'.repeat(999);
    expect(findJsonColumns(head(`${lines}{"b":1}\n{"c":1}\n`))).toEqual(['a', 'b']);
  });
});
