import fs from 'node:fs';
import path from 'node:path';
import { describeStage, type StageFacts } from './describe-stage.ts';
import { type FormatName, openModel } from './load.ts';
import { findTopFeatures, type TopFeatures } from './top-features.ts';

export interface Inspection {
  path: string;
  format: FormatName;
  /** Of the whole folder. */
  bytes: number;
  files: number;
  name: string | null;
  version: string | null;
  writtenBy: string | null;
  createdAt: string | null;
  /** What it was trained on, where that is known. */
  trainedOn: { file: string; rows: number; sha256: string } | null;
  seed: number | null;
  gitCommit: string | null;
  labels: string[];
  labelMapping: Record<string, string | null> | null;
  calibration: { slope: number; offset: number } | null;
  stages: StageFacts[];
  /** Null where the classifier has no weights for single features. */
  topFeatures: TopFeatures[] | null;
}

export interface InspectRequest {
  /** As `openModel` takes it. */
  readonly place: string;
  /** Features for each class. */
  readonly top: number;
  /** Texts whose words give names to hashed features. */
  readonly texts: readonly string[];
}

/** What a stored model is made of. */
export async function inspectModel({ place, top, texts }: InspectRequest): Promise<Inspection> {
  const { model, format, dir } = await openModel(place);
  const { about } = model;
  return {
    path: dir,
    format,
    ...measureFiles(dir),
    name: about.name ?? null,
    version: about.version ?? null,
    writtenBy: about.writtenBy ?? null,
    createdAt: about.createdAt ?? null,
    trainedOn: about.data ? { ...about.data } : null,
    seed: about.seed ?? null,
    gitCommit: about.gitCommit ?? null,
    labels: [...model.labels],
    labelMapping: about.labelMapping ? { ...about.labelMapping } : null,
    calibration: model.calibration ? { ...model.calibration } : null,
    stages: model.stages.map(describeStage),
    topFeatures: findTopFeatures(model, top, texts),
  };
}

function measureFiles(dir: string): { bytes: number; files: number } {
  const stat = fs.statSync(dir);
  if (stat.isFile()) return { bytes: stat.size, files: 1 };
  const entries = fs.readdirSync(dir, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  const bytes = entries.reduce((sum, entry) => sum + fs.statSync(path.join(entry.parentPath, entry.name)).size, 0);
  return { bytes, files: entries.length };
}
