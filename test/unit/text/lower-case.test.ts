import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lowerCase } from '../../../src/lib/text/lower-case.ts';

// What Java 17 answers to toLowerCase(new Locale(language)), recorded from a JVM.
describe('lower-casing as Java does', () => {
  test.each([
    ['GOOD Movie', 'good movie'],
    ['İSTANBUL', 'i̇stanbul'],
    ['ÀÉÎÕÜ ß ẞ', 'àéîõü ß ß'],
    // Added to Unicode after version 13: unknown to Java 17.
    ['Ⱟ Ꟁ A', 'Ⱟ Ꟁ a'],
    ['\u{10570}A \u{10400}A', '\u{10570}a \u{10428}a'],
  ])('%j', (text, expected) => {
    expect(lowerCase(text)).toBe(expected);
  });

  test.each([
    ['ΟΔΟΣ', 'οδος'],
    ['ΟΔΟΣ.', 'οδος.'],
    ['Σ', 'σ'],
    ['Σ Σ', 'σ σ'],
    ['ΑΣΑ', 'ασα'],
    ["Α'ΣΑ", "α'σα"],
    ['ΑΣ/Β', 'ας/β'],
    // An underscore joins letters to one word for Java, not for Unicode's rule.
    ['σ_Σ', 'σ_ς'],
    ['ΣΣΣ_σ', 'σσσ_σ'],
    // A soft hyphen joins letters once; a mark behind it ends the word.
    ['Α\u00adΣ', 'α\u00adς'],
    ['ΣΣ\u00ad\u0301ς', 'σς\u00ad\u0301ς'],
    ['ΑΣ\u20dd', 'ας\u20dd'],
    // Half-way through a surrogate pair the iterator loses the word.
    ['a\u{1d7cf}Σ', 'a\u{1d7cf}σ'],
    ['\u{10400}Σ', '\u{10428}ς'],
    ['ΣーΣ', 'σーσ'],
    ['漢Σ', '漢σ'],
  ])('sigma at the end of a word: %j', (text, expected) => {
    expect(lowerCase(text)).toBe(expected);
  });

  test.each([
    ['tr', 'IİiI', 'ıiiı'],
    ['az', 'Iı', 'ıı'],
    ['lt', 'Ì', 'i\u0307\u0300'],
    ['tr_TR', 'I', 'i'],
    ['TR', 'I', 'ı'],
    ['de', 'I', 'i'],
  ])('in the language %s: %s', (language, text, expected) => {
    expect(lowerCase(text, language)).toBe(expected);
  });

  test('younger capitals stay even beside our own place holders', () => {
    expect(lowerCase('\ue000ꟀA\u{10fffd}\u{10570}Σ')).toBe('\ue000Ꟁa\u{10fffd}\u{10570}σ');
  });

  test('ASCII is what JavaScript makes of it, and lower-casing twice changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (any, ascii) => {
        expect(lowerCase(ascii)).toBe(ascii.toLowerCase());
        expect(lowerCase(lowerCase(any))).toBe(lowerCase(any));
      }),
    );
  });
});
