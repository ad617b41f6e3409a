/** What came of registering a model. */
export interface Registration {
  model: string;
  /** Null with --dry-run, where it is not known yet. */
  version: number | null;
  /** False where the same thing had been registered before. */
  created: boolean;
  dryRun: boolean;
  source: string | null;
  runId: string | null;
  format: 'mlflow' | 'native' | 'spark';
  flavors: string[];
  /** Files that were uploaded; null where they lie there already. */
  uploaded: { files: number; bytes: number } | null;
}
