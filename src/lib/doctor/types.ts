import type { Project, ProjectRequest } from '../config/types.ts';

/** One thing that `doctor` looks at. Every room and every plugin adds its own through the kind `doctor-check`. */
export interface DoctorCheck {
  /** What `--only` names, for instance `java` or `gcp.credentials`: `--only gcp` chooses all that begin with `gcp.`. */
  readonly id: string;
  /** What is looked at, in a few words: "Java for the spark backend". */
  readonly title: string;
  /** False where the project has no use for the thing; the check is then left out, or skipped where --only names it. Absent: it always applies. */
  applies?(project: Project): boolean;
  /** Looks and says what it found. What it throws is reported as a failed check, so it need not catch. */
  run(context: DoctorContext): Promise<DoctorFinding>;
  /** Mends what `run` found, for `--fix`: only where nothing can be lost. Returns what was done, as a sentence. */
  repair?(context: DoctorContext): Promise<string>;
  /** A check that takes longer has failed; ten seconds where absent. */
  readonly timeoutMs?: number;
}

export interface DoctorContext {
  /** Null where the project cannot be loaded: the check of the project file says why. */
  readonly project: Project | null;
  /** How the project was asked for: working folder, home, target and profile. */
  readonly request: ProjectRequest;
  readonly env: ProjectRequest['env'];
  /** Aborted when the user stops the command and when the check's time is over. */
  readonly signal: AbortSignal;
}

export type DoctorStatus = 'ok' | 'warn' | 'fail' | 'skip';

export interface DoctorFinding {
  readonly status: DoctorStatus;
  /** What was found, as a sentence: the version, the path, the reason. */
  readonly detail: string;
  /** What to do about it: a sentence or a command to type. */
  readonly fix?: string;
}
