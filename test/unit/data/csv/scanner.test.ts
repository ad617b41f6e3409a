import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CsvDialect, CsvScanner, unescapeField } from '../../../../src/lib/data/csv/scanner.ts';
import { parseReference } from './reference.ts';

const LF = 0x0a;
const CR = 0x0d;
const COMMA: CsvDialect = { delimiter: 0x2c, quote: 0x22, escaping: 'double', end: LF };
const BACKSLASH: CsvDialect = { ...COMMA, escaping: 'backslash' };
const OLD_MAC: CsvDialect = { ...COMMA, end: CR };
const NO_QUOTE: CsvDialect = { ...COMMA, quote: -1 };
const LINES: CsvDialect = { ...COMMA, delimiter: -1 };

interface Scanned {
  rows: (string | null)[][];
  bad: { start: number; fields: number }[];
  unclosed: number;
  lines: number;
  at: number;
}

interface Limits {
  columns?: number;
  leastFields?: number;
  maxRows?: number;
}

/** Scans up to each of the ends in turn, as a reader does whose blocks end there. */
function scanUpTo(text: string, dialect: CsvDialect, ends: readonly number[], limits: Limits = {}): Scanned {
  const { columns = 8, leastFields = 0, maxRows = 64 } = limits;
  const bytes = Buffer.from(text, 'latin1');
  const scanner = new CsvScanner(dialect, { columns, leastFields, maxRows });
  const out: Scanned = { rows: [], bad: [], unclosed: -1, lines: 0, at: 0 };
  for (const [index, end] of ends.entries()) {
    for (;;) {
      const next = scanner.scan(bytes, out.at, end, index === ends.length - 1);
      for (let row = 0; row < scanner.rows; row++) out.rows.push(fieldsOf(scanner, bytes, row));
      out.bad.push(...scanner.bad);
      out.lines += scanner.lines;
      out.unclosed = scanner.unclosed;
      if (next === out.at) break;
      out.at = next;
    }
  }
  return out;
}

function fieldsOf(scanner: CsvScanner, bytes: Buffer, row: number): (string | null)[] {
  return Array.from({ length: scanner.widths[row] as number }, (_, column) => {
    const place = column * scanner.shape.maxRows + row;
    const start = scanner.starts[place] as number;
    if (start < 0) return null;
    const stored = scanner.ends[place] as number;
    if (stored >= 0) return bytes.toString('latin1', start, stored);
    const copy = Buffer.from(bytes);
    return copy.toString('latin1', start, unescapeField(copy, start, ~stored, scanner.dialect));
  });
}

const scan = (text: string, dialect: CsvDialect = COMMA, limits: Limits = {}) =>
  scanUpTo(text, dialect, [text.length], limits);
const rowsOf = (text: string, dialect: CsvDialect = COMMA, limits: Limits = {}) => scan(text, dialect, limits).rows;

/** What the reference makes of it, in the words of the scanner. */
function expected(text: string, dialect: CsvDialect): Pick<Scanned, 'rows' | 'bad' | 'unclosed'> {
  const { records, unclosed } = parseReference(text, dialect, true);
  return {
    rows: records.filter(({ isSpoilt }) => !isSpoilt).map(({ fields }) => fields),
    bad: records.filter(({ isSpoilt }) => isSpoilt).map(({ start }) => ({ start, fields: -1 })),
    unclosed,
  };
}

function* textsOf(alphabet: readonly string[], longest: number): Generator<string> {
  let last = [''];
  for (let length = 1; length <= longest; length++) {
    last = last.flatMap(text => alphabet.map(letter => text + letter));
    yield* last;
  }
}

describe('fields', () => {
  test.each<[name: string, text: string, rows: (string | null)[][]]>([
    [
      'plain',
      'a,b\nc,d\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['without an end behind the last', 'a,b', [['a', 'b']]],
    [
      'empty ones are null',
      'a,,\n,b\n',
      [
        ['a', null, null],
        [null, 'b'],
      ],
    ],
    ['a quoted empty one is a text', '"",a\n', [['', 'a']]],
    ['a last one that is missing behind its delimiter', 'a,', [['a', null]]],
    ['white space stays', ' a , b \n', [[' a ', ' b ']]],
    [
      'line ends with a carriage return',
      'a,b\r\nc,d\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'line ends of both kinds',
      'a,b\r\nc,d\ne,f\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
        ['e', 'f'],
      ],
    ],
    ['a carriage return inside a field stays', 'a\rb,c\n', [['a\rb', 'c']]],
    ['a carriage return before a delimiter stays', 'a\r,b\n', [['a\r', 'b']]],
    ['a carriage return at the end of all goes', 'a,b\r', [['a', 'b']]],
    ['two carriage returns: one belongs to the line end', 'a,b\r\r\n', [['a', 'b\r']]],
    ['nothing but a carriage return in a last field is null', 'a,\r\n', [['a', null]]],
    ['quotes around a delimiter', '"a,b",c\n', [['a,b', 'c']]],
    ['quotes around line ends', '"a\nb\r\nc",d\n', [['a\nb\r\nc', 'd']]],
    ['doubled quotes', '"say ""hi""",b\n', [['say "hi"', 'b']]],
    ['nothing but doubled quotes', '"""",""""""\n', [['"', '""']]],
    ['a quote in the middle of a plain field is part of it', 'a"b,c""d\n', [['a"b', 'c""d']]],
    ['a quote behind white space is part of the field', ' "a",b\n', [[' "a"', 'b']]],
    ['blanks behind a closing quote go', '"a"  ,"b" \r\n', [['a', 'b']]],
    ['NUL is a byte like any other', 'a\0b,\0\n', [['a\0b', '\0']]],
    ['bytes beyond ASCII', '\xe9,"\xff\xfe"\n', [['\xe9', '\xff\xfe']]],
    ['backslashes are part of the text', '"a\\",b\\\n', [['a\\', 'b\\']]],
  ])('%s', (_name, text, rows) => {
    expect(scan(text)).toMatchObject({ rows, bad: [], unclosed: -1, at: text.length });
    expect(expected(text, COMMA).rows).toEqual(rows);
  });

  test.each<[name: string, text: string, rows: (string | null)[][]]>([
    ['before quotes', '"say \\"hi\\"",b\n', [['say "hi"', 'b']]],
    ['before themselves', '"a\\\\",b\n', [['a\\', 'b']]],
    ['three of them and a quote', '"a\\\\\\"b",c\n', [['a\\"b', 'c']]],
    ['before other letters stay', '"a\\nb\\,",c\n', [['a\\nb\\,', 'c']]],
    ['outside quotes are part of the text', 'a\\"b,c\\\n', [['a\\"b', 'c\\']]],
    ['beside doubled quotes', '"a""b\\"c",d\n', [['a"b"c', 'd']]],
  ])('with backslashes %s', (_name, text, rows) => {
    expect(scan(text, BACKSLASH)).toMatchObject({ rows, bad: [] });
    expect(expected(text, BACKSLASH).rows).toEqual(rows);
  });

  test('that are longer than the search by hand goes', () => {
    for (const length of [46, 47, 48, 49, 50, 51, 200, 5000]) {
      const long = 'x'.repeat(length);
      expect(rowsOf(`"${long}",b\n"${long}""${long}\n${long}",c\n`)).toEqual([
        [long, 'b'],
        [`${long}"${long}\n${long}`, 'c'],
      ]);
      expect(scan(`"a\n${long}\n${long}",b\n"${long}`)).toMatchObject({ lines: 3, unclosed: 2 * length + 8 });
    }
  });

  test('of a line that is one text: delimiters and quotes can be left out', () => {
    expect(rowsOf('a,b\n\n"c"\n', LINES, { columns: 1 })).toEqual([['a,b'], [null], ['c']]);
    expect(rowsOf('a "b\n"c" d\n', { ...LINES, quote: -1 }, { columns: 1 })).toEqual([['a "b'], ['"c" d']]);
    expect(rowsOf('"a,b"\n', NO_QUOTE)).toEqual([['"a', 'b"']]);
  });

  test('of an old Mac end with a carriage return alone', () => {
    expect(rowsOf('a,b\r"c\rd",e\r\rf,g', OLD_MAC)).toEqual([
      ['a', 'b'],
      ['c\rd', 'e'],
      ['f', 'g'],
    ]);
    expect(rowsOf('a,b\n\r', OLD_MAC)).toEqual([['a', 'b\n']]);
  });
});

describe('records', () => {
  test('that are empty lines are left out where there are columns, with their line ends counted', () => {
    expect(scan('\n\r\na,b\n\n\r\n\r')).toMatchObject({ rows: [['a', 'b']], bad: [], lines: 6 });
    expect(scan(' \na,b\n', COMMA, { leastFields: 2 })).toMatchObject({ rows: [['a', 'b']], bad: [{ start: 0 }] });
  });

  test('with text behind a closing quote are bad, whatever comes behind that', () => {
    for (const text of ['"a"b,c\n', 'x,"a" b\n', '"a"\t,b\n', '"a"\r,b\n', '"a"\rb\n', '"a" "b",c\n']) {
      expect(scan(`${text}d,e\n`)).toMatchObject({ rows: [['d', 'e']], bad: [{ start: 0, fields: -1 }] });
    }
  });

  test('that are too short or too wide are bad with their number of fields; what is empty is not too wide', () => {
    const limits = { columns: 2, leastFields: 2 };
    expect(scan('a\nb,c\nd,e,f\ng,h,,\n,\n', COMMA, limits)).toMatchObject({
      rows: [
        ['b', 'c'],
        ['g', 'h', null, null],
        [null, null],
      ].map(row => expect.arrayContaining(row.slice(0, 2))),
      bad: [
        { start: 0, fields: 1 },
        { start: 6, fields: 3 },
      ],
    });
    expect(scan('a,b,""\n', COMMA, limits).bad).toEqual([{ start: 0, fields: 3 }]);
  });

  test('fill what is missing with null, also where the row before had something there', () => {
    const bytes = Buffer.from('a,b,c\nd\ne,f\n');
    const scanner = new CsvScanner(COMMA, { columns: 3, leastFields: 1, maxRows: 4 });
    scanner.scan(bytes, 0, bytes.length, true);
    expect([...scanner.widths.subarray(0, 3)]).toEqual([3, 1, 2]);
    const nulls = [0, 1, 2].map(row => [0, 1, 2].map(column => (scanner.starts[column * 4 + row] as number) < 0));
    expect(nulls).toEqual([
      [false, false, false],
      [false, true, true],
      [false, false, true],
    ]);
  });

  test('come in portions of no more than were asked for', () => {
    const text = 'a,1\n\nb,2\n"x"y\nc,3\nd,4\n';
    const bytes = Buffer.from(text);
    const scanner = new CsvScanner(COMMA, { columns: 2, leastFields: 0, maxRows: 2 });
    expect([scanner.scan(bytes, 0, text.length, true), scanner.rows, scanner.lines]).toEqual([9, 2, 3]);
    expect([scanner.scan(bytes, 9, text.length, true), scanner.rows, scanner.bad.length]).toEqual([text.length, 2, 1]);
    expect([scanner.scan(bytes, text.length, text.length, true), scanner.rows, scanner.bad]).toEqual([
      text.length,
      0,
      [],
    ]);
  });

  test('whose quote never closes are not read, and the quote is pointed at', () => {
    expect(scan('a,b\nc,"d\ne,f\n')).toMatchObject({ rows: [['a', 'b']], unclosed: 6, at: 4 });
    expect(scan('a,"b""\n')).toMatchObject({ rows: [], unclosed: 2, at: 0 });
    expect(scan('a,"b\\"\n', BACKSLASH)).toMatchObject({ rows: [], unclosed: 2, at: 0 });
    expect(scan('a,"b\\"\n')).toMatchObject({ rows: [['a', 'b\\']], unclosed: -1 });
  });

  test('count the line ends that they hold', () => {
    expect(scan('"a\nb\n",c\n"d\n" e\nf').lines).toBe(6);
    expect(scan('"a\rb",c\r\n').lines).toBe(1);
    expect(scan('"a\rb",c\rd\r', OLD_MAC).lines).toBe(3);
  });
});

describe('against a reference parser', () => {
  const ALPHABET = ['a', '"', ',', '\n', '\r'];

  test('every text of up to six letters of CSV is read the same, wherever it is cut', () => {
    let texts = 0;
    for (const text of textsOf(ALPHABET, 6)) {
      texts++;
      const { rows, bad, unclosed } = expected(text, COMMA);
      const whole = scan(text);
      if (JSON.stringify([whole.rows, whole.bad, whole.unclosed]) !== JSON.stringify([rows, bad, unclosed]))
        expect([text, whole.rows, whole.bad, whole.unclosed]).toEqual([text, rows, bad, unclosed]);
      for (let cut = 1; cut < text.length; cut++) {
        const pieces = scanUpTo(text, COMMA, [cut, text.length]);
        if (JSON.stringify(pieces) !== JSON.stringify(whole)) expect([text, cut, pieces]).toEqual([text, cut, whole]);
      }
    }
    expect(texts).toBe(19_530);
  });

  test('every text of up to five letters with backslashes, with blanks, without quotes, with other line ends', () => {
    const cases: readonly [CsvDialect, readonly string[]][] = [
      [BACKSLASH, ['a', '"', '\\', ',', '\n']],
      [COMMA, ['a', '"', ' ', '\r', '\n']],
      [NO_QUOTE, ALPHABET],
      [OLD_MAC, ALPHABET],
    ];
    for (const [dialect, alphabet] of cases) {
      for (const text of textsOf(alphabet, 5)) {
        const { rows, bad, unclosed } = expected(text, dialect);
        const whole = scan(text, dialect);
        if (JSON.stringify([whole.rows, whole.bad, whole.unclosed]) !== JSON.stringify([rows, bad, unclosed]))
          expect([text, dialect, whole.rows, whole.bad]).toEqual([text, dialect, rows, bad]);
        for (let cut = 1; cut < text.length; cut++) {
          const pieces = scanUpTo(text, dialect, [cut, text.length]);
          if (JSON.stringify(pieces) !== JSON.stringify(whole)) expect([text, cut, pieces]).toEqual([text, cut, whole]);
        }
      }
    }
  });

  test('long texts of any letters, for any cuts and any number of rows at a time', () => {
    const letters = fc.array(fc.constantFrom('a', 'bc', '"', '""', ',', '\n', '\r\n', '\\', ' ', '\xe9', '\0'), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(
        letters.map(pieces => pieces.join('')),
        fc.constantFrom(COMMA, BACKSLASH, OLD_MAC, NO_QUOTE),
        fc.array(fc.nat(80), { maxLength: 5 }),
        fc.constantFrom(1, 2, 3, 64),
        (text, dialect, cuts, maxRows) => {
          const ends = [...cuts.filter(cut => cut < text.length).sort((a, b) => a - b), text.length];
          const { rows, bad, unclosed } = scanUpTo(text, dialect, ends, { columns: 64, maxRows });
          expect({ rows, bad, unclosed }).toEqual(expected(text, dialect));
        },
      ),
      { numRuns: 1500 },
    );
  });
});

test('a backslash was searched for in the whole rest of the block, once for each quoted field', () => {
  const field = `"${'x'.repeat(600)}",1\n`;
  const bytes = Buffer.from(field.repeat(20));
  const searched: number[] = [];
  const count = (view: Buffer): Buffer => {
    const search = (wanted: number, from = 0) => {
      const found = Buffer.prototype.indexOf.call(view, wanted, from);
      searched.push((found < 0 ? view.length : found) - from);
      return found;
    };
    const cut = (start: number, end: number) => count(Buffer.prototype.subarray.call(view, start, end));
    return Object.assign(view, { indexOf: search, subarray: cut });
  };
  const scanner = new CsvScanner(BACKSLASH, { columns: 2, leastFields: 2, maxRows: 100 });
  expect(scanner.scan(count(bytes), 0, bytes.length, true)).toBe(bytes.length);
  expect(scanner.rows).toBe(20);
  expect(Math.max(...searched)).toBeLessThanOrEqual(602);
});
