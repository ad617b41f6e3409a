import { describe, expect, test } from 'vitest';
import { findCsvLayout } from '../../../../src/lib/data/layout/find-csv-layout.ts';
import type { TableRequest } from '../../../../src/lib/data/rows.ts';
import { failure, open, readAll } from '../tables.ts';

const find = (text: string, request: TableRequest = {}, isWhole = true) =>
  findCsvLayout({ name: 'rows.csv', bytes: Buffer.from(text), isWhole }, request);

/** In a line: delimiter, header, columns, text and label. */
function told(text: string, request: TableRequest = {}, isWhole = true): string {
  const { dialect, header, columns, textColumn, labelColumn } = find(text, request, isWhole);
  const delimiter = dialect.delimiter < 0 ? 'lines' : JSON.stringify(String.fromCharCode(dialect.delimiter));
  return `${delimiter} ${header ? 'header' : 'bare'} ${columns.join('/')} ${textColumn} ${labelColumn ?? '-'}`;
}

const many = (count: number, line: (row: number) => string) =>
  `${Array.from({ length: count }, (_, row) => line(row)).join('\n')}\n`;
const LABEL = { needsLabel: true };

describe('the delimiter', () => {
  const DELIMITERS = [',', ';', '\t', '|'];

  test.each(DELIMITERS)('%j is found by a header that names the text', delimiter => {
    const rows = [
      ['id', 'text', 'label'],
      ['1', 'good', '1'],
      ['2', 'bad', '0'],
    ];
    expect(told(rows.map(row => row.join(delimiter)).join('\n'))).toBe(
      `${JSON.stringify(delimiter)} header id/text/label text label`,
    );
  });

  test.each(DELIMITERS)('%j is found in rows without a header, whatever else their texts hold', delimiter => {
    const others = DELIMITERS.filter(each => each !== delimiter);
    const text = many(20, row =>
      `so ${others[row % 3]} it is, number ${row}${delimiter}${row % 2}`.replace(',', delimiter === ',' ? '' : ','),
    );
    expect(told(text, LABEL)).toBe(`${JSON.stringify(delimiter)} bare text/label text label`);
  });

  test('that gives more columns is taken where two are even', () => {
    expect(
      told(
        many(20, row => `a;b,${row};c,d`),
        { header: false, textColumn: '_c0' },
      ),
    ).toBe('"," bare _c0/_c1/_c2 _c0 -');
    expect(
      told(
        many(20, row => `a,b;${row},c;d;e`),
        { header: false, textColumn: '_c0' },
      ),
    ).toBe('";" bare _c0/_c1/_c2/_c3 _c0 -');
  });

  test('must split nine rows of ten into as many fields', () => {
    const rows = (odd: number) =>
      many(100, row => (row < odd ? `one, two, three ${row},1` : `plain ${row},${row % 2}`));
    expect(told(rows(10), LABEL)).toMatch(/^","/);
    expect(refusal(rows(11))).toMatch(/no column is known to hold the labels; its columns are text/);
  });

  test('may be told, also one that is none of the usual', () => {
    expect(told('text:label\na:1\n', { delimiter: ':' })).toBe('":" header text/label text label');
    expect(told('a^1\nb^0\n', { delimiter: '^', needsLabel: true })).toBe('"^" bare text/label text label');
    expect(told('text,label\na,1\n', { delimiter: ',' })).toBe('"," header text/label text label');
  });

  test('does not count inside quotes', () => {
    expect(told('"a;b;c","1"\n"d;e;f","0"\n', LABEL)).toBe('"," bare text/label text label');
    expect(told('"text"|"label"\n"a|b|c"|"1"\n')).toBe('"|" header text/label text label');
  });
});

/** The message of the refusal. */
function refusal(text: string, request: TableRequest = LABEL): string {
  try {
    find(text, request);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'no error';
}

describe('a header', () => {
  test.each([
    ['text,label', 'text'],
    ['TEXT,LABEL', 'TEXT'],
    ['Label, Review ', 'Review'],
    ['id,reviewText,overall', 'reviewText'],
    ['id,content,x', 'content'],
    ['airline_sentiment,tweet_text', 'tweet_text'],
    ['target,full_text', 'full_text'],
    ['phrase,body', 'body'],
  ])('%s is one by its names', (header, text) => {
    const row = header
      .split(',')
      .map(() => 'x')
      .join(',');
    expect(told(`${header}\n${row}\n`)).toContain(
      `header ${header
        .split(',')
        .map(name => name.trim())
        .join('/')} ${text} `,
    );
  });

  test('of names that nobody knows is one where numbers or labels stand below, or much longer texts', () => {
    expect(
      told(
        many(12, row => (row === 0 ? 'words,mood' : `some words ${row},${row % 2}`)),
        { textColumn: 'words', labelColumn: 'mood' },
      ),
    ).toMatch(/^"," header/);
    const find2 = (first: string, row: (n: number) => string) =>
      told(`${first}\n${many(12, row)}`, { textColumn: '_c0' });
    expect(refusal(`alpha,beta\n${many(12, row => `x${row},${row}`)}`, { textColumn: '_c0' })).toContain('alpha, beta');
    expect(
      refusal(`alpha,beta\n${many(12, row => `a much longer text ${row},${row}${row}x`)}`, { textColumn: '_c0' }),
    ).toContain('alpha, beta');
    expect(find2('alpha,beta,gamma', row => `a${row},b${row},c${row}`)).toBe('"," bare _c0/_c1/_c2 _c0 -');
  });

  test('is none where its names are numbers, labels, sentences, doubled, or come again below', () => {
    const below = many(12, row => `text number ${row} is here,${row % 2}`);
    for (const first of [
      'positive,1',
      '12,30',
      'this is a sentence,0',
      'same,same',
      'a.b@c.d,1',
      `${'x'.repeat(41)},1`,
    ]) {
      expect(told(`${first}\n${below}`, LABEL), first).toMatch(/ bare text\/label/);
    }
    expect(told(`alpha,beta\n${below}alpha,beta\n`, LABEL)).toMatch(/ bare text\/label/);
  });

  test('may be told to be there, or not to be', () => {
    expect(told('good,bad\nx,y\n', { header: true, textColumn: 'bad' })).toBe('"," header good/bad bad -');
    expect(told('text,1\nbad,0\n', { header: false, needsLabel: true })).toBe('"," bare text/label text label');
    expect(told('text\na\n', { header: false })).toBe('lines bare text text -');
  });

  test('is one where it has the columns that are asked for, in any case', () => {
    expect(told('foo,bar\nx,y\n', { textColumn: 'FOO' })).toBe('"," header foo/bar foo -');
    expect(told('foo,bar\nx,y\n', { labelColumn: 'Bar' })).toBe('"," header foo/bar foo bar');
  });

  test('has its empty and doubled names completed', () => {
    expect(told('text,,text,\na,b,c,d\n')).toBe('"," header text/_c1/text_c2/_c3 text -');
  });
});

describe('names that are given', () => {
  const names = { columnNames: ['mark', 'text'] };

  test('are those of rows without a header, and find a header that is the same', () => {
    expect(told('1,good\n0,bad\n', { ...names, labelColumn: 'mark' })).toBe('"," bare mark/text text mark');
    expect(told('mark,text\n1,good\n', { ...names, labelColumn: 'mark' })).toBe('"," header mark/text text mark');
    expect(told(' mark , text \n1,good\n', { ...names, labelColumn: 'mark' })).toBe('"," header mark/text text mark');
  });

  test('must be as many as there are columns', () => {
    expect(refusal('1,2,3\n4,5,6\n', names)).toBe('rows.csv has 3 columns, and 2 names are given for them: mark, text');
  });

  test('of Sentiment140 make it that', () => {
    const columnNames = ['target', 'ids', 'date', 'flag', 'user', 'text'];
    expect(find('0,1,d,q,u,hello\n', { columnNames }).known).toBe('sentiment140');
    expect(
      find('0,1,d,q,u,hello\n', { columnNames: [...columnNames.slice(0, 5), 'words'], textColumn: 'words' }).known,
    ).toBeNull();
  });
});

describe('the six columns of Sentiment140', () => {
  const six = (first: string) => `"${first}","1","Mon Apr 06","NO_QUERY","me","so sad"\n`;

  test.each(['0', '2', '4'])('are found by a first row of label %s', label => {
    expect(find(six(label))).toMatchObject({
      known: 'sentiment140',
      header: false,
      textColumn: 'text',
      labelColumn: 'target',
    });
    expect(find(six(label).replaceAll('"', ''), LABEL).known).toBe('sentiment140');
  });

  test('are not found by another label, another number of columns, or a header', () => {
    expect(
      find(
        many(12, () => six('1').trim()),
        { header: false, textColumn: '_c5' },
      ).known,
    ).toBeNull();
    expect(
      find(
        many(12, () => '0,1,d,q,u,v,hello'),
        { header: false, textColumn: '_c6' },
      ).known,
    ).toBeNull();
    expect(find(`target,ids,date,flag,user,text\n${six('0')}`)).toMatchObject({
      known: null,
      header: true,
      textColumn: 'text',
    });
  });
});

describe('two columns without a header', () => {
  test.each<[name: string, line: (row: number) => string, columns: string]>([
    ['numbers behind', row => `words ${row},${row % 2}`, 'text/label'],
    ['numbers before', row => `${row % 2},words ${row}`, 'label/text'],
    ['words behind', row => `words ${row},${row % 2 ? 'Positive' : 'NEG'}`, 'text/label'],
    ['stars before, some missing', row => `${row % 3 ? (row % 5) + 1 : ''},words ${row}`, 'label/text'],
    [
      'numbers before, one missing, of texts that repeat',
      row => `${row || ''},${row % 2 ? 'so good' : 'so bad'}`,
      'label/text',
    ],
    ['classes of any name before', row => `${row % 2 ? 'ham' : 'spam'},words ${row}`, 'label/text'],
    ['classes of any name behind', row => `words ${row},${row % 2 ? 'ham' : 'spam'}`, 'text/label'],
    ['as many different ones: the shorter is the label', row => `x${row},a longer text ${row}`, 'label/text'],
  ])('%s', (_name, line, columns) => {
    expect(told(many(40, line), LABEL)).toMatch(new RegExp(`^"," bare ${columns} text label$`));
  });

  test('are no columns where no label is needed and none is seen: each line is a text', () => {
    expect(told(many(40, row => `well ${row}, it is so ${row * 7}`))).toBe('lines bare text text -');
    expect(told(many(40, row => `well ${row},${row % 2}`))).toBe('"," bare text/label text label');
    expect(told(many(9, row => `ham${row},text ${row}`))).toBe('lines bare text text -');
  });
});

describe('lines that are texts', () => {
  test('with a comma in each of a few are no table; in each of many they are', () => {
    expect(told(many(9, row => `one, two, three ${row}`))).toBe('lines bare text text -');
    expect(
      refusal(
        many(12, row => `one, two, three ${row}`),
        {},
      ),
    ).toContain('its columns are _c0, _c1, _c2');
    expect(
      told(
        many(9, row => `one, two, three ${row}`),
        { delimiter: ',', textColumn: '_c2' },
      ),
    ).toBe('"," bare _c0/_c1/_c2 _c2 -');
  });

  test.each([
    ['every line is quoted', '"a ""b"""\n"c, d"\n', [['a "b"'], ['c, d']]],
    ['one line is not', '"a"\nb\n', [['"a"'], ['b']]],
    ['a quote is open', '"a\nb\n', [['"a'], ['b']]],
    ['text is behind quotes', '"a" b\n"c" d\n', [['"a" b'], ['"c" d']]],
    ['under a header quotes count', 'text\n"a"\nb\n', [['a'], ['b']]],
  ])('and quotes: %s', async (_name, text, rows) => {
    expect(await readAll(await open(text))).toEqual(rows);
  });

  test('may have another name', () => {
    expect(told('a\nb\n', { columnNames: ['review'] })).toBe('lines bare review review -');
  });
});

describe('very wide tables', () => {
  const wide = (columns: number, cell: (index: number) => string) =>
    Array.from({ length: columns }, (_, index) => cell(index)).join(',');

  test('of 4,096 columns are read', async () => {
    const table = await open(
      `${wide(4096, index => (index === 4095 ? 'text' : `c${index}`))}\n${wide(4096, index => `v${index}`)}\n`,
    );
    expect(await readAll(table, ['text', 'c0'])).toEqual([['v4095', 'v0']]);
  });

  /** A line of the file was taken for one text. */
  test('of more are refused, with or without a header, with a delimiter that is told', async () => {
    const header = wide(4097, index => (index === 0 ? 'text' : `c${index}`));
    const row = wide(4097, index => `v${index}`);
    for (const [text, request] of [
      [`${header}\n${row}\n`, {}],
      [`${row}\n${row}\n`, LABEL],
      [`${row}\n${row}\n`, { delimiter: ',' }],
    ] as const) {
      expect(await failure(open(text, request))).toMatch(
        /^DATA_INVALID rows.csv has more than 4,096 columns \| keep the columns/,
      );
    }
  });

  /** Memory ran out: each of the fields beyond the limit was taken for the whole file. */
  test('whose further fields are all empty are read without them', async () => {
    const table = await open(`text${','.repeat(60_000)}\nx${','.repeat(60_000)}\n`);
    expect(table.layout.columns.length).toBe(4096);
    expect(table.layout.columns.at(-1)).toBe('_c4095');
    expect(await readAll(table, ['text'])).toEqual([['x']]);
  });
});

test('a row longer than the head shows the columns all the same', () => {
  const text = `text,label\n"${'long, '.repeat(60_000)}`;
  expect(told(text.slice(0, 256 * 1024), {}, false)).toBe('"," header text/label text label');
  const bare = `1,${'long '.repeat(60_000)}`;
  expect(told(bare.slice(0, 256 * 1024), LABEL, false)).toBe('"," bare label/text text label');
});
