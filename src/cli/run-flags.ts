import { Flags } from './framework.ts';

/** Which runs a command is about. */
export const selectionFlags = {
  experiment: Flags.string({
    char: 'e',
    summary: "Experiment, by name or id; may be repeated. The project's where absent.",
    helpValue: 'NAME',
    multiple: true,
    multipleNonGreedy: true,
  }),
  'all-experiments': Flags.boolean({ summary: 'Runs of every experiment.', exclusive: ['experiment'] }),
  parent: Flags.string({ summary: 'Only runs nested in this one (id, name or last).', helpValue: 'RUN' }),
};

/** What `Flags.string` makes a flag of statuses from. */
export const RUN_STATUS_FLAG = {
  summary: 'Only runs of this status.',
  options: ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'],
};

/** For commands that move runs between active and deleted. */
export const moveFlags = {
  experiment: Flags.string({ summary: 'Experiment to look for the runs in.', helpValue: 'NAME' }),
  children: Flags.boolean({ summary: 'Also the runs nested in them.' }),
};

/** For commands that set tags. */
export const untagFlag = Flags.string({
  summary: 'Tag to delete; may be repeated.',
  helpValue: 'KEY',
  multiple: true,
  multipleNonGreedy: true,
});
