import { SentopsError, type SourcePlace } from '../core/errors.ts';
import { suggest } from '../core/suggest.ts';
import { flagOf } from './answer-facts.ts';
import type { AnswersFile } from './answers-file.ts';
import { QUESTIONS } from './questions.ts';
import type { Answers, AnswerValue, Asker, Question, SuggestionProvider, Surroundings } from './types.ts';

export interface AnswerSources {
  /** Parsed flags by their names without dashes. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly file: AnswersFile | undefined;
  readonly ask: Asker;
  readonly noInput: boolean;
  readonly around: Surroundings;
  readonly suggestions: SuggestionProvider;
  /** Told of answers that do not matter here. */
  readonly warn: (message: string) => void;
}

/** An item of a menu that leads to a free answer. */
const OTHER = '\u0000other';

/** Every question that matters gets its answer: flag, answers file, then the user or, with --no-input, the default. */
export async function resolveAnswers(sources: AnswerSources): Promise<Answers> {
  const answers: Answers = {};
  for (const question of QUESTIONS) {
    const given = givenAnswer(question, sources);
    if (question.when?.(answers) === false) {
      if (given) sources.warn(`${given.name} is not used: the question does not matter with the other answers`);
      continue;
    }
    answers[question.id] = given ? checked(question, given, answers) : await unprompted(question, answers, sources);
  }
  return answers;
}

/** What holds for this question where nobody answers and nothing on this machine suggests anything. */
export function presetOf(question: Question, answers: Answers, around: Surroundings): AnswerValue | undefined {
  const preset = question.preset?.(answers, around);
  return preset === undefined || question.check?.(preset, answers) === true || !question.check ? preset : undefined;
}

interface Given {
  readonly value: AnswerValue;
  /** How the place of the answer is called. */
  readonly name: string;
  readonly place?: SourcePlace;
}

function givenAnswer({ id }: Question, { flags, file }: AnswerSources): Given | undefined {
  const flag = flags[flagOf(id).slice(2)];
  if (isAnswer(flag)) return { value: flag, name: flagOf(id) };
  const entry = file?.get(id);
  return entry && { value: entry.value, name: id, place: entry.place };
}

function checked(question: Question, { value, name, place }: Given, answers: Answers): AnswerValue {
  const typed = convert(question, value);
  const complaint = typed === undefined ? expectation(question, value) : (question.check?.(typed, answers) ?? true);
  if (typed !== undefined && complaint === true) return typed;
  const shown = String(value).length > 60 ? `${String(value).slice(0, 60)}…` : String(value);
  throw new SentopsError(
    place ? 'CONFIG_INVALID' : 'FLAG_INVALID',
    `${name} ${complaint}, not ${JSON.stringify(shown)}`,
    {
      hint: place ? 'mend this entry of the answers file' : `give ${name} another value`,
      details: { question: question.id, value: shown },
      ...(place ? { place } : {}),
    },
  );
}

function isAnswer(value: unknown): value is AnswerValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** A YAML file may hold `port: "8081"` or `name: 1`; what cannot be meant is undefined. */
function convert({ type, choices }: Question, value: AnswerValue): AnswerValue | undefined {
  const text = String(value);
  switch (type) {
    case 'boolean':
      return text === 'true' || text === 'false' ? text === 'true' : undefined;
    case 'integer':
      return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
    case 'choice':
      return choices?.some(choice => choice.value === text) ? text : undefined;
    case 'text':
      return text;
  }
}

function expectation({ type, choices = [] }: Question, value: AnswerValue): string {
  if (type === 'boolean') return 'must be true or false';
  if (type === 'integer') return 'must be a whole number';
  const values = choices.map(choice => choice.value);
  const near = suggest(String(value), values);
  return `must be one of ${values.join(', ')}${near ? ` (did you mean ${near}?)` : ''}`;
}

async function unprompted(question: Question, answers: Answers, sources: AnswerSources): Promise<AnswerValue> {
  const suggestions = await usableSuggestions(question, answers, sources);
  const fallback = suggestions[0] ?? presetOf(question, answers, sources.around);
  if (sources.ask.possible && !sources.noInput) return prompt(question, answers, sources.ask, suggestions, fallback);
  if (sources.noInput && fallback !== undefined) return fallback;
  const flag = flagOf(question.id);
  throw new SentopsError('INPUT_REQUIRED', `${question.message}: no answer, and nobody can be asked`, {
    hint: sources.noInput
      ? `give ${flag}: it has no default here`
      : `give ${flag}, or take the defaults for everything that is not given with --no-input`,
    details: { flag, question: question.id },
  });
}

async function usableSuggestions(question: Question, answers: Answers, sources: AnswerSources): Promise<string[]> {
  const found = await sources.suggestions.suggest(question.id, answers);
  return [...new Set(found)].filter(value => (question.check?.(value, answers) ?? true) === true);
}

async function prompt(
  question: Question,
  answers: Answers,
  ask: Asker,
  suggestions: readonly string[],
  fallback: AnswerValue | undefined,
): Promise<AnswerValue> {
  const asked = { message: question.message, flag: flagOf(question.id) };
  if (question.type === 'boolean') return ask.confirm({ ...asked, default: fallback === true });
  if (question.type === 'choice') return ask.select({ ...asked, choices: question.choices ?? [], ...preset(fallback) });
  if (suggestions.length > 1) {
    const choices = [...suggestions.map(value => ({ value, name: value })), { value: OTHER, name: 'another one' }];
    const chosen = await ask.select({ ...asked, choices, ...preset(fallback) });
    if (chosen !== OTHER) return chosen;
  }
  const text = await ask.text({ ...asked, ...preset(fallback), validate: text => complain(question, text, answers) });
  return question.type === 'integer' ? Number(text.trim()) : text.trim();
}

function preset(value: AnswerValue | undefined): { default?: string } {
  return value === undefined || value === '' ? {} : { default: String(value) };
}

/** The prompt's verdict on what was typed, as a sentence. */
function complain(question: Question, text: string, answers: Answers): true | string {
  const typed = convert(question, text.trim());
  const verdict = typed === undefined ? expectation(question, text) : (question.check?.(typed, answers) ?? true);
  return verdict === true ? true : verdict.replace(/^must be/, 'It must be');
}
