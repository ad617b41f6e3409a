import { SentopsError } from '../../../lib/core/errors.ts';
import type { Read } from '../records.ts';
import { compareValues, isNothing, toText } from './compare.ts';

type Test = (value: unknown) => boolean;

const EXPRESSION = /^\s*([^\s=!<>~]+)\s*(==|=|!=|>=|<=|>|<|!~|~)\s*(.*?)\s*$/s;

/** `state=RUNNING`, `accuracy>=0.8`, `name~^exp-`, `owner!=`: one test of one column. */
export function compileFilter(
  text: string,
  readColumn: (name: string, flag: string) => Read,
): (row: unknown) => boolean {
  const [, name, operator, wanted] = EXPRESSION.exec(text) ?? [];
  if (name === undefined || operator === undefined || wanted === undefined) {
    throw new SentopsError('FLAG_INVALID', `--filter: ${JSON.stringify(text)} is not an expression`, {
      hint: 'write a column, one of = != > >= < <= ~ !~, and a value: state=RUNNING',
    });
  }
  const read = readColumn(name, '--filter');
  const test = compileTest(operator, wanted, text);
  return row => test(read(row));
}

function compileTest(operator: string, wanted: string, text: string): Test {
  switch (operator) {
    case '!=':
      return value => !equals(value, wanted);
    case '~':
    case '!~': {
      const pattern = compilePattern(wanted, text);
      return value => itemsOf(value).some(item => pattern.test(toText(item))) === (operator === '~');
    }
    case '>':
      return ordered(wanted, order => order > 0);
    case '>=':
      return ordered(wanted, order => order >= 0);
    case '<':
      return ordered(wanted, order => order < 0);
    case '<=':
      return ordered(wanted, order => order <= 0);
    default:
      return value => equals(value, wanted);
  }
}

/** A list is equal to each of its items; numbers and dates are equal however they are written. */
function equals(value: unknown, wanted: string): boolean {
  return itemsOf(value).some(item => {
    const text = toText(item);
    if (text === wanted) return true;
    const comparable = typeof item === 'number' || typeof item === 'bigint' || item instanceof Date;
    return comparable && wanted !== '' && compareValues(item, wanted) === 0;
  });
}

/** Nothing is neither greater nor smaller than anything. */
function ordered(wanted: string, holds: (order: number) => boolean): Test {
  return value => !isNothing(value) && holds(compareValues(value, wanted));
}

function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) && value.length > 0 ? value : [Array.isArray(value) ? undefined : value];
}

function compilePattern(pattern: string, text: string): RegExp {
  try {
    return new RegExp(pattern, 'i');
  } catch (error) {
    throw new SentopsError('FLAG_INVALID', `--filter: ${JSON.stringify(text)} holds no valid regular expression`, {
      hint: 'put a backslash before characters that mean themselves, for instance \\( or \\*',
      cause: error,
    });
  }
}
