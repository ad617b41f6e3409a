import type { Report } from '../../core/report.ts';
import type { Tracker } from '../types.ts';
import type { ArtifactRoot } from './artifact-root.ts';
import type { InTurn } from './in-turn.ts';
import type { ServedFolder } from './served-folder.ts';

/** What every request is answered from. */
export interface Service {
  /** The database, absolute: to tell people, not to open. */
  readonly store: string;
  readonly tracker: Tracker;
  readonly root: ArtifactRoot;
  /** The files in the artifact root. */
  readonly files: ServedFolder;
  /** Work on one thing that reads before it writes goes one after the other. */
  readonly inTurn: InTurn;
  readonly limits: Limits;
  readonly access: Access;
  readonly report: Report;
}

export interface Limits {
  readonly jsonBytes: number;
  readonly artifactBytes: number;
  /** How long a client may take for a JSON body. */
  readonly jsonMs: number;
  /** How long nothing may move on a connection while a request or its answer is on the way. */
  readonly idleMs: number;
}

/** Who may ask. */
export interface Access {
  /** Everybody who reaches the server, where null. */
  readonly token: string | null;
  /** Host names that may stand in a Host header, apart from addresses; `*` in one stands for anything. */
  readonly hosts: readonly string[];
}
