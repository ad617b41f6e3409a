import type { Project } from '../config/types.ts';
import type { World } from '../extend/world.ts';
import type { OperateProject } from '../storage/operate/place.ts';

/** The parts of a project that say where predictions are and how they are reached. */
type PredictionsProject = OperateProject & { readonly config: Pick<Project['config'], 'serve'> };

export interface PredictionsCall extends World {
  readonly project: PredictionsProject;
  /** A folder or a file; where the project writes its predictions if absent. */
  readonly location: string | undefined;
  /** Only of this day: YYYY-MM-DD. */
  readonly date: string | undefined;
}

export interface PredictionFile {
  readonly uri: string;
  /** Of the folder date=YYYY-MM-DD on the way to it; null where there is none. */
  readonly date: string | null;
  readonly format: 'parquet' | 'jsonl';
  readonly bytes: number;
  readonly updated: string;
  readonly generation: string;
}
