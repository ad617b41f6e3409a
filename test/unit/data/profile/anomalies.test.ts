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
