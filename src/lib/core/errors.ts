/**
 * The one table of everything that can go wrong. `exit` is the process exit code (stable, documented in
 * `sentops --help`), `retryable` tells a script whether running the same command again can help, `summary` is
 * the documentation line and the message of last resort, `hint` is what to do when the thrower has no better word.
 */
export const ERRORS = {
  UNEXPECTED: row(1, false, 'an unforeseen failure', 'run again with -v and report the output'),
  DISK_FULL: row(
    1,
    true,
    'no space left on the device',
    'free some space and run the command again: no file was left half-written under its name',
  ),
  NOT_WRITABLE: row(4, false, 'a file or folder cannot be written', 'choose another folder or change its permissions'),
  USAGE: row(2, false, 'the command line is not valid', 'run the command with --help'),
  COMMAND_UNKNOWN: row(2, false, 'no such command', 'run sentops --help for the list of commands'),
  FLAG_UNKNOWN: row(2, false, 'no such flag', 'run the command with --help for its flags'),
  FLAG_INVALID: row(
    2,
    false,
    'a flag or argument has a value that it does not take',
    'run the command with --help for the values',
  ),
  INPUT_REQUIRED: row(2, false, 'an answer is missing and nobody can be asked', 'give the flag that the message names'),
  CONFIRMATION_REQUIRED: row(2, false, 'a destructive command needs a yes', 'run it again with --yes'),
  PROJECT_NOT_FOUND: row(3, false, 'no project file here or in any parent folder', 'create one with: sentops init'),
  CONFIG_UNREADABLE: row(3, false, 'a configuration file cannot be read', 'check the path and its permissions'),
  CONFIG_SYNTAX: row(3, false, 'a configuration file is not valid YAML', 'mend the place that the message names'),
  CONFIG_INVALID: row(3, false, 'the configuration does not fit the schema', 'run: sentops config validate'),
  CONFIG_REFERENCE: row(
    3,
    false,
    'a ${…} reference cannot be resolved',
    'set the value in one of the places that the message lists',
  ),
  SECRET_UNREADABLE: row(
    3,
    false,
    'a secret reference cannot be resolved',
    'check the environment variable, file or secret that it names',
  ),
  AUTH_FAILED: row(4, false, 'credentials are missing or were refused', 'run: sentops doctor'),
  PERMISSION_DENIED: row(
    4,
    false,
    'the credentials are valid but not allowed to do this',
    'ask for the role that the message names',
  ),
  NOT_FOUND: row(5, false, 'the thing named does not exist', 'check its name'),
  EXTENSION_UNKNOWN: row(
    5,
    false,
    'no extension of that name',
    'install the plugin that brings it, or use one of the names listed',
  ),
  CONFLICT: row(
    6,
    false,
    'something is in the way: it exists already or is running',
    'see the message for the way around it',
  ),
  LOCKED: row(6, true, 'another process holds the lock', 'wait for it to end and run the command again'),
  TIMEOUT: row(
    7,
    true,
    'the time limit was reached; the work may go on',
    'raise --timeout or look at the work by its id',
  ),
  REMOTE_UNAVAILABLE: row(8, true, 'a remote service did not answer', 'run the command again in a moment'),
  DATA_INVALID: row(9, false, 'the data or model is damaged or does not fit', 'see the message for the place'),
  EXTENSION_FAILED: row(1, false, 'a plugin failed', 'update or remove the plugin that the message names'),
  JOB_FAILED: row(10, false, 'the job ended in an error', 'read its log'),
  JOB_CANCELLED: row(11, false, 'the job was cancelled', 'submit it again'),
  CHECK_FAILED: row(1, false, 'at least one check failed', 'follow the fix beside each failed check'),
  GATE_NOT_MET: row(12, false, 'a quality gate was not met', 'compare the values in the details'),
  INCONCLUSIVE: row(13, true, 'too few samples for a verdict', 'wait for more data and run the command again'),
  INTERRUPTED: row(130, true, 'interrupted', 'run the command again: no file was left half-written under its name'),
  TERMINATED: row(143, true, 'terminated', 'run the command again: no file was left half-written under its name'),
} as const satisfies Record<string, ErrorRow>;

export interface ErrorRow {
  readonly exit: number;
  readonly retryable: boolean;
  readonly summary: string;
  readonly hint: string;
}

export type ErrorCode = keyof typeof ERRORS;

/** A place in a file that the user can open. */
export interface SourcePlace {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export interface ErrorOptions {
  /** What to do about it; the table's hint where absent. */
  readonly hint?: string;
  /** Facts for scripts: appears as `details` in the JSON envelope. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Where in a file; becomes `file:line:column` in text and an annotation in CI. */
  readonly place?: SourcePlace;
  readonly cause?: unknown;
}

export class SentopsError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly place: SourcePlace | undefined;

  constructor(code: ErrorCode, message?: string, options: ErrorOptions = {}) {
    super(message ?? ERRORS[code].summary, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SentopsError';
    this.code = code;
    this.hint = options.hint ?? ERRORS[code].hint;
    this.details = options.details ?? {};
    this.place = options.place;
  }

  get exit(): number {
    return ERRORS[this.code].exit;
  }
}

function row(exit: number, retryable: boolean, summary: string, hint: string): ErrorRow {
  return { exit, retryable, summary, hint };
}
