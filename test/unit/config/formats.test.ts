import { describe, expect, it } from 'vitest';
import type { StringFormat } from '../../../src/lib/config/fields/types.ts';
import { FORMATS } from '../../../src/lib/config/formats.ts';
import { parseDuration } from '../../../src/lib/core/duration.ts';

const EXAMPLES: Readonly<
  Record<StringFormat, { readonly right: readonly string[]; readonly wrong: readonly string[] }>
> = {
  duration: {
    right: ['30m', '3600s', '1h30m', '2d', '500ms', '1.5h', '90', ' 30m '],
    wrong: ['', 'm', '30 m', '30x', '-5m', '1h30', 'thirty minutes', '30M'],
  },
  percent: { right: ['50%', '0%', '12.5%'], wrong: ['50', '%', '-5%', '50 %', 'half'] },
  uri: {
    right: [
      'gs://b',
      'gs://b/p q'.replace(' ', '%20'),
      'file:///x',
      'a/b c',
      '.sentops/buckets/raw',
      '/x',
      'sqlite:///m.db',
      'databricks',
      'C:\\x',
      'ä/ö',
    ],
    wrong: ['', ' ', 'gs://', 'gs:/b', 'https:host', 'gs://a b', 'a\nb', 'x\u0000'],
  },
  path: { right: ['a', 'a b/c', './*.yaml', '~/.x', 'ü'], wrong: ['', '  ', 'a\nb', '\u0000'] },
  hostport: {
    right: ['localhost:9092', 'a.b-c:1,b:65535', 'a:1, b:2', '[::1]:9092', '10.0.0.1:80'],
    wrong: ['localhost', 'localhost:', ':9092', 'a:65536', 'a:b', 'a:1,', 'http://a:1', 'a b:1'],
  },
  semver: {
    right: ['1', '1.2.3', '>=1 <2', '^1.2', '~0.3.1', '1.x', '*', '1.2.3-rc.1', '>=1 || <0.5', '1.0.0 - 2.0.0', '>= 1'],
    wrong: ['', 'one', '>=', '1..2', '1.2.3.4', '<2 and >1', '||'],
  },
  gate: {
    right: ['>0.75', '>=0.8', '< 500', '<=-1', ' > 1 '],
    wrong: ['', '0.75', '=1', '>', '>x', '=>1', '>1%', '> 0.5 < 1'],
  },
  cron: {
    right: ['@weekly', '@daily', '0 0 * * 0', '*/15 1-3,5 * * MON-FRI', '59 23 31 12 7', '0 4 * jan *'],
    wrong: [
      '',
      'weekly',
      '@fortnightly',
      '* * * *',
      '* * * * * *',
      '60 * * * *',
      '* 24 * * *',
      '* * 0 * *',
      '* * 32 * *',
      '* * * 13 *',
      '* * * * 8',
      'a b c d e',
    ],
  },
};

describe.each(Object.entries(EXAMPLES))('format %s', (format, { right, wrong }) => {
  const { pattern, expected } = FORMATS[format as StringFormat];
  const expression = new RegExp(pattern, 'u');

  it.each(right)('%j fits', text => expect(expression.test(text)).toBe(true));
  it.each(wrong)('%j does not fit', text => expect(expression.test(text)).toBe(false));

  it('is described by an example that fits', () => {
    const example = /such as "?([^",]+?)"?(?:,| or |$)/.exec(expected)?.[1] ?? 'a';
    expect(expression.test(example)).toBe(true);
  });

  it.each(['a', ' ', '1', '1.', 'a:1,', '*,', '> ', '1 ', '1 - ', 'a://', '@', '\u0001 '])(
    'reads 200,000 times %j without stalling',
    part => {
      expect(typeof expression.test(`${part.repeat(200_000)}\n!`)).toBe('boolean');
    },
  );
});

describe('durations', () => {
  it('that the configuration takes are those that the program reads', () => {
    const expression = new RegExp(FORMATS.duration.pattern, 'u');
    for (const text of EXAMPLES.duration.right) expect(parseDuration(text, 'x')).toBeGreaterThan(0);
    for (const text of EXAMPLES.duration.wrong) {
      expect(expression.test(text)).toBe(false);
      expect(() => parseDuration(text, 'x')).toThrow();
    }
  });
});
