import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../../../src/lib/data/write/byte-writer.ts';

const encoder = new TextEncoder();
const written = (out: ByteWriter) => Buffer.from(out.view()).toString('utf8');

function jsonString(text: string): string {
  const out = new ByteWriter();
  const bytes = encoder.encode(`<${text}>`);
  out.jsonString(bytes, 1, bytes.length - 1);
  return written(out);
}

function csvField(text: string): string {
  const out = new ByteWriter();
  const bytes = encoder.encode(`"${text},`);
  out.csvField(bytes, 1, bytes.length - 1);
  return written(out);
}

describe('JSON strings from bytes', () => {
  test('are what JSON.stringify writes, for any text', () => {
    const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.string());
    fc.assert(
      fc.property(texts, text => {
        const whole = text.toWellFormed();
        expect(jsonString(whole)).toBe(JSON.stringify(whole));
      }),
      { numRuns: 2000 },
    );
  });

  test('keep every character of the BMP and its neighbours apart', () => {
    let all = '';
    for (let code = 0; code < 0x10000; code += 1) if (code < 0xd800 || code > 0xdfff) all += String.fromCharCode(code);
    expect(jsonString(all)).toBe(JSON.stringify(all));
  });

  test('grow over the pieces that a long text is copied in, also where every byte needs six', () => {
    const text = '\u0001\u{1f600}퟿"'.repeat(30_000);
    expect(jsonString(text)).toBe(JSON.stringify(text));
  });

  test('write a lone surrogate, which a JSON input can hold, as the escape that it was', () => {
    const out = new ByteWriter();
    const bytes = Uint8Array.of(0x61, 0xed, 0xa0, 0xbd, 0x62, 0xed, 0xbf, 0xbf);
    out.jsonString(bytes, 0, bytes.length);
    expect(written(out)).toBe('"a\\ud83db\\udfff"');
  });

  test('a surrogate on the border of two pieces stays whole', () => {
    const out = new ByteWriter();
    const bytes = new Uint8Array(16 * 1024 + 2).fill(0x61);
    bytes.set([0xed, 0xa0, 0xbd], 16 * 1024 - 1);
    out.jsonString(bytes, 0, bytes.length);
    expect(written(out)).toBe(`"${'a'.repeat(16 * 1024 - 1)}\\ud83d"`);
  });
});

describe('CSV fields from bytes', () => {
  test.for([
    ['plain', 'plain'],
    ['', '""'],
    ['a,b', '"a,b"'],
    ['say "so"', '"say ""so"""'],
    ['two\nlines', '"two\nlines"'],
    ['\r', '"\r"'],
    [' edge', '" edge"'],
    ['edge ', '"edge "'],
    ['schön', 'schön'],
  ] as const)('%j is %j', ([text, field]) => {
    expect(csvField(text)).toBe(field);
  });
});

describe('room', () => {
  test('what was written before stays when the writer grows, and is gone after clear', () => {
    const out = new ByteWriter();
    out.ascii('{"a":');
    out.raw(encoder.encode('1'));
    out.text(',"ü":"𝄞"}');
    const big = encoder.encode('x'.repeat(5_000_000));
    out.jsonString(big, 0, big.length);
    expect(written(out).slice(0, 20)).toBe('{"a":1,"ü":"𝄞"}"xxx'.slice(0, 20));
    expect(out.length).toBe(encoder.encode('{"a":1,"ü":"𝄞"}').length + 5_000_002);
    out.clear();
    expect(out.length).toBe(0);
    out.ascii('again');
    expect(written(out)).toBe('again');
  });
});
