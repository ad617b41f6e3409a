import { shortName } from '../data/open-input.ts';
import type { Stage } from '../model/stages.ts';
import type {
  ComparedModel,
  ComparisonData,
  DataFingerprint,
  ReportData,
  ReportedGate,
  ReportedLabels,
  ReportedRun,
} from '../report/types.ts';
import { PART } from './batch.ts';
import { countKept, type ReadInput } from './describe.ts';
import { describeEnvironment } from './describe-environment.ts';
import type { GateVerdict } from './gate.ts';
import type { Judged } from './judge-models.ts';
import { titleOf } from './models.ts';
import { describePart, drawCurves } from './report-part.ts';
import type { TrainSpec } from './spec.ts';

/** What every report of one run says alike. */
export interface RunFacts {
  readonly run: ReportedRun;
  readonly labels: ReportedLabels;
  readonly data: readonly DataFingerprint[];
  readonly sizes: { readonly train: number; readonly validation: number; readonly test: number };
}

interface RunRequest {
  readonly spec: TrainSpec;
  readonly main: ReadInput;
  readonly test: ReadInput | null;
  readonly gitCommit: string | null;
  readonly finishedAt: string;
}

export function describeRun({ spec, main, test, gitCommit, finishedAt }: RunRequest): RunFacts {
  return {
    run: {
      finishedAt,
      seed: spec.seed,
      gitCommit,
      environment: describeEnvironment(),
    },
    labels: describeMapping(main),
    data: [fingerprint('training', main), ...(test ? [fingerprint('test', test)] : [])],
    sizes: {
      train: countKept(main, PART.train),
      validation: countKept(main, PART.validation),
      test: countKept(test ?? main, PART.test),
    },
  };
}

export function reportModel(
  { fitted, ...judged }: Judged,
  facts: RunFacts,
  models: readonly ComparedModel[],
  gate: GateVerdict | null,
): ReportData {
  const { validation, validationEvaluation, test, testEvaluation } = judged;
  return {
    ...facts,
    model: { name: titleOf(fitted.name), kind: fitted.name, version: null, params: fitted.params },
    parts: [
      ...(validation && validationEvaluation ? [describePart('validation', validation, validationEvaluation)] : []),
      describePart('test', test, testEvaluation),
    ],
    gate: gate && describeGate(gate),
    stages: fitted.stages.map(describeStageLine),
    timings: [{ name: 'fit', seconds: fitted.seconds }],
    topFeatures: [],
    mistakes: [],
    models,
  };
}

/** The models of a run side by side; `best` is the one that was chosen. */
export function compareModels(judged: readonly Judged[], best: Judged): ComparedModel[] {
  return judged.map(model => {
    const { fitted, test, testEvaluation } = model;
    const [curves] = test.classes === 2 ? drawCurves(test) : [];
    return {
      name: titleOf(fitted.name),
      kind: fitted.name,
      part: 'test',
      evaluation: testEvaluation,
      roc: curves?.roc ?? null,
      pr: curves?.pr ?? null,
      fitSeconds: fitted.seconds,
      folder: fitted.name,
      best: model === best,
    };
  });
}

export function reportComparison(
  facts: RunFacts,
  models: readonly ComparedModel[],
  chosenBy: string,
  gate: GateVerdict,
): ComparisonData {
  const timings = models.map(({ name, fitSeconds }) => ({ name: `fit ${name}`, seconds: fitSeconds }));
  return { ...facts, title: 'Training report', chosenBy, models, gate: describeGate(gate), timings };
}

/** The rule that decided: the first one that is not met, else the first. */
export function describeGate({ checks }: GateVerdict): ReportedGate | null {
  const check = checks.find(({ met }) => !met) ?? checks[0];
  if (check === undefined || check.value === null) return null;
  return {
    metric: check.metric,
    comparison: check.comparison,
    minimum: check.bound,
    value: check.value,
    passed: check.met,
  };
}

function describeMapping({ mapping, rows }: ReadInput): ReportedLabels {
  const used = (id: number) => rows.counts.reduce((sum, part) => sum + (part[id] ?? 0), 0);
  return {
    names: mapping.classes,
    mapping: mapping.classes.flatMap((to, index) => {
      // The labels of a class stand in the order of their ids.
      const ids = [...mapping.classOf.keys()].filter(id => mapping.classOf[id] === index);
      return (mapping.labels[index] ?? []).map((from, place) => ({ from, to, rows: used(ids[place] ?? -1) }));
    }),
    dropped: mapping.dropped.map(({ value, rows, why }) => ({ label: value, rows, reason: why })),
  };
}

function fingerprint(role: string, { input }: ReadInput): DataFingerprint {
  const { sha256, bytes, rows, badRows } = input.table.statistics();
  return { role, file: shortName(input.location), sha256, bytes, rows, badRows };
}

/** Name and plain parameters: `HashingTF(numFeatures=32768, binary=false)`. */
export function describeStageLine(stage: Stage): string {
  const hidden = new Set(['kind', 'uid', 'extras', 'stopWords']);
  const facts = Object.entries(stage).flatMap(([name, value]) =>
    hidden.has(name) || name.endsWith('Col') || typeof value === 'object' ? [] : [`${name}=${String(value)}`],
  );
  return `${stage.kind}(${facts.join(', ')})`;
}
