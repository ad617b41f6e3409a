import { fieldFlag } from './field-flags.ts';
import { Flags } from './framework.ts';

/** What a promotion or a rollback is about. */
export const placeFlags = {
  to: Flags.string({
    summary: 'Stage, with its alias as mlflow.registryMode has it; Production where neither is given.',
    options: ['Production', 'Staging'],
  }),
  alias: Flags.string({
    summary: 'Alias, with its stage as mlflow.registryMode has it; with --to, exactly these two.',
    helpValue: 'ALIAS',
  }),
};

export const targetFlags = {
  version: Flags.integer({ summary: 'Version to promote; the newest where absent.', min: 1, helpValue: 'N' }),
  ...placeFlags,
  force: Flags.boolean({ summary: 'Promote whatever the evidence says; the history tells of it.' }),
};

const helpGroup = 'GATE';
const gate = (name: string) => fieldFlag(`rollout.promotion.${name}`, { helpGroup });

/** What the evidence has to be. */
export const gateFlags = {
  'eval-data': Flags.string({
    summary: 'File with labelled rows that both versions score.',
    helpValue: 'FILE',
    helpGroup,
  }),
  'text-column': Flags.string({
    summary: 'Column of the text; found by its name where absent.',
    helpValue: 'NAME',
    helpGroup,
  }),
  'label-column': Flags.string({
    summary: 'Column of the label; found by its name where absent.',
    helpValue: 'NAME',
    helpGroup,
  }),
  metric: gate('metric'),
  'min-delta': gate('minDelta'),
  'min-accuracy': gate('minAccuracy'),
  'min-f1': gate('minF1'),
  'min-samples': gate('minSamples'),
  alpha: gate('alpha'),
};
