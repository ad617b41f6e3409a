import path from 'node:path';
import { cacheFolder } from '../core/folders.ts';
import { shortName } from '../data/open-input.ts';
import type { World } from '../extend/world.ts';
import { evaluateModel } from '../score/evaluate-model.ts';
import type { ModelComparison } from '../score/evaluation-result.ts';
import type { ModelVersion } from '../tracking/entities.ts';
import type { Tracker } from '../tracking/types.ts';
import type { ModelMetrics } from '../train/result.ts';
import type { Evidence, Measures } from './decide.ts';
import { fetchModel } from './fetch-model.ts';
import type { Recorded } from './recorded-evidence.ts';

/** The data that versions are judged on, and how its columns are called. */
export interface EvalData {
  readonly file: string;
  readonly textColumn: string | undefined;
  readonly labelColumn: string | undefined;
}

/** Scores each row of a file once with the candidate and once with the champion; rows of one class tell nothing. */
export async function measureVersions(
  tracker: Tracker,
  candidate: ModelVersion,
  champion: ModelVersion | null,
  { data, world }: { readonly data: EvalData; readonly world: World },
): Promise<Recorded> {
  const cacheDir = path.join(cacheFolder(world), 'models');
  const fetch = (version: ModelVersion) => fetchModel(tracker, version, { ...world, cacheDir });
  const ours = await fetch(candidate);
  const theirs = champion === null ? undefined : await fetch(champion);
  const report = await evaluateModel({
    ...world,
    model: ours,
    rival: theirs,
    input: data.file,
    textColumn: data.textColumn,
    labelColumn: data.labelColumn,
    math: 'hotspot-x64',
    out: undefined,
    gate: [],
  });
  const { data: judged, metrics, comparison } = report;
  const name = shortName(judged.input);
  const [only, ...others] = report.perClass.filter(({ support }) => support > 0);
  if (others.length === 0)
    return { evidence: null, missing: `all rows of ${name} are ${only?.label}: who always says so would be perfect` };
  const evidence: Evidence = {
    kind: 'evaluated',
    data: { name, digest: judged.sha256 },
    rows: judged.rows,
    candidate: pickMeasures(metrics),
    champion: comparison === null ? null : pickMeasures(comparison.metrics),
    significance: comparison === null ? null : readSignificance(comparison),
  };
  return { evidence, missing: null };
}

function readSignificance({ onlyFirst, onlySecond, test, pValue }: ModelComparison): Evidence['significance'] {
  return { onlyCandidate: onlyFirst, onlyChampion: onlySecond, method: test, pValue };
}

function pickMeasures({ accuracy, f1, auc, precision, recall }: ModelMetrics): Measures {
  return { accuracy, f1, auc, precision, recall };
}
