/** The one list of names that a command may hand to CI, each with what it means. */
export const OUTPUT_NAMES = {
  'project-file': 'path of the project file that was written or used',
  'job-id': 'id of the submitted job',
  'run-id': 'id of the tracking run',
  'model-version': 'version of the registered model',
  'model-path': 'folder of the best model',
  accuracy: 'accuracy of the best model',
  decision: 'what a gate or rollout decided',
  'drift-psi': 'largest population stability index',
} as const;

type OutputName = keyof typeof OUTPUT_NAMES;
export type Outputs = Partial<Record<OutputName, string | number | boolean>>;
