import type { RegisteredChoice } from '../lib/registry/registered-choice.ts';
import { fieldFlags } from './field-flags.ts';
import { Flags } from './framework.ts';

const helpGroup = 'REGISTRY';

/** How a command is told which model of the registry it works with, wherever it takes one. */
export const modelFlags = {
  'model-name': Flags.string({
    summary: 'Registered model; its version in the stage that is served, else its newest, unless one is named.',
    helpValue: 'NAME',
    helpGroup,
  }),
  'model-stage': Flags.string({
    summary: 'Take the newest version in this stage.',
    options: ['Production', 'Staging', 'Archived', 'None'],
    helpGroup,
  }),
  'model-alias': Flags.string({
    summary: 'Take the version that this alias points at.',
    helpValue: 'ALIAS',
    helpGroup,
  }),
  'model-version': Flags.integer({ summary: 'Take this version.', min: 1, helpValue: 'N', helpGroup }),
  ...fieldFlags(['mlflow.trackingUri']),
};

interface ModelFlagValues {
  readonly 'model-name'?: string | undefined;
  readonly 'model-stage'?: string | undefined;
  readonly 'model-alias'?: string | undefined;
  readonly 'model-version'?: number | undefined;
}

/** These flags as the library takes them. */
export function registeredChoice(flags: ModelFlagValues): RegisteredChoice {
  return {
    name: flags['model-name'],
    stage: flags['model-stage'],
    alias: flags['model-alias'],
    version: flags['model-version'],
  };
}
