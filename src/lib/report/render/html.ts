import { escapeXml } from '../../plot/escape-xml.ts';
import { renderSvg } from '../../plot/render-svg.ts';
import type { Block, Callout, Column, Figure, Inline, ReportDocument, Table, Tiles } from '../document.ts';
import { linkTo } from './link-to.ts';
import { STYLE } from './style.ts';

/** Nothing is loaded and nothing can run, even if a text should ever escape its place. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The document as one page that needs no other file. */
export function renderHtml(document: ReportDocument): string {
  const title = escapeXml(document.title);
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${title}</title>`,
    `<style>\n${STYLE}</style>`,
    '</head>',
    '<body>',
    '<main>',
    `<header>\n<h1>${title}</h1>\n<p class="subtitle">${escapeXml(document.subtitle)}</p>\n</header>`,
    ...document.blocks.map(renderBlock),
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function renderBlock(block: Block): string {
  switch (block.type) {
    case 'heading':
      return `<h${block.level}>${escapeXml(block.text)}</h${block.level}>`;
    case 'paragraph':
      return `<p>${renderInline(block.content)}</p>`;
    case 'callout':
      return renderCallout(block);
    case 'tiles':
      return renderTiles(block);
    case 'table':
      return renderTable(block);
    case 'figure':
      return renderFigure(block);
    case 'code':
      return `<pre tabindex="0"><code>${escapeXml(block.text)}</code></pre>`;
  }
}

function renderCallout({ tone, content }: Callout): string {
  return `<p class="callout ${tone}" role="note">${renderInline(content)}</p>`;
}

function renderTiles({ caption, items }: Tiles): string {
  const tiles = items.map(({ name, value }) => `<div><dt>${escapeXml(name)}</dt><dd>${escapeXml(value)}</dd></div>`);
  return `<section class="tiles" aria-label="${escapeXml(caption)}">\n<p>${escapeXml(caption)}</p>\n<dl>\n${tiles.join('\n')}\n</dl>\n</section>`;
}

function renderTable(table: Table): string {
  const caption = escapeXml(table.caption);
  const head = table.columns.map(column => `<th scope="col"${classOf(column)}>${escapeXml(column.title)}</th>`);
  const rows = table.rows.map((cells, index) => {
    const marked = index === table.marked ? ' class="marked"' : '';
    return `<tr${marked}>${cells.map((cell, column) => renderCell(cell, column, table)).join('')}</tr>`;
  });
  return [
    `<div class="scroll" role="region" aria-label="${caption}" tabindex="0">`,
    `<table>\n<caption>${caption}</caption>`,
    `<thead>\n<tr>${head.join('')}</tr>\n</thead>`,
    `<tbody>\n${rows.join('\n')}\n</tbody>\n</table>\n</div>`,
  ].join('\n');
}

function renderCell(cell: Inline, column: number, { columns }: Table): string {
  const text = renderInline([cell]);
  return column === 0 ? `<th scope="row">${text}</th>` : `<td${classOf(columns[column])}>${text}</td>`;
}

function classOf(column: Column | undefined): string {
  if (column?.numeric) return ' class="number"';
  return column?.wide ? ' class="wide"' : '';
}

function renderFigure({ id, drawing, caption }: Figure): string {
  const picture = renderSvg(drawing, { id, themed: true });
  return `<figure>\n<div class="scroll" tabindex="0" role="region" aria-label="${escapeXml(drawing.title)}">\n${picture}\n</div>\n<figcaption>${escapeXml(caption)}</figcaption>\n</figure>`;
}

function renderInline(content: readonly Inline[]): string {
  return content.map(renderPiece).join('');
}

function renderPiece(piece: Inline): string {
  if (typeof piece === 'string') return escapeXml(piece);
  if ('strong' in piece) return `<strong>${escapeXml(piece.strong)}</strong>`;
  if ('code' in piece) return `<code>${escapeXml(piece.code)}</code>`;
  return `<a href="${escapeXml(linkTo(piece.folder, 'report.html'))}">${escapeXml(piece.text)}</a>`;
}
