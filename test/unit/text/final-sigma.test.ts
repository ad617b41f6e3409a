import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findFinalSigmas } from '../../../src/lib/text/final-sigma.ts';
import { lowerCase } from '../../../src/lib/text/lower-case.ts';

// All expected texts, counts and checksums were recorded from toLowerCase of a Java 17 machine.
test.each([
  ['ΟΔΟΣ', 'οδος'],
  ['ΟΔΟΣ.', 'οδος.'],
  ['Ο ΔΡΟΜΟΣ, Ο ΣΚΥΛΟΣ!', 'ο δρομος, ο σκυλος!'],
  ['\u00abΛΟΓΟΣ\u00bb', '\u00abλογος\u00bb'],
  ['\u201cΛΟΓΟΣ\u201d', '\u201cλογος\u201d'],
  ['(ΛΟΓΟΣ)', '(λογος)'],
  ['ΛΟΓΟΣ;', 'λογος;'],
  ['ΛΟΓΟΣ\u00b7', 'λογος\u00b7'],
  ['ΛΟΓΟΣ:', 'λογος:'],
  ['ΛΟΓΟΣ-ΠΑΤΗΡ', 'λογοσ-πατηρ'],
  ['ΛΟΓΟΣ\u2013ΠΑΤΗΡ', 'λογοσ\u2013πατηρ'],
  ['ΛΟΓΟΣ - ΠΑΤΗΡ', 'λογος - πατηρ'],
  ['Σ', 'σ'],
  ['Σ.', 'σ.'],
  ['ΑΣ\nΒΑΣ\r\nΓΑΣ\t', 'ας\nβας\r\nγας\t'],
  ['Σ\u2019 ΑΓΑΠΩ', 'σ\u2019 αγαπω'],
  ["Σ' ΑΓΑΠΩ", "σ' αγαπω"],
  ['ΑΣ\u2019ΤΟ', 'ας\u2019το'],
  ["ΑΣ'ΤΟ", "ασ'το"],
  ["'ΑΣ'", "'ας'"],
  ['"ΑΣ"', '"ας"'],
  ['Α.Σ.', 'α.ς.'],
  ['Α.Σ.Ε.', 'α.σ.ε.'],
  ['ΑΣ2', 'ας2'],
  ['ΑΣ2024', 'ας2024'],
  ['2ΑΣ', '2ας'],
  ['ΑΣ2Α', 'ασ2α'],
  ['ΑΣ,ΒΑΣ', 'ας,βας'],
  ['ΑΣ/ΒΑΣ', 'ας/βας'],
  ['ΑΣ@ΒΑΣ.GR', 'ας@βασ.gr'],
  ['ΕΙΣ\u2026', 'εις\u2026'],
  ['ΕΙΣ...', 'εις...'],
  ['ΕΙΣ\u{1f44d}', 'εις\u{1f44d}'],
  ['ΕΙΣ\u{1f44d}ΠΟΛΗ', 'εις\u{1f44d}πολη'],
  ['ΕΙΣ\u0301', 'εις\u0301'],
  ['Ε\u0301ΙΣ', 'ε\u0301ις'],
  ['ΌΣΟΣ', 'όσος'],
  ['ΣΣΣ', 'σσς'],
  ['ΑΣ_ΒΑΣ', 'ασ_βας'],
  ['ΑΣ\u00a0ΒΑΣ', 'ας\u00a0βας'],
  ['ΑΣ+ΒΑΣ', 'ας+βας'],
  ['ΑΣ%', 'ας%'],
  ['ΑΣ\u20ac', 'ας\u20ac'],
  ['#ΑΣ', '#ας'],
  ['SAΣ', 'saς'],
  ['ΑΣs', 'ασs'],
  ['\u4e2dΑΣ\u4e2d', '\u4e2dας\u4e2d'],
  ['\u3042Σ', '\u3042σ'],
  ['Α\u3002Σ', 'α\u3002σ'],
  ['ΑΣ\u200bΑ', 'ασ\u200bα'],
  ['ΑΣ\ufeff', 'ας\ufeff'],
  ['\ufeffΑΣ', '\ufeffας'],
  ['1Σ', '1σ'],
  ['Α1Σ', 'α1ς'],
  ['Α1.Σ', 'α1.σ'],
  ['Α1.1Σ', 'α1.1ς'],
  ['Α1,1Σ', 'α1,1ς'],
  ['Α,Σ', 'α,σ'],
  ['Α-1Σ', 'α-1σ'],
  ['Α\u09641Σ', 'α\u09641ς'],
  ['Α\u0964Σ', 'α\u0964σ'],
  ['\u{10400}Σ', '\u{10428}ς'],
  [' \u{10400}Σ', ' \u{10428}σ'],
  ['Α\u{10400}Σ', 'α\u{10428}σ'],
  ['ΑΣ\u{10400}', 'ασ\u{10428}'],
  ['ΑΣ.\u{10400}', 'ασ.\u{10428}'],
  ['ΑΣ,\u{10400}', 'ας,\u{10428}'],
  ['\u{10000}Σ', '\u{10000}σ'],
  ['\u{10000}\u0345Σ', '\u{10000}\u0345ς'],
  ['\u0345Σ', '\u0345σ'],
  ['Α.\u0345Σ', 'α.\u0345σ'],
  ['Α\u0301.Σ', 'α\u0301.ς'],
  ['Α.\u0301Σ', 'α.\u0301σ'],
  ['Α.\u200dΣ', 'α.\u200dς'],
  ['Α..Σ', 'α..σ'],
  ['\u2167Σ', '\u2177ς'],
  ['\u2167ΑΣ', '\u2177ας'],
  ['\u00aaΣ', '\u00aaσ'],
  ['\u02b0Σ', '\u02b0ς'],
  ['\u24d0Σ', '\u24d0σ'],
  ['\u6f22Σ', '\u6f22σ'],
  ['\u9fa6ΑΣ', '\u9fa6ας'],
  ['Α\u9fa6Σ', 'α\u9fa6ς'],
  ['Α\u9fa5Σ', 'α\u9fa5σ'],
  ['Α\uac00Σ', 'α\uac00ς'],
])('%j', (text, expected) => {
  expect(lowerCase(text)).toBe(expected);
});

/** How many sigmas are final, and a checksum of the decisions, as the recording program computed them. */
function summarize(texts: Iterable<string>): [number, number] {
  let final = 0;
  let checksum = 0;
  for (const text of texts) {
    const found = findFinalSigmas(text);
    for (let at = text.indexOf('Σ'); at >= 0; at = text.indexOf('Σ', at + 1)) {
      const decision = found.includes(at) ? 1 : 0;
      final += decision;
      checksum = (Math.imul(checksum, 31) + decision + 1) | 0;
    }
  }
  return [final, checksum];
}

test.each([
  ['Α?Σ', 29640, 345657263],
  ['ΑΣ?', 126992, -539228395],
  ['ΑΣ?Α', 100046, -969715867],
  ['?Σ', 4080, 1805239921],
  ['Α.?Σ', 27854, 1410734773],
  ['1?Σ', 2695, -727354240],
  ['Α1?1Σ', 29606, 51032825],
  ['Α?-Σ', 28866, 940632057],
  ['ΑΣ??Α', 100085, 1599445997],
  ['Α?1Σ', 29603, -1473740042],
])('every character up to U+1FFFF in the place of ? in %s', (pattern, final, checksum) => {
  const texts = Array.from({ length: 0x20000 }, (_, code) => pattern.split('?').join(String.fromCodePoint(code)));
  expect(summarize(texts)).toEqual([final, checksum]);
});

test('30,000 random texts of letters, digits, signs, marks and pairs', () => {
  const around = [
    ..."ΣΣΣΑα1.'-_ ,\u0301\u00ad%$\u4e2d:\u200d/\u0345\u2167\u2028#\uffe5\u0964\u05d0\u3042\u{10400}\u{1f600}\u{10000}\u30fc\u0663\u066b\u2019\u00b7\u0870",
  ];
  let seed = 2026;
  const next = (below: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const texts = Array.from({ length: 30_000 }, () => {
    let text = '';
    for (let left = 2 + next(14); left > 0; left--) text += around[next(around.length)];
    return `${text}Σ`;
  });
  expect(summarize(texts)).toEqual([8988, -215130830]);
});

test('every surrounding of three characters: the checksum of the lowered texts', () => {
  const around = [..."ΣΑα1.'-_ ,\u0301\u00ad%$\u4e2d:\u200d/"];
  let checksum = 0;
  let final = 0;
  const add = (text: string) => {
    for (const character of lowerCase(text)) {
      checksum = (Math.imul(checksum, 31) + character.charCodeAt(0)) | 0;
      if (character === 'ς') final++;
    }
  };
  for (const x of around)
    for (const y of around)
      for (const z of around) {
        add(`${x}Σ${y}${z}`);
        checksum = Math.imul(checksum, 31);
        add(`${x}${y}Σ${z}`);
      }
  expect([final, checksum]).toEqual([2700, -182321358]);
});

test('a million sigmas take one pass', () => {
  const length = 1_000_000;
  expect(findFinalSigmas('Σ'.repeat(length))).toEqual([length - 1]);
  expect(findFinalSigmas('ΣΣ '.repeat(length)).length).toBe(length);
  expect(lowerCase(`Α${'\u0301'.repeat(length)}Σ`).endsWith('ς')).toBe(true);
});

test('only capital sigmas are named, in order, and texts without one have none', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('Σ', 'σ', 'ς', 'a', ' ', '.', '\u{1d7cf}'), maxLength: 12 }),
      text => {
        const found = findFinalSigmas(text);
        expect(found.every(index => text[index] === 'Σ')).toBe(true);
        expect(found).toEqual([...new Set(found)].sort((a, b) => a - b));
        if (!text.includes('Σ')) expect(found).toEqual([]);
      },
    ),
  );
});

test('white space keeps words apart: each is decided as if it stood alone', () => {
  for (const word of ['ΟΔΟΣ', 'ΣΑΣ', 'Α.Σ', '1Σ']) {
    const alone = findFinalSigmas(word);
    expect(findFinalSigmas(`abc ${word} def`)).toEqual(alone.map(index => index + 4));
  }
});
