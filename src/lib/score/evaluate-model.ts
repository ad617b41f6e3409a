import path from 'node:path';
import { SentopsError } from '../core/errors.ts';
import { createLabelIds, type LabelIds } from '../data/label-ids.ts';
import { foldLabel } from '../data/label-schemes.ts';
import { type LabelMatch, matchLabels } from '../data/match-labels.ts';
import { openInput } from '../data/open-input.ts';
import type { RowBatch, Table } from '../data/rows.ts';
import type { World } from '../extend/world.ts';
import { evaluate } from '../learn/metrics.ts';
import { compileModel } from '../model/compile/compile.ts';
import type { BatchScores, MathFlavor } from '../model/compile/types.ts';
import { openModel } from '../model/load.ts';
import { checkGate, type GateRule } from '../train/gate.ts';
import { pickMetrics } from '../train/judge-models.ts';
import { asVersion } from './as-version.ts';
import { compareModels } from './compare-models.ts';
import { describeCandidate, describeEvaluation } from './describe-evaluation.ts';
import type { EvaluationReport } from './evaluation-result.ts';
import { countWords, JudgedRows } from './judged-rows.ts';
import { collectMistakes, type MistakeKeeper } from './mistakes.ts';
import { sliceByLength } from './slices.ts';
import type { Candidate, Trial } from './trial.ts';

export interface EvaluateRequest extends World {
  /** The folder of the model. */
  readonly model: string;
  /** The folder of a second one, tried on the same rows. */
  readonly rival: string | undefined;
  /** Their versions in the registry, where they come from there. */
  readonly versions?: { readonly model: string | null; readonly rival: string | null };
  readonly input: string;
  readonly textColumn: string | undefined;
  readonly labelColumn: string | undefined;
  readonly math: MathFlavor;
  /** Folder for the report; nothing is written where absent. */
  readonly out: string | undefined;
  readonly gate: readonly GateRule[];
}

/** Tries a model on the labelled rows of a file. */
export async function evaluateModel(request: EvaluateRequest): Promise<EvaluationReport> {
  const started = performance.now();
  const { math, versions } = request;
  const candidate = await openCandidate(request.model, versions?.model, math);
  const rival = request.rival === undefined ? null : await openCandidate(request.rival, versions?.rival, math);
  if (rival) checkRival(candidate, rival);
  const trial = await tryModel(candidate, rival, request);
  const gate =
    request.gate.length > 0 ? checkGate(describeCandidate(candidate).name, request.gate, trial.evaluation) : null;
  const report = describeEvaluation(trial, {
    metrics: pickMetrics(trial.evaluation),
    slices: sliceByLength(trial.judged, trial.match.classOf),
    comparison: rival ? compareModels(trial, rival, describeCandidate) : null,
    gate,
    seconds: Math.round(performance.now() - started) / 1000,
  });
  if (request.out === undefined) return report;
  const { writeEvaluation } = await import('./write-evaluation.ts');
  const out = path.resolve(request.cwd, request.out);
  return { ...report, out: request.out, files: await writeEvaluation(out, trial, report, request.signal) };
}

async function openCandidate(place: string, version: string | null | undefined, math: MathFlavor): Promise<Candidate> {
  const { model: stored, dir } = await openModel(place);
  const model = asVersion(stored, version ?? null);
  return { folder: dir, model, scorer: compileModel(model, { math }) };
}

function checkRival({ model }: Candidate, rival: Candidate): void {
  const [ours, theirs] = [model.labels, rival.model.labels];
  if (ours.length === theirs.length && ours.every(name => theirs.includes(name))) return;
  throw new SentopsError(
    'DATA_INVALID',
    `the two models know different classes: ${ours.join(', ')} and ${theirs.join(', ')}`,
    { hint: 'compare models that were trained on the same labels' },
  );
}

/** What the labels of a file mean is read as the first model learnt it: a second one that learnt the opposite only seems bad. */
function checkMeaning({ mapping }: LabelMatch, { model }: Candidate, file: string): void {
  const learnt = Object.entries(model.about.labelMapping ?? {});
  const theirs = new Map(learnt.map(([label, name]) => [foldLabel(label), name]));
  for (const [label, ours] of Object.entries(mapping)) {
    const other = theirs.get(foldLabel(label)) ?? ours;
    if (ours === null || other === ours) continue;
    throw new SentopsError(
      'DATA_INVALID',
      `${file}: the label ${JSON.stringify(label)} is ${ours} to one of the models and ${other} to the other`,
      { hint: 'compare models that were trained on the same labels', details: { label, meanings: [ours, other] } },
    );
  }
}

async function tryModel(candidate: Candidate, rival: Candidate | null, request: EvaluateRequest): Promise<Trial> {
  const { input: location, textColumn, labelColumn } = request;
  const input = await openInput(
    location,
    { needsLabel: true, ...(textColumn ? { textColumn } : {}), ...(labelColumn ? { labelColumn } : {}) },
    request,
  );
  const column = input.table.layout.labelColumn ?? 'label';
  const labels = createLabelIds(column);
  const { scorer, model } = candidate;
  const judged = new JudgedRows(scorer.labels.length, { probabilities: scorer.hasProbabilities });
  const judgedByRival = rival && new JudgedRows(scorer.labels.length, { probabilities: rival.scorer.hasProbabilities });
  const mistakes = collectMistakes();
  const work = { candidate, rival, table: input.table, labels, judged, judgedByRival, mistakes };
  const blank = await judgeRows(work, request);
  const match = matchLabels(labels.counts(), model, column, labels.blank, input.location);
  if (rival) checkMeaning(match, rival, input.location);
  const rows = judged.select(match.classOf);
  if (rows.rows === 0)
    throw new SentopsError(
      'DATA_INVALID',
      `${input.location} has no row with a text and a label that the model knows`,
      {
        hint: 'name the columns with --text-column and --label-column',
      },
    );
  return {
    candidate,
    rival,
    input,
    labels,
    match,
    judged,
    blank,
    rows,
    rivalRows: judgedByRival?.select(match.classOf) ?? null,
    evaluation: evaluate(rows),
    mistakes,
  };
}

interface Judging {
  readonly candidate: Candidate;
  readonly rival: Candidate | null;
  readonly table: Table;
  readonly labels: LabelIds;
  readonly judged: JudgedRows;
  readonly judgedByRival: JudgedRows | null;
  readonly mistakes: MistakeKeeper;
}

/** Returns how many rows have no text: what is left out of training counts nowhere else either. */
async function judgeRows(work: Judging, { signal, report }: EvaluateRequest): Promise<number> {
  const { table } = work;
  const { textColumn, labelColumn } = table.layout;
  let blank = 0;
  let told = -1;
  for await (const batch of table.batches([textColumn, labelColumn ?? textColumn], signal)) {
    blank += judgeBatch(work, batch);
    const { done, total } = table.progress();
    // A block holds many batches.
    if (done === told) continue;
    told = done;
    report({
      type: 'progress',
      id: 'evaluate',
      label: 'Evaluating',
      done,
      ...(total === null ? {} : { total }),
      unit: 'bytes',
    });
  }
  return blank;
}

function judgeBatch(work: Judging, batch: RowBatch): number {
  const { candidate, rival, labels, judged, judgedByRival, mistakes } = work;
  const [texts, names] = batch.columns;
  if (texts === undefined || names === undefined) throw new Error('the table gave no columns');
  const ids = new Int32Array(batch.rows);
  labels.assign(names, batch.rows, ids);
  const scores = candidate.scorer.scoreColumn(texts, batch.rows);
  const others = rival && inOrderOf(candidate, rival.scorer.scoreColumn(texts, batch.rows), rival);
  let blank = 0;
  for (let row = 0; row < batch.rows; row += 1) {
    const words = countWords(texts, row);
    if (words === 0) blank += 1;
    const id = ids[row] as number;
    if (words === 0 || id < 0) continue;
    judged.add(id, words, scores, row);
    if (others) judgedByRival?.add(id, words, others, row);
    mistakes.offer(texts, row, id, scores);
  }
  return blank;
}

/** In the numbers of the first model: the second one may have its classes in another order. */
function inOrderOf({ scorer }: Candidate, scores: BatchScores, rival: Candidate): BatchScores {
  const place = rival.scorer.labels.map(name => scorer.labels.indexOf(name));
  if (place.every((to, from) => to === from)) return scores;
  const reorder = (values: Float64Array) => {
    const moved = new Float64Array(values.length);
    for (const [at, value] of values.entries())
      moved[at - (at % place.length) + (place[at % place.length] as number)] = value;
    return moved;
  };
  return {
    ...scores,
    predictions: scores.predictions.map(prediction => place[prediction] as number),
    raw: reorder(scores.raw),
    probabilities: scores.probabilities && reorder(scores.probabilities),
  };
}
