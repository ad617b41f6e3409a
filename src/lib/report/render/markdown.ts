import type { Block, Figure, Inline, ReportDocument, Table, Tiles } from '../document.ts';
import { linkTo } from './link-to.ts';

/** The document as GitHub-flavoured Markdown; the figures are the picture files beside it. */
export function renderMarkdown(document: ReportDocument): string {
  const head = [`# ${escapeMarkdown(document.title)}`, escapeMarkdown(document.subtitle)];
  const body = document.blocks.map(renderBlock).filter(text => text !== '');
  return `${[...head, ...body].join('\n\n')}\n`;
}

function renderBlock(block: Block): string {
  switch (block.type) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${escapeMarkdown(block.text)}`;
    case 'paragraph':
      return renderInline(block.content);
    case 'callout':
      return `> ${renderInline(block.content)}`;
    case 'tiles':
      return renderTiles(block);
    case 'table':
      return renderTable(block);
    case 'figure':
      return renderFigure(block);
    case 'code':
      return renderCode(block.text);
  }
}

function renderTiles({ caption, items }: Tiles): string {
  const values = items.map(({ name, value }) => `${escapeMarkdown(name)} **${escapeMarkdown(value)}**`);
  return `${escapeMarkdown(caption)}: ${values.join(', ')}`;
}

function renderTable({ caption, columns, rows }: Table): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    `**${escapeMarkdown(caption)}**`,
    '',
    row(columns.map(({ title }) => escapeMarkdown(title))),
    row(columns.map(({ numeric }) => (numeric ? '---:' : '---'))),
    ...rows.map(cells => row(cells.map(cell => renderInline([cell])))),
  ].join('\n');
}

function renderFigure({ drawing, file, caption }: Figure): string {
  if (file === null) return '';
  return `![${escapeMarkdown(`${drawing.title}. ${drawing.description}`)}](${encodeURI(file)})\n\n${escapeMarkdown(caption)}`;
}

function renderInline(content: readonly Inline[]): string {
  return content.map(renderPiece).join('');
}

function renderPiece(piece: Inline): string {
  if (typeof piece === 'string') return escapeMarkdown(piece);
  if ('strong' in piece) return `**${escapeMarkdown(piece.strong)}**`;
  if ('folder' in piece) return `[${escapeMarkdown(piece.text)}](${linkTo(piece.folder, 'report.md')})`;
  // A code span knows no escapes: only text that needs none goes in.
  return /^[\w./:=+,\- ]*[\w./:=+,-]$/.test(piece.code) ? `\`${piece.code}\`` : escapeMarkdown(piece.code);
}

/** Indented code cannot be ended by its text, as a fence can; nothing in it is read as Markdown or HTML. */
function renderCode(text: string): string {
  const lines = cleanText(text.replaceAll(/\r\n?/g, '\n'), '\n').split('\n');
  return lines.map(line => `    ${line}`).join('\n');
}

/** Plain text on one line: nothing in it is read as Markdown or HTML, and a table row stays one. */
export function escapeMarkdown(text: string): string {
  return cleanText(text.replaceAll(/[\s\u0085]+/g, ' '), '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_{}[\]()#+!|~$]/g, '\\$&')
    .replace(/^( ?)([-=])/, '$1\\$2')
    .replace(/^( ?\d+)\.(?= |$)/, '$1\\.');
}

function cleanText(text: string, kept: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, sign => (kept.includes(sign) ? sign : '\ufffd'));
}
