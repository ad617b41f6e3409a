import path from 'node:path';
import { SentopsError } from '../core/errors.ts';
import { cacheFolder } from '../core/folders.ts';
import { shortName } from '../data/open-input.ts';
import type { World } from '../extend/world.ts';
import { evaluateModel } from '../score/evaluate-model.ts';
import type { EvaluationReport, ModelComparison } from '../score/evaluation-result.ts';
import type { ModelVersion } from '../tracking/entities.ts';
import type { Tracker } from '../tracking/types.ts';
import type { Evidence, Measures, PromotionMetric } from './decide.ts';
import { fetchModel } from './fetch-model.ts';

/** The data that versions are judged on, and how its columns are called. */
export interface EvalData {
  readonly file: string;
  readonly textColumn: string | undefined;
  readonly labelColumn: string | undefined;
}

/** Scores each row of a file once with the candidate and once with the champion. */
export async function measureVersions(
  tracker: Tracker,
  candidate: ModelVersion,
  champion: ModelVersion | null,
  { data, metric, world }: { readonly data: EvalData; readonly metric: PromotionMetric; readonly world: World },
): Promise<Evidence> {
  const cacheDir = path.join(cacheFolder(world), 'models');
  const fetch = (version: ModelVersion) => fetchModel(tracker, version, { ...world, cacheDir });
  const ours = await fetch(candidate);
  const theirs = champion === null ? undefined : await fetch(champion);
  const judge = (model: string, rival: string | undefined) =>
    evaluateModel({
      ...world,
      model,
      rival,
      input: data.file,
      textColumn: data.textColumn,
      labelColumn: data.labelColumn,
      math: 'hotspot-x64',
      out: undefined,
      gate: [],
    });
  const report = await judge(ours, theirs);
  const { comparison } = report;
  // A comparison tells what is right and wrong; what needs probabilities takes a look of its own.
  const rival =
    comparison === null || theirs === undefined || metric in comparison.metrics
      ? null
      : await judge(theirs, undefined).then(other => sameData(report, other));
  return {
    kind: 'evaluated',
    data: { name: shortName(report.data.input), digest: report.data.sha256 },
    rows: report.data.rows,
    candidate: pickMeasures(report.metrics),
    champion: comparison === null ? null : pickMeasures({ ...rival?.metrics, ...comparison.metrics }),
    significance: comparison === null ? null : readSignificance(comparison),
  };
}

function sameData(one: EvaluationReport, other: EvaluationReport): EvaluationReport {
  if (one.data.sha256 === other.data.sha256) return other;
  throw new SentopsError('DATA_INVALID', `${one.data.input} changed while it was read`, {
    hint: 'give a file that nobody writes, and no pipe with this metric',
  });
}

function readSignificance({ onlyFirst, onlySecond, test, pValue }: ModelComparison): Evidence['significance'] {
  return { onlyCandidate: onlyFirst, onlyChampion: onlySecond, method: test, pValue };
}

function pickMeasures({ accuracy, f1, auc, precision, recall }: Partial<Measures>): Measures {
  return {
    accuracy: accuracy ?? null,
    f1: f1 ?? null,
    auc: auc ?? null,
    precision: precision ?? null,
    recall: recall ?? null,
  };
}
