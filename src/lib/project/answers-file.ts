import path from 'node:path';
import { displayPath } from '../config/display-path.ts';
import { formatProblem } from '../config/format-problem.ts';
import { camelCase } from '../config/names.ts';
import { parseDocument } from '../config/parse/parse-document.ts';
import { readText } from '../config/read-text.ts';
import type { Json, Problem } from '../config/types.ts';
import { SentopsError, type SourcePlace } from '../core/errors.ts';
import { suggest } from '../core/suggest.ts';
import { type AnswerValue, QUESTION_IDS, type QuestionId } from './types.ts';

interface AnswerEntry {
  readonly value: AnswerValue;
  readonly place: SourcePlace;
}

export type AnswersFile = ReadonlyMap<QuestionId, AnswerEntry>;

/** Reads `--answers`; every unknown or mistyped entry is reported at once, each with its line. */
export async function readAnswersFile(
  file: string,
  cwd: string,
  readStdin: () => Promise<string>,
): Promise<AnswersFile> {
  const name = file === '-' ? 'standard input' : displayPath(path.resolve(cwd, file), cwd);
  const text = file === '-' ? await readStdin() : readText(path.resolve(cwd, file), name);
  if (text === undefined) {
    throw new SentopsError('CONFIG_UNREADABLE', `the answers file ${name} does not exist`, {
      hint: 'check the path given with --answers',
      place: { file: name },
    });
  }
  const document = await parseDocument(text, name);
  const entries = new Map<QuestionId, AnswerEntry>();
  const problems = [...document.problems];
  for (const [key, value] of pairsOf(document.values, problems, name)) {
    const problem = addEntry(entries, key, value, document.place([key]));
    if (problem)
      problems.push({ ...problem, place: document.place([key], problem.code === 'UNKNOWN_KEY' ? 'key' : 'value') });
  }
  if (problems.length > 0) throw problemsError(problems, name);
  return entries;
}

function pairsOf(values: Json, problems: Problem[], file: string): [string, Json][] {
  if (typeof values === 'object' && values !== null && !Array.isArray(values)) return Object.entries(values);
  const message = 'an answers file holds one "question: answer" per line';
  problems.push({
    ...problemAt('WRONG_TYPE', null, message, 'write for instance: template: imdb'),
    place: { file, line: 1, column: 1 },
  });
  return [];
}

function addEntry(
  entries: Map<QuestionId, AnswerEntry>,
  key: string,
  value: Json,
  place: SourcePlace,
): Problem | undefined {
  const id = QUESTION_IDS.find(known => known === camelCase(key));
  if (id === undefined) {
    const near = suggest(key, QUESTION_IDS);
    const hint = near ? `did you mean ${near}?` : `the questions are ${QUESTION_IDS.join(', ')}`;
    return problemAt('UNKNOWN_KEY', key, `there is no question "${key}"`, hint);
  }
  if (entries.has(id)) return problemAt('DUPLICATE', key, `"${id}" is answered twice`, 'keep one of them');
  if (value === null) return problemAt('WRONG_TYPE', key, `"${key}" has no answer`, 'give one, or remove the line');
  if (typeof value === 'object')
    return problemAt('WRONG_TYPE', key, `the answer to "${key}" must be one value`, 'write it on one line');
  entries.set(id, { value, place });
  return undefined;
}

function problemAt(code: string, path: string | null, message: string, hint: string): Problem {
  return { severity: 'error', code, path, message, hint, place: null };
}

function problemsError(problems: readonly Problem[], file: string): SentopsError {
  const [first] = problems;
  const isSyntax = problems.some(problem => problem.code === 'CONFIG_SYNTAX');
  const more = problems.length > 1 ? `:\n${problems.map(problem => `  ${formatProblem(problem)}`).join('\n')}` : '';
  const message = more
    ? `the answers in ${file} have ${problems.length} problems${more}`
    : (first?.message ?? 'unusable');
  return new SentopsError(isSyntax ? 'CONFIG_SYNTAX' : 'CONFIG_INVALID', message, {
    ...(!more && first?.hint ? { hint: first.hint } : { hint: 'mend the places listed' }),
    details: { problems },
    place: first?.place ?? { file },
  });
}
