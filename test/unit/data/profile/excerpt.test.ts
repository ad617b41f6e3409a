import { describe, expect, test } from 'vitest';
import { Examples } from '../../../../src/lib/data/profile/excerpt.ts';
import { columnOf } from './texts.ts';

function show(text: string | null, at?: number): string | undefined {
  const column = columnOf([text]);
  const examples = new Examples();
  examples.add(column, 0, 0, at === undefined ? undefined : (column.starts[0] as number) + at);
  return examples.items[0]?.text;
}

describe('examples', () => {
  test('are the first three, with row numbers from 1', () => {
    const examples = new Examples();
    const column = columnOf(['a', 'b', 'c', 'd']);
    for (let row = 0; row < 4; row++) examples.add(column, row, 100);
    expect(examples.items).toEqual([
      { row: 101, text: 'a' },
      { row: 102, text: 'b' },
      { row: 103, text: 'c' },
    ]);
    expect(examples.isFull).toBe(true);
  });

  test.each([
    ['one line only', 'a\n\tb  c ', 'a b c'],
    ['a mail address', 'write to jane.doe+x@mail.example.com now', 'write to j…@… now'],
    ['a mail address beyond ASCII', 'an jürgen@müller.de', 'an j…@…'],
    ['a telephone number', 'call +49 (30) 901-820 or 555-123-4567', 'call +## (##) ###-### or ###-###-####'],
    ['a card', '4111 1111 1111 1111', '#### #### #### ####'],
    ['short numbers stay', 'since 2009, 3 of 100', 'since 2009, 3 of 100'],
    ['the name of a tweet stays', '@someone hi', '@someone hi'],
    ['control characters', 'a\u001b[31mb\u0085c\u009b', 'a\\u001b[31mb c\\u009b'],
    ['what turns the direction of writing', 'a\u202eb\u200b', 'a\\u202eb\\u200b'],
    ['no text', null, ''],
  ])('%s', (_name, text, expected) => {
    expect(show(text)).toBe(expected);
  });

  test('are cut by characters, not in the middle of one', () => {
    expect(show('😀'.repeat(300))).toBe(`${'😀'.repeat(79)}…`);
    expect(show('x'.repeat(80))).toBe('x'.repeat(80));
    expect(Array.from(show('x'.repeat(100_000)) ?? '').length).toBe(80);
  });

  test('begin near what they are about, at the beginning of a character', () => {
    const before = 'é'.repeat(100);
    const shown = show(`${before} HERE`, Buffer.byteLength(before) + 2);
    expect(shown).toMatch(/^…é{15,17} HERE$/);
    expect(show('near HERE', 5)).toBe('near HERE');
  });
});
