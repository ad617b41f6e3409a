import { quoteWord } from '../core/shell-word.ts';
import { flagOf } from './answer-facts.ts';
import { QUESTIONS } from './questions.ts';
import { presetOf } from './resolve-answers.ts';
import type { Answers, AnswerValue, QuestionId } from './types.ts';

/**
 * The command line that makes the same project without questions. Only answers that another machine would not take
 * by itself are written out.
 */
export function equivalentCommand(dir: string, answers: Answers, folderName: string, force: boolean): string {
  const words = ['sentops', 'init', dir.startsWith('-') ? `./${dir}` : dir, '--no-input'];
  if (force) words.push('--force');
  const earlier: Answers = {};
  for (const question of QUESTIONS) {
    const value = answers[question.id];
    if (value === undefined) continue;
    const preset = presetOf(question, earlier, { folderName, forge: undefined });
    if (value !== preset) words.push(...flagWords(question.id, value));
    earlier[question.id] = value;
  }
  return words.map(quoteWord).join(' ');
}

function flagWords(id: QuestionId, value: AnswerValue): string[] {
  const flag = flagOf(id);
  if (typeof value === 'boolean') return [value ? flag : flag.replace('--', '--no-')];
  const text = String(value);
  return text.startsWith('-') || text === '' ? [`${flag}=${text}`] : [flag, text];
}
