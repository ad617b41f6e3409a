import type { SentopsError } from '../../../core/errors.ts';
import type { Stage } from '../../stages.ts';
import type { SparkField } from './fields.ts';
import type { StageFolder } from './folder.ts';
import type { Metadata } from './metadata.ts';
import type { Params, ParamTable, Values } from './params.ts';

interface StageInput {
  readonly folder: StageFolder;
  readonly metadata: Metadata;
  readonly params: Params;
  /** An error about this stage's metadata. */
  complain(what: string): SentopsError;
  /** Reads a stage that this one holds; of OneVsRest. */
  readInner(name: string): Promise<Stage>;
}

export interface DataTable {
  /** `data` or `treesMetadata`. */
  readonly folder: string;
  readonly rows: number;
  readonly fields: readonly SparkField[];
}

interface StageOutput {
  readonly params: Values;
  /** Fields of the metadata beside the usual ones. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly data?: readonly DataTable[];
  /** Instead of the version that everything else is written with. */
  readonly sparkVersion?: string;
  /** Stages in folders of their own. */
  readonly inner?: readonly { readonly name: string; readonly stage: Stage }[];
  /** The estimator that Spark expects beside the stage: its class and whose parameters it has. */
  readonly estimator?: { readonly name: string; readonly className: string; readonly stage: Stage };
}

/** How one kind of stage stands in the folder that Spark saves it in. */
export interface StageFormat<S extends Stage> {
  readonly kind: S['kind'];
  /** With its package, as Spark's JVM writes it. */
  readonly className: string;
  readonly params: ParamTable;
  read(input: StageInput): Promise<S> | S;
  write(stage: S, timestamp: number): StageOutput;
}
