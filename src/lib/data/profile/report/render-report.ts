import { SentopsError } from '../../../core/errors.ts';
import { renderHtml } from '../../../report/render/html.ts';
import { renderMarkdown } from '../../../report/render/markdown.ts';
import type { Check, DataProfile } from '../types.ts';
import { buildDataDocument } from './data-document.ts';

export type ReportFormat = 'html' | 'md' | 'json';

/** By the name of the file. */
export function readReportFormat(file: string): ReportFormat {
  const [, suffix] = /\.(html?|md|json)$/i.exec(file) ?? [];
  if (suffix === undefined) {
    throw new SentopsError('FLAG_INVALID', `--output: ${file} does not say what kind of report it is to be`, {
      hint: 'let the name end in .html, .md or .json',
      details: { flag: '--output', value: file },
    });
  }
  return suffix.toLowerCase().startsWith('htm') ? 'html' : (suffix.toLowerCase() as 'md' | 'json');
}

export function renderReport(format: ReportFormat, profile: DataProfile, checks: readonly Check[]): string {
  if (format === 'json') return `${JSON.stringify({ schemaVersion: 1, ...profile, checks }, null, 2)}\n`;
  const document = buildDataDocument(profile, checks);
  return format === 'html' ? renderHtml(document) : renderMarkdown(document);
}
