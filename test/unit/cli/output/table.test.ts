import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { cleanText, formatValue } from '../../../../src/cli/output/cell.ts';
import { drawFacts } from '../../../../src/cli/output/facts.ts';
import { fitWidths } from '../../../../src/cli/output/fit-widths.ts';
import { chooseRuler } from '../../../../src/cli/output/ruler.ts';
import { drawTable } from '../../../../src/cli/output/table.ts';
import { wrapText } from '../../../../src/cli/output/wrap.ts';

const FAMILY = '👨‍👩‍👧‍👦';
const RAINBOW = '🏳️‍🌈';
const columns = [
  { title: 'name', value: (row: readonly unknown[]) => row[0] },
  { title: 'text', value: (row: readonly unknown[]) => row[1] },
];
const draw = (rows: readonly (readonly unknown[])[], width?: number, color = false) =>
  drawTable(rows, columns, { width, color });

/** Where the second column begins on each line, in columns of the screen. */
function secondColumn(line: string): number {
  return stringWidth(line.slice(0, line.lastIndexOf('|')));
}

describe('display width', () => {
  test.for([
    ['plain'],
    ['日本語'],
    [FAMILY],
    [RAINBOW],
    ['e\u0301clair'],
    ['🫠 melting'],
    ['👍🏽'],
    ['🇩🇪'],
    ['한국어'],
    ['ｆｕｌｌ'],
    ['नमस्ते'],
    ['a\u200bb'],
  ])('a cell %s leaves the next column straight', async ([text]) => {
    const lines = (
      await draw([
        [text, '|'],
        ['x', '|'],
        ['a much longer one', '|'],
      ])
    )
      .split('\n')
      .slice(1);
    expect(new Set(lines.map(secondColumn)).size).toBe(1);
    expect(lines[0]).toContain(String(text).replaceAll('\u200b', ''));
  });

  test('no line is wider than the terminal, whatever the text is', async () => {
    const cell = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.lorem({ maxCount: 12 }),
      fc.constantFrom(FAMILY.repeat(9), '日本'.repeat(20)),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 14, max: 90 }),
        async (rows, width) => {
          for (const line of (await draw(rows, width)).split('\n'))
            expect(stringWidth(line)).toBeLessThanOrEqual(width);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('nothing is lost by wrapping', async () => {
    const text = `gs://bucket/${'segment/'.repeat(12)}日本語${FAMILY} and the end`;
    const flat = (await draw([['x', text]], 30))
      .split('\n')
      .slice(1)
      .map(line => line.slice(6).trim())
      .join('');
    expect(flat.replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
  });
});

describe('tables', () => {
  test('numbers stand to the right, their head too; nothing is a dash', async () => {
    const table = await drawTable([{ n: 5 }, { n: 1000 }, { n: null }], [{ title: 'n', value: row => row.n }], {
      width: undefined,
      color: false,
    });
    expect(table).toBe('   n\n   5\n1000\n   -');
  });

  test('a pipe gets one line for each row, uncut, also where a cell has several lines', async () => {
    const long = 'x'.repeat(500);
    expect(await draw([['a\nb', long]])).toBe(`name  text\na b   ${long}`);
  });

  test('a terminal shows the lines of a cell below each other', async () => {
    expect(await draw([['a\nb', 'c']], 80)).toBe('name  text\na     c\nb');
  });

  test('colour does not count, is carried over a break and dropped where there is none', async () => {
    const green = '\x1b[32mgreen words that go on and on\x1b[39m';
    const colored = await draw([['x', green]], 20, true);
    expect(
      colored
        .split('\n')
        .slice(1)
        .every(line => line.includes('\x1b[32m')),
    ).toBe(true);
    for (const line of colored.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(20);
    expect(await draw([['x', green]], 20, false)).not.toContain('\x1b');
  });

  test('data cannot move the cursor', async () => {
    const table = await draw([['\x1b[2J\x1b[1A\rgone', 'a\x07b\tc']], 80, true);
    expect(table.replaceAll(/\x1b\[\d+m/g, '')).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
    expect(table).toContain('\\x1b[2J');
  });

  test('a terminal too narrow for columns gets records', async () => {
    expect(
      await draw(
        [
          ['a', 'b'],
          ['c', 'd'],
        ],
        8,
      ),
    ).toBe('name: a\ntext: b\n\nname: c\ntext: d');
  });

  test('private characters of the user survive those that stand for others meanwhile', async () => {
    const text = '\u{f0000}\u{f0001}\u{10fffd}é';
    expect(await draw([[text, '日']])).toContain(text);
  });
});

describe('fitting', () => {
  test('takes from the widest column first and uses all the room', () => {
    expect(fitWidths([10, 50, 8], 40)).toEqual([10, 22, 8]);
    expect(fitWidths([30, 31], 41)).toEqual([21, 20]);
    expect(fitWidths([3, 4], 40)).toEqual([3, 4]);
    expect(fitWidths([20, 20, 20], 12)).toBeUndefined();
  });

  test('never exceeds the room nor a natural width', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 300 }),
        (natural, room) => {
          const widths = fitWidths(natural, room);
          if (!widths) return;
          expect(widths.reduce((sum, width) => sum + width, 0)).toBe(
            Math.min(
              room,
              natural.reduce((sum, width) => sum + width, 0),
            ),
          );
          for (const [index, width] of widths.entries()) expect(width).toBeLessThanOrEqual(natural[index] ?? 0);
        },
      ),
    );
  });
});

describe('wrapping', () => {
  test.for([
    ['one two three', 7, ['one two', 'three']],
    ['a verylongword b', 6, ['a', 'verylo', 'ngword', 'b']],
    ['日本語テキスト', 5, ['日本', '語テ', 'キス', 'ト']],
    ['x', 1, ['x']],
    ['', 5, ['']],
    ['exact', 5, ['exact']],
    ['ends with space ', 4, ['ends', 'with', 'spac', 'e']],
    ['日', 1, ['日']],
  ] as const)('%j at %i', async ([text, width, lines]) => {
    expect(wrapText(text, width, await chooseRuler([text]))).toEqual(lines);
  });
});

describe('values', () => {
  test.for([
    [null, '-'],
    [undefined, '-'],
    ['', '-'],
    [0, '0'],
    [false, 'false'],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [new Date(Number.NaN), '-'],
    [['a', 'b'], 'a, b'],
    [[], '-'],
    [{ a: 1, b: 'x' }, 'a=1, b=x'],
    [10n, '10'],
  ] as const)('%o reads %s', ([value, text]) => {
    expect(formatValue(value)).toBe(text);
  });

  test('a value of a class speaks for itself: a secret shows its name', () => {
    class Hidden {
      toString() {
        return '[secret name]';
      }
    }
    expect(formatValue(new Hidden())).toBe('[secret name]');
  });

  test('control characters are shown', () => {
    expect(cleanText('a\x00b\x9bc\x7f', true)).toBe('a\\x00b\\x9bc\\x7f');
    expect(cleanText('keep\nlines\r\nhere', false)).toBe('keep\nlines\nhere');
  });
});

test('facts are aligned, and a long value goes on under its beginning', async () => {
  const facts = [
    ['id', 'x'],
    ['description', 'several words that do not fit on the line'],
  ] as const;
  expect(await drawFacts(facts, { width: 36, color: false })).toBe(
    ['id:          x', 'description: several words that do', '             not fit on the line'].join('\n'),
  );
  expect(await drawFacts(facts, { width: 20, color: false })).toBe(
    ['id:', '  x', 'description:', '  several words that', '  do not fit on the', '  line'].join('\n'),
  );
  expect(
    await drawFacts(
      [
        ['日本', 'x'],
        ['ab', 'y'],
      ],
      { width: undefined, color: false },
    ),
  ).toBe('日本: x\nab:   y');
});
