import { SentopsError } from '../../lib/core/errors.ts';
import type { OutputSettings } from '../output/settings.ts';

interface Question {
  readonly message: string;
  /** The flag that answers it: named when nobody can be asked. */
  readonly flag: string;
}

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly name: string;
  readonly description?: string;
}

/** Asks a person. Without a terminal every method throws INPUT_REQUIRED and names the flag. */
export interface Prompter {
  readonly possible: boolean;
  text(question: Question & { default?: string; validate?: (text: string) => true | string }): Promise<string>;
  secret(question: Question): Promise<string>;
  select<Value extends string>(question: Question & { choices: readonly Choice<Value>[]; default?: Value }): Promise<Value>;
  checkbox<Value extends string>(question: Question & { choices: readonly Choice<Value>[]; default?: readonly Value[] }): Promise<Value[]>;
  /** A plain yes or no. */
  confirm(question: Question & { default: boolean }): Promise<boolean>;
  /** For destructive commands: true with --yes, asks at a terminal, otherwise CONFIRMATION_REQUIRED. */
  consent(message: string): Promise<void>;
}

export function createPrompter(_settings: OutputSettings, _signal: AbortSignal, yes: boolean): Prompter {
  const refuse = (question: Question): never => {
    throw new SentopsError('INPUT_REQUIRED', `${question.message}: no answer`, { hint: `give ${question.flag}` });
  };
  return {
    possible: false,
    text: async question => refuse(question),
    secret: async question => refuse(question),
    select: async question => refuse(question),
    checkbox: async question => refuse(question),
    confirm: async question => refuse(question),
    consent: async message => {
      if (!yes) throw new SentopsError('CONFIRMATION_REQUIRED', message);
    },
  };
}
