import { Flags } from './framework.ts';
import { FORMATS, LOG_LEVELS } from './output/settings.ts';

/** Every command takes these; spec and help group them as GLOBAL. */
export const globalFlags = {
  config: Flags.string({
    char: 'C',
    summary: 'Project file; nearest sentops.yaml upward where absent.',
    helpValue: 'FILE',
    env: 'SENTOPS_CONFIG',
    helpGroup: 'GLOBAL',
  }),
  target: Flags.string({
    char: 't',
    summary: 'Target of the project file to use.',
    helpValue: 'NAME',
    env: 'SENTOPS_TARGET',
    helpGroup: 'GLOBAL',
  }),
  profile: Flags.string({
    summary: 'Credentials profile to use.',
    helpValue: 'NAME',
    env: 'SENTOPS_PROFILE',
    helpGroup: 'GLOBAL',
  }),
  set: Flags.string({
    summary: 'Override one value of the project file; may be repeated.',
    helpValue: 'PATH=VALUE',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: 'GLOBAL',
  }),
  var: Flags.string({
    summary: 'Override one variable of the project file; may be repeated.',
    helpValue: 'NAME=VALUE',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: 'GLOBAL',
  }),
  backend: Flags.string({
    summary: 'Where the work runs.',
    options: ['local', 'spark', 'dataproc', 'serverless'],
    helpGroup: 'GLOBAL',
  }),
  json: Flags.boolean({ summary: 'Print one JSON object instead of text.', helpGroup: 'GLOBAL' }),
  format: Flags.string({
    summary: 'Output format.',
    options: [...FORMATS],
    helpGroup: 'GLOBAL',
  }),
  quiet: Flags.boolean({ char: 'q', summary: 'Print bare ids only, no progress.', helpGroup: 'GLOBAL' }),
  verbose: Flags.boolean({
    char: 'v',
    summary: 'Say more: debug notes, and the stack of an unforeseen error.',
    helpGroup: 'GLOBAL',
  }),
  'no-color': Flags.boolean({ summary: 'Plain text without colour (also NO_COLOR).', helpGroup: 'GLOBAL' }),
  'no-input': Flags.boolean({
    summary: 'Never ask; a missing answer is an error that names its flag.',
    env: 'SENTOPS_NO_INPUT',
    helpGroup: 'GLOBAL',
  }),
  yes: Flags.boolean({ char: 'y', summary: 'Answer yes to every confirmation.', helpGroup: 'GLOBAL' }),
  'dry-run': Flags.boolean({ char: 'n', summary: 'Show what would be done and change nothing.', helpGroup: 'GLOBAL' }),
  timeout: Flags.string({
    summary: 'Give up after this time, for instance 30m (exit 7).',
    helpValue: 'DURATION',
    helpGroup: 'GLOBAL',
  }),
  'log-format': Flags.string({
    summary: 'Form of progress and log lines on stderr (also LOG_FORMAT).',
    options: ['text', 'json'],
    helpGroup: 'GLOBAL',
  }),
  'log-level': Flags.string({
    summary: 'Least level that is logged (also LOG_LEVEL).',
    options: [...LOG_LEVELS],
    helpGroup: 'GLOBAL',
  }),
};

/** For commands whose result is a list: {items, nextPageToken}. */
export const listFlags = {
  columns: Flags.string({ summary: 'Columns to show, comma-separated.', helpValue: 'A,B', helpGroup: 'LIST' }),
  sort: Flags.string({
    summary: 'Column to sort by; a leading - for descending.',
    helpValue: 'COLUMN',
    helpGroup: 'LIST',
  }),
  filter: Flags.string({
    summary: 'Keep rows that match, for instance state=RUNNING; may be repeated.',
    helpValue: 'EXPR',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: 'LIST',
  }),
  limit: Flags.integer({ summary: 'Show at most this many rows.', min: 1, helpGroup: 'LIST' }),
};
