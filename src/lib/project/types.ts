import type { ProjectRequest } from '../config/types.ts';
import type { Report } from '../core/report.ts';
import type { DoctorReport } from '../doctor/run.ts';

export type AnswerValue = string | number | boolean;

/** In the order of the wizard. Each is a key of the answers file, and in kebab-case a flag of `init`. */
export const QUESTION_IDS = [
  'name',
  'template',
  'source',
  'dataset',
  'file',
  'textColumn',
  'labelColumn',
  'labels',
  'backend',
  'gcpProject',
  'region',
  'zone',
  'bucket',
  'cluster',
  'mlflowUri',
  'mlflowExperiment',
  'registeredModelName',
  'sourceType',
  'http',
  'port',
  'writeKafka',
  'kafkaBootstrap',
  'kafkaTopic',
  'kafkaOutputTopic',
  'ci',
] as const;
export type QuestionId = (typeof QUESTION_IDS)[number];

/** What is known so far; a question that does not matter has no entry. */
export type Answers = Partial<Record<QuestionId, AnswerValue>>;

export interface AnswerChoice {
  readonly value: string;
  readonly name: string;
  readonly description?: string;
}

/** What a default may depend on besides earlier answers. */
export interface Surroundings {
  /** Last part of the folder's path. */
  readonly folderName: string;
  /** The service whose repository the folder is a clone of. */
  readonly forge: 'github' | 'gitlab' | undefined;
}

export interface Question {
  readonly id: QuestionId;
  readonly group: 'project' | 'data' | 'backend' | 'mlflow' | 'serving' | 'kafka' | 'ci';
  readonly message: string;
  readonly type: 'text' | 'integer' | 'boolean' | 'choice';
  readonly choices?: readonly AnswerChoice[];
  /** Where absent or undefined, only the user or a suggestion can answer. */
  readonly preset?: (answers: Answers, around: Surroundings) => AnswerValue | undefined;
  /** True, or what is wrong as the end of a sentence: "must be …". */
  readonly check?: (value: AnswerValue, answers: Answers) => true | string;
  /** Asked only where it matters. */
  readonly when?: (answers: Answers) => boolean;
}

/**
 * Offers real values for a question, the likeliest first. The built-in one reads local files only; one that asks
 * a cloud may take its place.
 */
export interface SuggestionProvider {
  suggest(id: QuestionId, answers: Answers): Promise<readonly string[]>;
}

/** The part of a terminal's prompter that the wizard needs; it lies outside the library. */
export interface Asker {
  readonly possible: boolean;
  text(question: AskedQuestion & { default?: string; validate?: (text: string) => true | string }): Promise<string>;
  select(question: AskedQuestion & { choices: readonly AnswerChoice[]; default?: string }): Promise<string>;
  confirm(question: AskedQuestion & { default: boolean }): Promise<boolean>;
  /** For what cannot be undone: returns with --yes or after a yes, throws otherwise. */
  consent(message: string): Promise<void>;
}

export interface AskedQuestion {
  readonly message: string;
  readonly flag: string;
}

export interface InitRequest {
  /** The folder as it was typed, relative to the working folder. */
  readonly dir: string;
  /** Working folder, environment and home; what `doctor` is asked with. */
  readonly project: ProjectRequest;
  /** Parsed flags by their names; those of the questions are answers. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** Path of an answers file, `-` for standard input. */
  readonly answersFile?: string;
  readonly readStdin: () => Promise<string>;
  /** Take defaults instead of asking. */
  readonly noInput: boolean;
  /** Write into a folder that holds other files. */
  readonly force: boolean;
  /** Ask no confirmation. */
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly ask: Asker;
  readonly signal: AbortSignal;
  readonly report: Report;
  readonly suggestions?: SuggestionProvider;
}

/** create, overwrite: written whole. merge: missing lines added. unchanged: as it was already. kept: yours stays. */
type FileAction = 'create' | 'overwrite' | 'merge' | 'unchanged' | 'kept';

export interface InitFile {
  /** Relative to the project folder, with forward slashes. */
  path: string;
  action: FileAction;
}

export interface InitResult {
  /** Absolute. */
  dir: string;
  dryRun: boolean;
  files: InitFile[];
  answers: Answers;
  /** The same project without questions. */
  command: string;
  /** Commands to type next. */
  next: string[];
  /** What `doctor` says of the new project; null with --dry-run. */
  doctor: DoctorReport | null;
}
