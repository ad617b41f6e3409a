export interface Question {
  readonly message: string;
  /** The flag that answers it: named when nobody can be asked. */
  readonly flag: string;
}

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly name: string;
  readonly description?: string;
}

export type TextQuestion = Question & { default?: string; validate?: (text: string) => true | string };
export type SelectQuestion<Value extends string> = Question & { choices: readonly Choice<Value>[]; default?: Value };
export type CheckboxQuestion<Value extends string> = Question & {
  choices: readonly Choice<Value>[];
  default?: readonly Value[];
};
export type ConfirmQuestion = Question & { default: boolean };

/** What a question is asked at. */
export interface Terminal {
  readonly signal: AbortSignal;
  readonly color: boolean;
}
