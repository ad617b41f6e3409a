import { writeFilesAtomic } from '../core/atomic.ts';
import { shortName } from '../data/open-input.ts';
import { buildModelDocument } from '../report/build-document.ts';
import { buildReportFiles } from '../report/build-report-files.ts';
import { renderHtml } from '../report/render/html.ts';
import { renderMarkdown } from '../report/render/markdown.ts';
import type { ReportData } from '../report/types.ts';
import { describeEnvironment } from '../train/describe-environment.ts';
import { describeGate, describeStageLine } from '../train/report-data.ts';
import { describePart } from '../train/report-part.ts';
import { extendDocument } from './evaluation-document.ts';
import type { EvaluationReport } from './evaluation-result.ts';
import type { Trial } from './trial.ts';

const MOST_MISTAKES = 20;

/** Report, metrics and plots, all of them or none; returns the names of the files. */
export async function writeEvaluation(
  out: string,
  trial: Trial,
  report: EvaluationReport,
  signal: AbortSignal,
): Promise<string[]> {
  const data = describeTrial(trial, report);
  const document = extendDocument(buildModelDocument(data), report);
  const pages: Readonly<Record<string, () => string>> = {
    'report.md': () => renderMarkdown(document),
    'report.html': () => renderHtml(document),
  };
  const files = (await buildReportFiles(data)).map(file => ({ ...file, data: pages[file.path]?.() ?? file.data }));
  const own = { path: 'evaluation.json', data: `${JSON.stringify(report, null, 2)}\n` };
  const all = [...files, own];
  await writeFilesAtomic(out, all, { signal });
  return all.map(file => file.path);
}

function describeTrial(trial: Trial, report: EvaluationReport): ReportData {
  const { candidate, rows, input, labels, match } = trial;
  const { about, stages } = candidate.model;
  const counts = new Map(labels.counts().map(({ value, rows: count }) => [value, count]));
  return {
    model: {
      name: report.model.name,
      kind: stages.at(-1)?.kind ?? 'unknown',
      version: report.model.version,
      params: {},
    },
    labels: {
      names: report.model.labels,
      mapping: Object.entries(match.mapping).flatMap(([from, to]) =>
        to === null ? [] : [{ from, to, rows: counts.get(from) ?? null }],
      ),
      dropped: match.dropped.map(({ value, rows: count, why }) => ({ label: value, rows: count, reason: why })),
    },
    parts: [describePart('test', rows, trial.evaluation)],
    data: [
      {
        role: 'test',
        file: shortName(input.location),
        sha256: report.data.sha256 || null,
        bytes: report.data.bytes,
        rows: input.table.statistics().rows,
        badRows: report.data.badRows,
      },
    ],
    sizes: { train: 0, validation: 0, test: rows.rows },
    run: {
      finishedAt: new Date().toISOString(),
      seed: about.seed ?? null,
      gitCommit: about.gitCommit ?? null,
      environment: describeEnvironment(),
    },
    gate: report.gate && describeGate(report.gate),
    stages: stages.map(describeStageLine),
    timings: [{ name: 'reading and scoring', seconds: report.seconds }],
    topFeatures: [],
    mistakes: trial.mistakes.pick(match.classOf, MOST_MISTAKES).map(({ id, text, prediction, probability }) => ({
      text,
      actual: report.model.labels[match.classOf[id] as number] ?? '',
      predicted: report.model.labels[prediction] ?? String(prediction),
      probability,
    })),
    models: [],
  };
}
