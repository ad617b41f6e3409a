interface Group {
  readonly title: string;
  /** Commands and topics in the order in which one comes to need them. */
  readonly names: readonly string[];
}

/** How the root page is arranged. A name that is in no group, as of a plugin, comes under REST. */
export const GROUPS: readonly Group[] = [
  { title: 'PROJECT', names: ['init', 'config', 'doctor'] },
  { title: 'DATA', names: ['dataset', 'storage', 'bucket'] },
  { title: 'MODELS', names: ['train', 'evaluate', 'score', 'predictions'] },
  { title: 'RUNS AND REGISTRY', names: ['experiment', 'run', 'artifact', 'model', 'store'] },
  { title: 'EXTENSIONS', names: ['plugin', 'plugins'] },
  { title: 'ABOUT SENTOPS', names: ['help', 'commands', 'autocomplete', 'version'] },
];

export const REST = 'MORE';

/** The first commands to type in an empty folder. */
export const FIRST_STEPS: readonly (readonly [string, string])[] = [
  ['init my-project', 'set up a project: answer a few questions'],
  ['doctor', 'see what the project needs and what is missing'],
  ['config show', 'see every setting and its value'],
  ['train', 'train models on labelled texts'],
  ['score "I love this!"', 'score texts with the best of them'],
];
