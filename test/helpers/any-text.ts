import fc from 'fast-check';

const sign = fc.oneof(
  fc.integer({ min: 0x20, max: 0x7e }).map(code => String.fromCharCode(code)),
  fc.integer({ min: 0, max: 0xffff }).map(code => String.fromCharCode(code)),
  fc.integer({ min: 0x10000, max: 0x10ffff }).map(code => String.fromCodePoint(code)),
  fc.constantFrom(
    '<',
    '>',
    '&',
    '"',
    "'",
    '\n',
    '\r',
    '\t',
    '\0',
    '|',
    '`',
    '\u0301',
    '\u202e',
    '\ufffe',
    ']]>',
    '<!--',
  ),
);

/** Any text, halves of surrogate pairs included; the generator's own `binary` unit takes seconds to set up. */
export function anyText(maxLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: sign, maxLength });
}
