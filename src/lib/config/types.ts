import type { SourcePlace } from '../core/errors.ts';
import type { Report } from '../core/report.ts';
import type { Config } from './fields/index.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Layers from strongest to weakest; the order is the precedence. */
export const LAYER_KINDS = [
  'flag',
  'set',
  'env',
  'ecosystem-env',
  'dotenv',
  'local',
  'target',
  'file',
  'include',
  'user',
  'default',
] as const;
export type LayerKind = (typeof LAYER_KINDS)[number];

/** One place that values come from: a tree of values and a way to say where each stands. */
export interface Layer {
  readonly kind: LayerKind;
  /** How the place is called in messages: `--num-features`, `SENTOPS_TRAIN_NUM_FEATURES`, `sentops.yaml`. */
  readonly name: string;
  readonly values: Json;
  /** Where the value of a path, or its key, is written; undefined where the layer has no file (flags, defaults). */
  place(path: readonly string[], part?: 'key' | 'value'): SourcePlace | undefined;
  /** The name of one value in this layer (`--num-features` in the flag layer); the layer's name where absent. */
  nameOf?(path: readonly string[]): string;
}

/** What the command line and the process give to the loader. Nothing is read from `process` inside the library. */
export interface ProjectRequest {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string | undefined;
  /** --config; searched upward from cwd when absent. */
  readonly configFile?: string;
  readonly target?: string;
  readonly profile?: string;
  /** --set path=value, in the order given. */
  readonly set?: readonly string[];
  /** --var name=value, in the order given. */
  readonly vars?: readonly string[];
  /** Values given by flags that stand in the field table: dotted path → flag name and value. */
  readonly flags?: Readonly<Record<string, { readonly flag: string; readonly value: Json }>>;
  /** For ${date:…}; now where absent. */
  readonly now?: Date;
  /** Fail with PROJECT_NOT_FOUND where there is no project file; defaults, environment and flags do otherwise. */
  readonly requireFile?: boolean;
  /**
   * The top-level sections that the work reads (`['train', 'mlflow']`): only these, and whatever they refer to, have
   * to resolve; a value of another section that cannot be resolved is left out. Absent: every section has to resolve,
   * except that a variable without a value is no error while `backend` is local or spark (what needs it is left out).
   */
  readonly sections?: readonly string[];
  /** The version that `requires` is compared with; that of this package where absent. */
  readonly version?: string;
  /** Told about what happens after loading: a secret file that everybody can read. */
  readonly report?: Report;
  /** Locate every value by line and column (slower start: it needs the parser that keeps places). */
  readonly places?: boolean;
}

/** A loaded, merged, interpolated and checked project. */
export interface Project {
  /** The project file, or null when there is none (defaults, environment and flags still apply). */
  readonly file: string | null;
  readonly dir: string;
  readonly target: string | null;
  readonly mode: 'development' | 'production' | null;
  readonly profile: string;
  readonly config: Config;
  /** Strongest first. */
  readonly layers: readonly Layer[];
  /** Things worth a word that do not stop the work (kebab-case keys, deprecated names). */
  readonly warnings: readonly Problem[];
  /** What is wrong in sections that were not asked for; a value that could not be resolved was left out. */
  readonly unresolved: readonly Problem[];
}

/** One thing wrong in a configuration, located. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  /** Dotted path of the value, where there is one. */
  readonly path: string | null;
  readonly message: string;
  readonly hint: string | null;
  readonly place: SourcePlace | null;
}
