import { SentopsError } from '../../lib/core/errors.ts';
import type {
  CheckboxQuestion,
  Choice,
  ConfirmQuestion,
  Question,
  SelectQuestion,
  Terminal,
  TextQuestion,
} from './question.ts';

type Prompts = typeof import('@inquirer/prompts');

interface PromptContext {
  readonly signal: AbortSignal;
  readonly output: NodeJS.WritableStream;
}

export function askText({ message, default: preset, validate }: TextQuestion, terminal: Terminal): Promise<string> {
  const options = { message, ...(preset === undefined ? {} : { default: preset }), ...(validate ? { validate } : {}) };
  return ask(terminal, ({ input }, context) => input(options, context));
}

export function askSecret({ message }: Question, terminal: Terminal): Promise<string> {
  return ask(terminal, ({ password }, context) => password({ message, mask: true }, context));
}

export function askSelect<Value extends string>(question: SelectQuestion<Value>, terminal: Terminal): Promise<Value> {
  const { message, choices, default: preset } = question;
  const options = {
    message,
    choices: choices.map(copyChoice<Value>),
    loop: false,
    ...(preset === undefined ? {} : { default: preset as NoInfer<Value> }),
  };
  return ask(terminal, ({ select }, context) => select<Value>(options, context));
}

export function askCheckbox<Value extends string>(
  question: CheckboxQuestion<Value>,
  terminal: Terminal,
): Promise<Value[]> {
  const { message, choices, default: preset = [] } = question;
  const marked = choices.map(choice => ({ ...copyChoice(choice), checked: preset.includes(choice.value) }));
  return ask(terminal, ({ checkbox }, context) => checkbox<Value>({ message, choices: marked, loop: false }, context));
}

export function askConfirm({ message, default: preset }: ConfirmQuestion, terminal: Terminal): Promise<boolean> {
  return ask(terminal, ({ confirm }, context) => confirm({ message, default: preset }, context));
}

function copyChoice<Value extends string>({ value, name, description }: Choice<Value>) {
  return { value, name, ...(description === undefined ? {} : { description }) };
}

/** Asks on standard error, so that standard output carries the result only. */
async function ask<T>(terminal: Terminal, put: (prompts: Prompts, context: PromptContext) => Promise<T>): Promise<T> {
  if (!terminal.color) silenceColor(process.env);
  const prompts = await import('@inquirer/prompts');
  const left = new AbortController();
  const leave = () => left.abort(new SentopsError('INTERRUPTED', 'the input ended before the question was answered'));
  const onKey = (_text: string | undefined, key: { readonly name?: string; readonly ctrl?: boolean } | undefined) => {
    if (key?.ctrl && key.name === 'd') leave();
  };
  // With its input gone the library would wait for ever.
  process.stdin.on('keypress', onKey).once('end', leave);
  try {
    return await put(prompts, { signal: AbortSignal.any([terminal.signal, left.signal]), output: process.stderr });
  } catch (error) {
    throw explain(error, terminal.signal.aborted ? terminal.signal : left.signal);
  } finally {
    process.stdin.off('keypress', onKey).off('end', leave);
  }
}

/** The library has no switch: it colours through Node, which asks the environment. */
function silenceColor(env: NodeJS.ProcessEnv): void {
  env['NO_COLOR'] = '1';
  delete env['FORCE_COLOR'];
}

/** Ctrl-C inside a question is a Ctrl-C like any other. */
function explain(error: unknown, signal: AbortSignal): unknown {
  if (!(error instanceof Error)) return error;
  if (error.name === 'ExitPromptError') return new SentopsError('INTERRUPTED', undefined, { cause: error });
  return error.name === 'AbortPromptError' ? signal.reason : error;
}
