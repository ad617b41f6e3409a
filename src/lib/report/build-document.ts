import type { Block, ReportDocument } from './document.ts';
import { formatCount, formatMoment } from './format.ts';
import { mainPart } from './main-part.ts';
import { drawComparison, drawFigures, drawScores } from './pictures.ts';
import { featureTable, mistakeBlocks } from './sections/insight.ts';
import { dataTable, labelBlocks, paramsTable, runTable, sizesTable, timingsTable } from './sections/origin.ts';
import { classTable, confusionTable, gateCallout, metricTiles, modelsTable, partsTable } from './sections/results.ts';
import { tidyLabels } from './tidy-labels.ts';
import type { ComparisonData, ReportData } from './types.ts';

/** The report of one model: first how good it is, then where it errs, then where it comes from. */
export function buildModelDocument(report: ReportData): ReportDocument {
  const data = { ...report, labels: tidyLabels(report.labels) };
  const { model, run } = data;
  const scores = drawScores(data);
  const figures = drawFigures(data);
  const [matrix, ...others] = figures;
  const blocks: Block[] = [
    metricTiles(data),
    ...(data.gate === null ? [] : [gateCallout(data.gate)]),
    heading('Results'),
    ...partsTable(data),
    ...(data.models.length > 1 ? [modelsTable(data.models, false)] : []),
    heading('Confusion matrix'),
    ...(matrix ? [matrix] : []),
    confusionTable(data),
    ...classTable(data),
    ...(others.length > 0 || scores ? [heading('Curves and scores')] : []),
    ...others,
    ...(scores ? [scores] : []),
    ...(data.topFeatures.length > 0 ? [heading('Features'), ...data.topFeatures.map(featureTable)] : []),
    ...mistakeBlocks(data.mistakes),
    heading('Data'),
    dataTable(data.data),
    sizesTable(data.sizes),
    ...labelBlocks(data.labels),
    heading('Model'),
    ...(data.stages.length > 0 ? [{ type: 'code', text: data.stages.join('\n') } as const] : []),
    ...(Object.keys(model.params).length > 0 ? [paramsTable(model)] : []),
    heading('Run'),
    runTable(run),
    ...(data.timings.length > 0 ? [timingsTable(data.timings)] : []),
  ];
  const { part, evaluation } = mainPart(data);
  const version = model.version === null ? '' : ` ${model.version}`;
  const subtitle = `${model.kind}${version}, tried on ${formatCount(evaluation.rows)} ${part} rows, ${formatMoment(run.finishedAt)}`;
  return { title: `Training report: ${model.name}`, subtitle, blocks };
}

/** The report over all models of a run. */
export function buildComparisonDocument(data: ComparisonData): ReportDocument {
  const best = data.models.find(model => model.best);
  const blocks: Block[] = [
    ...(best ? [bestSentence(best.name, data.chosenBy)] : []),
    ...(data.gate === null ? [] : [gateCallout(data.gate)]),
    heading('Models'),
    modelsTable(data.models, true),
    ...drawComparison(data),
    heading('Data'),
    dataTable(data.data),
    sizesTable(data.sizes),
    ...labelBlocks(tidyLabels(data.labels)),
    heading('Run'),
    runTable(data.run),
    ...(data.timings.length > 0 ? [timingsTable(data.timings)] : []),
  ];
  const count = data.models.length === 1 ? '1 model' : `${data.models.length} models`;
  return { title: data.title, subtitle: `${count}, ${formatMoment(data.run.finishedAt)}`, blocks };
}

function heading(text: string): Block {
  return { type: 'heading', level: 2, text };
}

function bestSentence(name: string, metric: string): Block {
  return { type: 'paragraph', content: ['The best model by ', metric, ' is ', { strong: name }, '.'] };
}
