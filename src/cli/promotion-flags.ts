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

const share = (summary: string) => Flags.string({ summary, helpValue: 'N', helpGroup: 'GATE' });

/** What the evidence has to be. */
export const gateFlags = {
  'eval-data': Flags.string({
    summary: 'File with labelled rows that both versions score.',
    helpValue: 'FILE',
    helpGroup: 'GATE',
  }),
  'text-column': Flags.string({
    summary: 'Column of the text; found by its name where absent.',
    helpValue: 'NAME',
    helpGroup: 'GATE',
  }),
  'label-column': Flags.string({
    summary: 'Column of the label; found by its name where absent.',
    helpValue: 'NAME',
    helpGroup: 'GATE',
  }),
  'min-accuracy': share('Least accuracy of the version, such as 0.8.'),
  'min-f1': share('Least F1 of the version.'),
  alpha: share("Significance level of McNemar's test (rollout.promotion.alpha where absent)."),
  'min-samples': Flags.integer({
    summary: 'Fewest rows for a verdict (exit 13 below them); 100 where absent.',
    min: 1,
    helpValue: 'N',
    helpGroup: 'GATE',
  }),
};
