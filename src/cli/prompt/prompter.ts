import { SentopsError } from '../../lib/core/errors.ts';
import type { OutputSettings } from '../output/settings.ts';
import type {
  CheckboxQuestion,
  ConfirmQuestion,
  Question,
  SelectQuestion,
  Terminal,
  TextQuestion,
} from './question.ts';

/** Asks a person. Without a terminal every method throws INPUT_REQUIRED and names the flag. */
export interface Prompter {
  readonly possible: boolean;
  text(question: TextQuestion): Promise<string>;
  secret(question: Question): Promise<string>;
  select<Value extends string>(question: SelectQuestion<Value>): Promise<Value>;
  checkbox<Value extends string>(question: CheckboxQuestion<Value>): Promise<Value[]>;
  /** A plain yes or no. */
  confirm(question: ConfirmQuestion): Promise<boolean>;
  /** For destructive commands: passes with --yes, asks at a terminal, otherwise CONFIRMATION_REQUIRED. */
  consent(message: string): Promise<void>;
}

/** Runs a question while nothing else draws on the terminal. */
export type Quietly = <T>(run: () => Promise<T>) => Promise<T>;

/** Nothing is loaded before the first question. */
export function createPrompter(
  settings: OutputSettings,
  signal: AbortSignal,
  yes: boolean,
  quietly: Quietly = run => run(),
): Prompter {
  const ask = async <T>(
    question: Question,
    put: (questions: typeof import('./questions.ts'), terminal: Terminal) => Promise<T>,
  ): Promise<T> => {
    if (!settings.interactive) throw unanswered(question);
    signal.throwIfAborted();
    const questions = await import('./questions.ts');
    const terminal = { signal, color: settings.stderr.color };
    return quietly(() => put(questions, terminal));
  };
  return {
    get possible() {
      return settings.interactive;
    },
    text: question => ask(question, (questions, terminal) => questions.askText(question, terminal)),
    secret: question => ask(question, (questions, terminal) => questions.askSecret(question, terminal)),
    select: question => ask(question, (questions, terminal) => questions.askSelect(question, terminal)),
    checkbox: question => ask(question, (questions, terminal) => questions.askCheckbox(question, terminal)),
    confirm: question => ask(question, (questions, terminal) => questions.askConfirm(question, terminal)),
    async consent(message) {
      if (yes) return;
      if (!settings.interactive)
        throw new SentopsError('CONFIRMATION_REQUIRED', `${trimEnd(message)}: this needs a yes`, {
          details: { flag: '--yes' },
        });
      const question = { message, flag: '--yes', default: false };
      const agreed = await ask(question, (questions, terminal) => questions.askConfirm(question, terminal));
      if (!agreed)
        throw new SentopsError('CONFIRMATION_REQUIRED', 'the answer was no: nothing was changed', {
          hint: 'run it again and answer yes, or give --yes',
        });
    },
  };
}

function unanswered({ message, flag }: Question): SentopsError {
  return new SentopsError('INPUT_REQUIRED', `no answer to “${trimEnd(message)}”: nobody can be asked here`, {
    hint: `give ${flag}`,
    details: { flag },
  });
}

function trimEnd(message: string): string {
  return message.replace(/[\s?:.]+$/, '');
}
