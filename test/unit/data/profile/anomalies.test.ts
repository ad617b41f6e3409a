import { describe, expect, test } from 'vitest';
import { Anomalies } from '../../../../src/lib/data/profile/anomalies.ts';
import { ScriptCounts } from '../../../../src/lib/data/profile/script-counts.ts';
import { scanned } from './texts.ts';

function look(texts: readonly (string | null)[]): Anomalies {
  const { column, features } = scanned(texts);
  const scripts = new ScriptCounts();
  scripts.add(column, features, texts.length);
  const anomalies = new Anomalies('text');
  anomalies.add(column, features, scripts.mishaps, texts.length, 0);
  return anomalies;
}

const kindsOf = (text: string | null) =>
  look([text])
    .findings(1)
    .map(({ name }) => name);

describe('anomalies', () => {
  test.each([
    [null, ['empty']],
    ['', ['empty']],
    [' \t\r\n', ['empty']],
    ['ok', ['very-short']],
    ['é', ['very-short']],
    ['fine', []],
    ['x y '.repeat(2501), ['very-long']],
    ['x y '.repeat(2500), []],
    ['12:30', ['no-letters']],
    ['!?', ['very-short', 'no-letters']],
    ['日本語', []],
    ['NaN', ['placeholder']],
    [' null ', ['placeholder']],
    ['n/a', ['placeholder']],
    ['nana', []],
    ['text', ['header-again']],
    ['Text', []],
    ['bell\u0007', ['control-characters']],
    ['del\u007f', ['control-characters']],
    ['c1 \u0085\u0099 x', ['control-characters']],
    ['both \u0001 \u0099', ['control-characters']],
    ['tab\tand\nline', []],
    ['zero\u200bwidth', ['hidden-characters']],
    ['right\u202eleft', ['hidden-characters']],
    ['a\ufeffb mark', ['hidden-characters']],
    ['soft\u00adhyphen', ['hidden-characters']],
    ['family 👨\u200d👩\u200d👧', []],
    ['I\ufffdm here', ['replaced-characters']],
    ['cafÃ©', ['mojibake']],
    ['Â£5 off', ['mojibake']],
    ['itâ€™s me', ['mojibake']],
    ['smile ðŸ˜€', ['mojibake']],
    ['SÃO PAULO', []],
    ['Âncora', []],
    ['a <br /> b', ['html']],
    ['</p> end', ['html']],
    ['<!-- note -->', ['html']],
    ['<a href="x">y</a>', ['html']],
    ['tom &amp; jerry', ['html']],
    ['it&#39;s', ['html']],
    ['&#x27; x', ['html']],
    ['I <3 you > all', []],
    ['a < b and b > c', []],
    ['AT&T; rock & roll;', []],
    ['salt & pepper', []],
    ['x &; y', []],
    [`<${'a'.repeat(300)}>`, ['repeated-characters']],
    ['nooooooooooooo', ['repeated-characters']],
    ['nooooooooooo', []],
    ['!!!!!!!!!!!! wow', ['repeated-characters']],
    [`far${' '.repeat(40)}apart`, []],
  ])('%j', (text, expected) => {
    expect(kindsOf(text)).toEqual(expected);
    for (const { rows } of look([text]).findings(1)) expect(rows).toBe(1);
  });

  test('are counted by row, with their share and the first of them', () => {
    const found = look([
      'fine text',
      '<b>x</b>',
      null,
      'a &amp; b <i>c</i>',
      '',
      '  ',
      '<u>y</u>',
      '<s>z</s>',
    ]).findings(8);
    expect(found.map(({ name, rows, share }) => [name, rows, share])).toEqual([
      ['empty', 3, 3 / 8],
      ['html', 4, 4 / 8],
    ]);
    expect(found[1]?.examples.map(({ row }) => row)).toEqual([2, 4, 7]);
  });

  test('show the place in a long text', () => {
    const [html] = look([`${'word '.repeat(100)}<br/> here`]).findings(1);
    expect(html?.examples[0]?.text).toMatch(/^….*<br\/> here$/);
  });
});

test('the example shows the place of what cannot be seen', () => {
  const before = 'word '.repeat(40);
  const exampleOf = (text: string) => look([text]).findings(1)[0]?.examples[0]?.text;
  expect(exampleOf(`${before}it\u0092s\n${before}`)).toMatch(/^….*it\\u0092s/);
  expect(exampleOf(`${before}it\u0007s ${before}`)).toMatch(/^….*it\\u0007s/);
  expect(exampleOf(`${before}zero\u200bwidth ${before}`)).toMatch(/^….*zero\\u200bwidth/);
  expect(exampleOf(`${before}cafÃ© ${before}`)).toMatch(/^….*cafÃ©/);
  expect(exampleOf(`${before}I\ufffdm ${before}`)).toMatch(/^….*I\ufffdm/);
});

describe('rows that an open quote swallowed', () => {
  const dialect = { delimiter: ',', columns: 3, labelAt: 2 };
  const swallowed = (text: string, more: Partial<typeof dialect> = {}) => {
    const { column, features } = scanned([text]);
    const anomalies = new Anomalies('text', { ...dialect, ...more });
    anomalies.add(column, features, new Uint8Array(1), 1, 0, ['pos', 'neg']);
    return anomalies.findings(1).some(({ name }) => name === 'swallowed-rows');
  };
  const lines = (line: (index: number) => string) => Array.from({ length: 8 }, (_, index) => line(index)).join('\n');

  test.each([
    ['lines that end in a label', lines(row => `a bad, bad film about nothing at all,${row},neg`), {}, true],
    ['in quotes too', lines(row => `"a bad, bad film about nothing at all","${row}","neg"\r`), {}, true],
    ['lines that begin with one', lines(row => `"pos","${row}","what a film, what a cast"`), { labelAt: 0 }, true],
    ['another delimiter', lines(() => 'a film, a long one, with much to see\tone\tpos'), { delimiter: '\t' }, true],
    ['a review in lines', lines(row => `I said no, and no, and no once more ${row}, neg or pos`), {}, false],
    ['a list', lines(() => 'cast: one, two, three and even four of them'), {}, false],
    ['two lines only', 'it was one long line, then a second one\nanother line that is long,x,neg\nend', {}, false],
    ['no label, as many columns', lines(row => `text of a row,${row},something else`), { labelAt: -1 }, true],
    ['no label, other columns', lines(row => `text, of, a row,${row},something else`), { labelAt: -1 }, false],
    ['one column', lines(() => 'text of a row and nothing more'), { labelAt: -1, columns: 1, delimiter: '' }, false],
  ] as const)('%s', (_, text, more, expected) => {
    expect(swallowed(text, more)).toBe(expected);
  });
});
