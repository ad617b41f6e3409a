import { SentopsError } from '../core/errors.ts';

/** --model-name with one of --model-stage, --model-alias and --model-version. */
export interface RegisteredChoice {
  /** serve.modelName where absent. */
  readonly name: string | undefined;
  readonly stage: string | undefined;
  readonly alias: string | undefined;
  readonly version: number | undefined;
}

/** Whether any of the flags was given. */
export function isChosen({ name, stage, alias, version }: RegisteredChoice): boolean {
  return [name, stage, alias, version].some(value => value !== undefined);
}

/** What can be told before anything is asked. Two ways to say which version are a mistake, whichever would win. */
export function checkChoice({ name, stage, alias, version }: RegisteredChoice): void {
  if (name !== undefined && (name === '' || /[/:]/.test(name)))
    throw new SentopsError('FLAG_INVALID', `--model-name: ${JSON.stringify(name)} is no name of a model`, {
      hint: 'names hold no / and no :; a URI such as models:/NAME@champion goes where the path of a model goes',
      details: { flag: '--model-name', value: name },
    });
  const given = Object.entries({ stage, alias, version }).filter(([, value]) => value !== undefined);
  if (given.length <= 1) return;
  throw new SentopsError(
    'FLAG_INVALID',
    `${given.map(([key]) => `--model-${key}`).join(' and ')} each say which version`,
    {
      hint: 'give one of them',
      details: { flags: given.map(([key]) => `--model-${key}`) },
    },
  );
}
