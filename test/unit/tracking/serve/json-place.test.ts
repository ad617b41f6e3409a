import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findJsonFault } from '../../../../src/lib/tracking/serve/json-place.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test('finds no fault in any JSON, however it is spaced', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(undefined, 2, '\t'), (text, space) => {
      expect(findJsonFault(` ${JSON.stringify(JSON.parse(text), null, space)}\n`)).toBeNull();
    }),
  );
});

test('finds a fault exactly where the parser of the language does not go on', () => {
  const marks = fc.array(
    fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '"a"',
      '1',
      '-',
      '0',
      '.5',
      'e',
      'true',
      'null',
      ' ',
      '\\',
      '\n',
    ),
  );
  fc.assert(
    fc.property(
      marks.map(list => list.join('')),
      text => {
        const fault = findJsonFault(text);
        expect(fault === null).toBe(isJson(text));
        // What stands before the fault is the beginning of some JSON: it is not refused any earlier.
        if (fault !== null) expect(findJsonFault(text.slice(0, fault.at))?.at ?? fault.at).toBe(fault.at);
      },
    ),
    { numRuns: 2000 },
  );
});

test.each([
  ['', 0, 1, 1, 'the end'],
  ['{"a": NaN}', 6, 1, 7, '"NaN"'],
  ['[1,\n  2,\n  oops]', 11, 3, 3, '"oops"'],
  ['{"a" 1}', 5, 1, 6, '"1"'],
  ['{"a": 1', 7, 1, 8, 'the end'],
  ['[1] x', 4, 1, 5, '"x"'],
])('%j: at %i, line %i, column %i, %s', (text, at, line, column, found) => {
  expect(findJsonFault(text)).toEqual({ at, line, column, found });
});

test('depth and length cost no stack', () => {
  expect(findJsonFault('['.repeat(1_000_000))?.at).toBe(1_000_000);
  expect(findJsonFault(`"${'x'.repeat(16_000_000)}"`)).toBeNull();
  expect(findJsonFault(`"${'\\n'.repeat(500_000)}`)?.at).toBe(0);
});
