import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Block } from '../../../src/lib/report/document.ts';
import { linkTo } from '../../../src/lib/report/render/link-to.ts';
import { escapeMarkdown, renderMarkdown } from '../../../src/lib/report/render/markdown.ts';
import { anyText } from '../../helpers/any-text.ts';

function render(...blocks: Block[]): string {
  return renderMarkdown({ title: 'T', subtitle: 'S', blocks }).split('\n').slice(4).join('\n');
}

/** What a reader of Markdown shows for escaped text: backslashes and entities taken away (CommonMark 0.31, 2.4 and 2.5). */
function showText(text: string): string {
  return text
    .replaceAll(/\\([!-/:-@[-`{-~])/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

describe('plain text in Markdown', () => {
  test.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert\\(1\\)&lt;/script&gt;'],
    ['a | b', 'a \\| b'],
    ['*bold* _it_ `code` ~x~', '\\*bold\\* \\_it\\_ \\`code\\` \\~x\\~'],
    ['[x](javascript:alert(1))', '\\[x\\]\\(javascript:alert\\(1\\)\\)'],
    ['# head', '\\# head'],
    ['- item', '\\- item'],
    ['12. item', '12\\. item'],
    [' 12. item', ' 12\\. item'],
    [' - item', ' \\- item'],
    ['===', '\\==='],
    ['0.9252', '0.9252'],
    ['1) item', '1\\) item'],
    ['a\n\n# b', 'a \\# b'],
    ['&lt;', '&amp;lt;'],
    ['C:\\dir', 'C:\\\\dir'],
  ])('%j', (text, escaped) => {
    expect(escapeMarkdown(text)).toBe(escaped);
  });

  test('says the same to a reader, on one line, without a tag', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab1 -=+#*_<>&|`~[]()!\\.$'.split('')) }), text => {
        const escaped = escapeMarkdown(text);
        expect(escaped).not.toMatch(/[<>\n]/);
        expect(showText(escaped)).toBe(text.replaceAll(/\s+/g, ' '));
        expect(escaped.replaceAll(/\\[!-/:-@[-`{-~]/g, '')).not.toMatch(/[|`*_[\]#]/);
      }),
    );
  });

  test('of any sign is well-formed and without control signs', () => {
    fc.assert(
      fc.property(anyText(60), text => {
        const escaped = escapeMarkdown(text);
        expect(escaped.isWellFormed()).toBe(true);
        expect(escaped).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }),
    );
  });
});

describe('blocks in Markdown', () => {
  test('a table has one line per row and as many cells in each', () => {
    const columns = [{ title: 'a|b' }, { title: 'n', numeric: true }];
    const rows = [
      ['x\ny', '1'],
      ['`|`', '|'],
    ];
    const lines = render({ type: 'table', caption: 'C', columns, rows }).trimEnd().split('\n');
    expect(lines.slice(0, 2)).toEqual(['**C**', '']);
    expect(lines[3]).toBe('| --- | ---: |');
    expect(lines).toHaveLength(6);
    for (const line of lines.slice(2)) expect(line.replaceAll('\\|', '').match(/\|/g)).toHaveLength(3);
  });

  test('code cannot be left by what it holds, and is shown as it is', () => {
    const text = '```\n</code>\n    # x\r\nlast';
    expect(render({ type: 'code', text })).toBe('    ```\n    </code>\n        # x\n    last\n');
  });

  test('code within a line is marked where it is harmless and escaped where it is not', () => {
    const piece = (code: string) => render({ type: 'paragraph', content: [{ code }] }).trim();
    expect(piece('a94a8fe5')).toBe('`a94a8fe5`');
    expect(piece('a`|<b>')).toBe('a\\`\\|&lt;b&gt;');
    expect(piece('')).toBe('');
  });

  test('a figure without a file is left out', () => {
    const drawing = { width: 1, height: 1, title: 'A [b]', description: 'd', shapes: [] };
    const figure = { type: 'figure', id: 'x', drawing, caption: 'c' } as const;
    expect(render({ ...figure, file: null })).toBe('');
    expect(render({ ...figure, file: 'roc.png' })).toBe('![A \\[b\\]. d](roc.png)\n\nc\n');
  });
});

describe('links to reports below', () => {
  test.each([
    ['ngram', './ngram/report.md'],
    ['javascript:alert(1)', './javascript%3Aalert%281%29/report.md'],
    ['../../etc', './etc/report.md'],
    ['/abs/dir', './abs/dir/report.md'],
    ['https://example.org', './https%3A/example.org/report.md'],
    ['a b)c', './a%20b%29c/report.md'],
    ['\ud800', './%EF%BF%BD/report.md'],
  ])('%j', (folder, link) => {
    expect(linkTo(folder, 'report.md')).toBe(link);
  });
});
