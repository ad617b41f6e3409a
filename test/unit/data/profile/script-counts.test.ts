import { describe, expect, test } from 'vitest';
import { BeyondAscii, MISHAP, SCRIPTS } from '../../../../src/lib/data/profile/beyond-ascii.ts';
import { ScriptCounts } from '../../../../src/lib/data/profile/script-counts.ts';
import { scanned } from './texts.ts';

function scriptOf(text: string): string | undefined {
  const reader = new BeyondAscii();
  const bytes = Buffer.from(text);
  reader.look(bytes, 0, bytes.length);
  return SCRIPTS[reader.script];
}

describe('scripts', () => {
  test.each([
    ['Grüße aus Köln', 'Latin'],
    ['Việt Nam đẹp', 'Latin'],
    ['καλημέρα κόσμε', 'Greek'],
    ['Привет, как дела?', 'Cyrillic'],
    ['بسيط جدا', 'Arabic'],
    ['שלום עולם', 'Hebrew'],
    ['नमस्ते दुनिया', 'Devanagari'],
    ['বাংলা ভাষা', 'Indic'],
    ['สวัสดีชาวโลก', 'Thai'],
    ['გამარჯობა', 'Georgian'],
    ['안녕하세요', 'Hangul'],
    ['こんにちは世界', 'Kana'],
    ['你好世界', 'Han'],
    ['𠀀𠀁', 'Han'],
    ['сorrect but for the first letter', 'Latin'],
    ['ok Привет', 'Cyrillic'],
    ['😀😀 123 …', 'none'],
  ])('%s is %s', (text, script) => {
    expect(scriptOf(text)).toBe(script);
  });

  test('agree with the properties of Unicode on single letters', () => {
    for (const script of ['Greek', 'Cyrillic', 'Hebrew', 'Arabic', 'Thai', 'Devanagari', 'Hangul', 'Han', 'Georgian']) {
      const letter = new RegExp(`^(?=\\p{L})\\p{Script=${script}}$`, 'u');
      let seen = 0;
      let right = 0;
      for (let point = 0x100; point < 0xffff; point++) {
        const text = String.fromCodePoint(point);
        if (!letter.test(text)) continue;
        seen++;
        if (scriptOf(text) === script) right++;
      }
      expect([script, right / seen > 0.85]).toEqual([script, true]);
    }
  });

  test('a row is of one script, the most frequent first; blank rows are of none', () => {
    const texts = ['hello', 'Привет', null, '', 'world', '123', 'ok', 'мир'];
    const { column, features } = scanned(texts);
    const scripts = new ScriptCounts();
    scripts.add(column, features, texts.length);
    expect(scripts.shares(8)).toEqual([
      { name: 'Latin', rows: 3, share: 3 / 8 },
      { name: 'Cyrillic', rows: 2, share: 2 / 8 },
      { name: 'none', rows: 1, share: 1 / 8 },
    ]);
  });

  test('mishaps are told by row and forgotten with the next batch', () => {
    const scripts = new ScriptCounts();
    const first = scanned(['fine', 'cafÃ© \ufffd', 'é\u200b']);
    scripts.add(first.column, first.features, 3);
    expect([...scripts.mishaps]).toEqual([0, MISHAP.mojibake | MISHAP.replaced, MISHAP.hidden]);
    const next = scanned(['a', 'b']);
    scripts.add(next.column, next.features, 2);
    expect([...scripts.mishaps.subarray(0, 2)]).toEqual([0, 0]);
  });

  test('what has characters of two, three and four bytes is read to its end', () => {
    const reader = new BeyondAscii();
    const bytes = Buffer.from('aé€😀\u0099');
    reader.look(bytes, 0, bytes.length);
    expect(reader.mishaps).toBe(MISHAP.control);
    reader.look(bytes, 0, bytes.length - 2);
    expect(reader.mishaps).toBe(0);
  });
});
