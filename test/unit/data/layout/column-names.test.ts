import { describe, expect, test } from 'vitest';
import { chooseColumns } from '../../../../src/lib/data/layout/choose-columns.ts';
import {
  completeNames,
  findLabelColumn,
  findNamed,
  findTextColumn,
  isLabelValue,
} from '../../../../src/lib/data/layout/column-names.ts';
import type { TableRequest } from '../../../../src/lib/data/rows.ts';

describe('names of columns', () => {
  test('known ones are taken in the order of their likelihood, not of their place', () => {
    expect(findTextColumn(['comment', 'Review', ' TEXT '])).toBe(' TEXT ');
    expect(findTextColumn(['comment', 'Review'])).toBe('Review');
    expect(findTextColumn(['comments', 'texts'])).toBe('comments');
    expect(findTextColumn(['reviews', 'textual', ''])).toBeUndefined();
    expect(findLabelColumn(['stars', 'Sentiment', 'label'], null)).toBe('label');
    expect(findLabelColumn(['score', 'Star_Rating', 'x'], null)).toBe('score');
  });

  test('the column of the texts is never that of the labels', () => {
    expect(findLabelColumn(['label', 'stars'], 'label')).toBe('stars');
    expect(findLabelColumn(['label'], 'label')).toBeUndefined();
  });

  test('that are asked for are found exactly before they are found in another case', () => {
    expect(findNamed(['TEXT', 'text'], 'text')).toBe('text');
    expect(findNamed(['TEXT', 'Text'], 'text')).toBe('TEXT');
    expect(findNamed([' text '], 'Text')).toBe(' text ');
    expect(findNamed(['texts'], 'text')).toBeUndefined();
  });

  test('that are missing or taken get their place, and none comes twice', () => {
    expect(completeNames(['a', '', null, ' b ', 'a', 'a'])).toEqual(['a', '_c1', '_c2', 'b', 'a_c4', 'a_c5']);
    expect(completeNames(['_c1', null])).toEqual(['_c1', '_c1_c1']);
    expect(completeNames(['a_c1', 'a', 'a'])).toEqual(['a_c1', 'a', 'a_c2']);
    expect(completeNames(['a_c2', 'a', 'a'])).toEqual(['a_c2', 'a', 'a_c2_c2']);
  });

  test.each([
    ['0', true],
    ['-1', true],
    ['+1', true],
    ['10', true],
    [' 4.5 ', true],
    ['POSITIVE', true],
    ['neu', true],
    ['True', true],
    ['100', false],
    ['1.25', false],
    ['good', false],
    ['', false],
    ['1,5', false],
  ])('%j is a label by itself: %s', (value, is) => {
    expect(isLabelValue(value)).toBe(is);
  });
});

describe('the columns of texts and labels', () => {
  const choose = (columns: readonly string[], request: TableRequest = {}) => {
    const { textColumn, labelColumn } = chooseColumns('rows.csv', columns, request);
    return [textColumn, labelColumn];
  };
  const refused = (columns: readonly string[], request: TableRequest = {}) => {
    try {
      return String(choose(columns, request));
    } catch (error) {
      const { code, message, hint, details } = error as {
        code: string;
        message: string;
        hint: string;
        details: object;
      };
      return { code, message, hint, details };
    }
  };

  test('are chosen by their names; one column alone is that of the texts', () => {
    expect(choose(['id', 'review', 'stars'])).toEqual(['review', 'stars']);
    expect(choose(['anything'])).toEqual(['anything', null]);
    expect(choose(['label', 'anything'], { labelColumn: 'label' })).toEqual(['anything', 'label']);
    expect(choose(['text', 'review'], { labelColumn: 'TEXT' })).toEqual(['review', 'text']);
    expect(choose(['text', 'label'], { textColumn: 'label' })).toEqual(['label', null]);
  });

  test('are refused with a list of those that there are, and how to name one', () => {
    expect(refused(['a', 'b'])).toEqual({
      code: 'DATA_INVALID',
      message: 'rows.csv: no column is known to hold the texts; its columns are a, b',
      hint: 'name the column with --text-column',
      details: { columns: ['a', 'b'] },
    });
    expect(refused(['text', 'b'], { needsLabel: true })).toMatchObject({ hint: 'name the column with --label-column' });
    expect(refused(['text', 'senitment'], { labelColumn: 'sentiment' })).toMatchObject({
      message: 'rows.csv: there is no column sentiment; its columns are senitment, text',
      hint: 'did you mean --label-column senitment?',
      details: { columns: ['senitment', 'text'], column: 'sentiment' },
    });
    expect(refused(['text', 'b'], { textColumn: 'text', labelColumn: 'Text' })).toMatchObject({
      code: 'FLAG_INVALID',
      hint: expect.stringContaining('--text-column and --label-column'),
    });
  });

  test('a long list is cut, and so are long names', () => {
    const columns = Array.from({ length: 100 }, (_, index) => `column ${index} ${'x'.repeat(60)}`);
    const { message } = refused(columns) as { message: string };
    expect(message).toMatch(/column 29 x+… {1,2}and 70 more$|column 29 x+… and 70 more$/);
    expect(message).not.toContain('column 30');
    expect(message.length).toBeLessThan(1500);
  });
});
