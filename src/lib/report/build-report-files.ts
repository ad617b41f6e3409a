import type { FileToWrite } from '../core/atomic.ts';
import { renderPng } from '../plot/render-png.ts';
import { buildComparisonDocument, buildModelDocument } from './build-document.ts';
import type { Figure, ReportDocument } from './document.ts';
import { renderMetricsJson } from './metrics-json.ts';
import { renderHtml } from './render/html.ts';
import { renderMarkdown } from './render/markdown.ts';
import type { ComparisonData, ReportData } from './types.ts';

/** Report, metrics and pictures of one model, to be written into its folder. */
export async function buildReportFiles(data: ReportData): Promise<FileToWrite[]> {
  const files = await buildDocumentFiles(buildModelDocument(data));
  return [...files, { path: 'metrics.json', data: renderMetricsJson(data) }];
}

/** The report over all models of a run, to be written into the folder above theirs. */
export async function buildComparisonFiles(data: ComparisonData): Promise<FileToWrite[]> {
  return buildDocumentFiles(buildComparisonDocument(data));
}

async function buildDocumentFiles(document: ReportDocument): Promise<FileToWrite[]> {
  const figures = document.blocks.filter((block): block is Figure => block.type === 'figure');
  const pictures = figures.flatMap(({ file, drawing }) => (file === null ? [] : [{ file, drawing }]));
  // The packing of one picture runs beside the drawing of the next.
  const files = await Promise.all(
    pictures.map(async ({ file, drawing }) => ({ path: file, data: await renderPng(drawing) })),
  );
  return [
    { path: 'report.md', data: renderMarkdown(document) },
    { path: 'report.html', data: renderHtml(document) },
    ...files,
  ];
}
