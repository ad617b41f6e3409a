import { requiredArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { ChangedExperiment } from '../../lib/runs/experiments.ts';

export type Result = ChangedExperiment;

export default class ExperimentCreate extends SentopsCommand<Result> {
  static override summary = 'Make an experiment for runs to be recorded in.';
  static override examples = [
    '<%= config.bin %> experiment create reviews',
    '<%= config.bin %> experiment create reviews --tag team=nlp --if-missing -q',
  ];
  static override args = {
    name: requiredArg({ description: 'Name of the new experiment.' }),
  };
  static override flags = {
    ...fieldFlags(['mlflow.trackingUri']),
    'artifact-location': Flags.string({
      summary: 'Where files of its runs go; beside those of the other experiments where absent.',
      helpValue: 'URI',
    }),
    tag: Flags.string({
      summary: 'A tag of it; may be repeated.',
      helpValue: 'KEY=VALUE',
      multiple: true,
      multipleNonGreedy: true,
    }),
    'if-missing': Flags.boolean({ summary: 'Succeed also where there is one of that name.' }),
  };

  protected async work(context: Context<typeof ExperimentCreate>): Promise<Result> {
    const { args, flags } = context;
    const { parsePairs } = await import('../../lib/runs/read-entries.ts');
    const { createExperiment } = await import('../../lib/runs/experiments.ts');
    return createExperiment({
      project: await context.loadProject(['mlflow']),
      name: args.name,
      artifactLocation: flags['artifact-location'],
      tags: parsePairs(flags.tag ?? [], '--tag'),
      ifMissing: flags['if-missing'] === true,
      dryRun: flags['dry-run'] === true,
      ...worldOf(context),
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderChangedExperiment } = await import('../../cli/views/experiment.ts');
    renderChangedExperiment(result, view, 'made');
  }

  protected override ids({ experimentId }: Result): readonly string[] {
    return experimentId === null ? [] : [experimentId];
  }
}
