import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { SentopsError } from '../../cli/errors.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { EnsuredBuckets } from '../../lib/storage/buckets/ensure-buckets.ts';

export type Result = EnsuredBuckets;

export default class BucketEnsure extends SentopsCommand<Result> {
  static override summary = 'Make the buckets of the project that are not there.';
  static override description =
    `One bucket or folder for each role under buckets: in the project file. What is there is used as it is; running it again changes nothing.
Predictions are deleted after retention.predictionsDays, by a rule of the bucket for serve.outputPath alone; 0 keeps them. New buckets are not open to the public. A name that is taken, a bucket of another project and missing permissions are told, and do not stop the others.`;
  static override examples = [
    '<%= config.bin %> bucket ensure --dry-run',
    '<%= config.bin %> bucket ensure --target prod',
    '<%= config.bin %> bucket ensure --location europe-west4 --bucket-project my-project',
  ];
  static override flags = { ...fieldFlags(['storage.location', 'storage.project']) };

  protected async work(context: Context<typeof BucketEnsure>): Promise<Result> {
    const project = await context.loadProject([
      'buckets',
      'storage',
      'profiles',
      'cluster',
      'project',
      'retention',
      'serve',
    ]);
    const { ensureBuckets } = await import('../../lib/storage/buckets/ensure-buckets.ts');
    return ensureBuckets({ ...worldOf(context), project, dryRun: context.flags['dry-run'] === true });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderEnsuredBuckets } = await import('../../cli/views/buckets.ts');
    renderEnsuredBuckets(result, view);
  }

  protected override rows({ buckets }: Result): Rows {
    return { columns: ['uri', 'roles', 'action', 'location', 'lifecycle', 'notes', 'problem'], items: buckets };
  }

  protected override ids({ buckets }: Result): readonly string[] {
    return buckets.map(({ uri }) => uri);
  }

  protected override verdict({ buckets, failed }: Result): SentopsError | undefined {
    const problem = buckets.find(bucket => bucket.problem !== null)?.problem;
    if (!problem) return undefined;
    const message = failed === 1 ? problem.message : `${failed} of ${buckets.length} buckets: ${problem.message}`;
    return new SentopsError(problem.code, message, { hint: problem.hint, details: { failed } });
  }
}
