import { countNoun } from '../../lib/core/count-noun.ts';
import { groupDigits } from '../../lib/core/group-digits.ts';
import type { Conversion } from '../../lib/model/convert.ts';
import type { ArrayFacts, StageFacts } from '../../lib/model/describe-stage.ts';
import type { ModelDifference } from '../../lib/model/diff.ts';
import type { Inspection } from '../../lib/model/inspect.ts';
import type { Verification } from '../../lib/model/verify.ts';
import type { View } from '../output/view.ts';

const FORMS = { spark: 'Spark pipeline', native: 'our own', mlflow: 'MLflow folder' } as const;
/** Names of columns say nothing to a person who looks at a pipeline from first to last stage. */
const PLUMBING = /(Col|Cols)$/;

export function renderInspection(result: Inspection, view: View): void {
  const { trainedOn, labelMapping, calibration } = result;
  view.facts({
    model: result.path,
    form: `${FORMS[result.format]}, ${countNoun(result.files, 'file')}, ${bytes(result.bytes)}`,
    name: result.name ?? undefined,
    version: result.version ?? undefined,
    'written by': result.writtenBy ?? undefined,
    created: result.createdAt ?? undefined,
    'trained on': trainedOn ? `${trainedOn.file}, ${countNoun(trainedOn.rows, 'row')}` : undefined,
    labels: result.labels.join(', '),
    'read as': labelMapping ? describeMapping(labelMapping) : undefined,
    calibration: calibration ? `1 / (1 + exp(${calibration.slope} · raw + ${calibration.offset}))` : undefined,
  });
  view.line();
  renderStages(result.stages, view);
  for (const { label, features } of result.topFeatures ?? []) {
    view.heading(`Speaks most for ${label}`);
    view.table(features, [
      { title: 'feature', value: feature => feature.index, align: 'right' },
      { title: 'weight', value: feature => feature.weight.toPrecision(4), align: 'right' },
      { title: 'tokens', value: feature => feature.tokens.join(' | ') },
    ]);
  }
}

function renderStages(stages: readonly StageFacts[], view: View): void {
  view.table(stages, [
    { title: 'stage', value: stage => stage.index, align: 'right' },
    { title: 'kind', value: stage => stage.kind },
    { title: 'holds', value: stage => stage.arrays.map(describeArray).join(', ') },
    { title: 'parameters', value: stage => describeParams(stage.params) },
  ]);
}

function describeArray({ name, length, nonzero, rows, columns }: ArrayFacts): string {
  const size = rows === undefined ? groupDigits(length) : `${rows} × ${groupDigits(columns ?? 0)}`;
  return `${name} ${size}${nonzero === null || nonzero === length ? '' : ` (${groupDigits(nonzero)} not zero)`}`;
}

function describeParams(params: Readonly<Record<string, unknown>>): string {
  return Object.entries(params)
    .filter(([name, value]) => !PLUMBING.test(name) && value !== null)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}

export function renderVerification({ path, against, parity }: Verification, view: View): void {
  view.facts({ model: path, against, rows: parity.rows });
  view.line();
  view.table(parity.columns, [
    { title: 'column', value: column => column.name },
    { title: 'rows', value: column => column.rows, align: 'right' },
    { title: 'differ', value: column => column.mismatches, align: 'right' },
    { title: 'ulp', value: column => column.maxUlp ?? 'no number', align: 'right' },
  ]);
  if (parity.mismatches === 0) view.line(`${view.style.ok()} Every double is the same, to the last bit.`);
  if (parity.examples.length === 0) return;
  view.heading('Examples');
  view.table(parity.examples, [
    { title: 'row', value: example => example.row, align: 'right' },
    { title: 'column', value: example => example.column },
    { title: 'here', value: example => JSON.stringify(example.ours) },
    { title: 'there', value: example => JSON.stringify(example.theirs) },
    { title: 'text', value: example => example.text },
  ]);
}

export function renderConversion({ from, to, files, written }: Conversion, view: View): void {
  view.line(
    `${written ? `${view.style.ok()} Wrote` : 'Would write'} ${to.path} (${FORMS[to.format]}) from ${from.path} (${FORMS[from.format]})`,
  );
  view.table(files, [
    { title: 'file', value: file => file.path },
    { title: 'size', value: file => bytes(file.bytes), align: 'right' },
  ]);
  if (written) view.next([`sentops model inspect ${to.path}`]);
}

export function renderDifference(result: ModelDifference, view: View): void {
  const { from, to, same, labels, stages, predictions } = result;
  view.facts({ from, to, labels: labels ? `${labels.from.join(', ')} → ${labels.to.join(', ')}` : undefined });
  if (same) view.line(`${view.style.ok()} The two are the same, to the last bit.`);
  if (result.calibrationChanged) view.line('The calibration differs.');
  for (const stage of stages) {
    view.heading(
      `Stage ${stage.index}: ${stage.from === stage.to ? stage.from : `${stage.from ?? 'none'} → ${stage.to ?? 'none'}`}`,
    );
    for (const { name, from: before, to: after } of stage.params)
      view.line(`  ${name}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`);
    for (const array of stage.arrays) view.line(`  ${array.name}: ${describeChange(array)}`);
  }
  if (predictions) renderPredictions(predictions, view);
}

function describeChange(array: ModelDifference['stages'][number]['arrays'][number]): string {
  const { fromLength, toLength, changed, maxDifference, relativeDistance } = array;
  if (changed === null) return `${groupDigits(fromLength)} → ${groupDigits(toLength)} entries`;
  const most = maxDifference === null ? '' : `, by at most ${maxDifference.toPrecision(3)}`;
  const distance = relativeDistance === null ? '' : ` (relative distance ${relativeDistance.toPrecision(3)})`;
  return `${groupDigits(changed)} of ${groupDigits(toLength)} entries differ${most}${distance}`;
}

function renderPredictions(predictions: NonNullable<ModelDifference['predictions']>, view: View): void {
  const { rows, changed, moves, examples, maxProbabilityChange } = predictions;
  view.heading('Predictions');
  view.facts({
    changed: `${groupDigits(changed)} of ${countNoun(rows, 'row')}`,
    'probabilities change by at most': maxProbabilityChange?.toPrecision(3),
  });
  for (const move of moves) view.line(`  ${move.from} → ${move.to}: ${countNoun(move.rows, 'row')}`);
  if (examples.length === 0) return;
  view.line();
  view.table(examples, [
    { title: 'row', value: example => example.row, align: 'right' },
    { title: 'was', value: example => example.from },
    { title: 'is', value: example => example.to },
    { title: 'text', value: example => example.text },
  ]);
}

function describeMapping(mapping: Readonly<Record<string, string | null>>): string {
  const pairs = Object.entries(mapping).map(([value, name]) => `${value} = ${name ?? 'left out'}`);
  return `${pairs.slice(0, 12).join(', ')}${pairs.length > 12 ? ', …' : ''}`;
}

function bytes(value: number): string {
  return value < 10_000
    ? `${value} B`
    : value < 1e7
      ? `${Math.round(value / 1000)} kB`
      : `${(value / 1e6).toFixed(1)} MB`;
}
