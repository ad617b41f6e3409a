import type { Project } from '../config/types.ts';
import type { FileToWrite } from '../core/atomic.ts';

/** Writes files for another tool (a workflow, a dashboard) from the one project file. */
export interface Generator {
  /** What the files are for, in a sentence. */
  readonly summary: string;
  /** The same project gives the same bytes, so that `--check` can compare. */
  generate(project: Project): Promise<readonly FileToWrite[]>;
}
