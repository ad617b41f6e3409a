import { optionalArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { datasetFileFlag, datasetFlags, datasetUploadFlags } from '../../cli/dataset-flags.ts';
import { SentopsError } from '../../cli/errors.ts';
import { Flags } from '../../cli/framework.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import { worldOf } from '../../cli/world.ts';
import type { VerifyResult } from '../../lib/data/fetch/verify-dataset.ts';

export type Result = VerifyResult;

export default class DatasetVerify extends SentopsCommand<Result> {
  static override summary = 'Compare a dataset with what was locked when it was downloaded.';
  static override description =
    'Reads every file and compares its sha256 with sentops.lock.yaml; with --uploaded also the checksums of the objects in the bucket, with --at-source also what the source has by now. Anything that is missing or other ends with exit 9.';
  static override examples = [
    '<%= config.bin %> dataset verify',
    '<%= config.bin %> dataset verify --uploaded --at-source',
    '<%= config.bin %> dataset verify imdb --no-local --uploaded --json',
  ];
  static override args = { name: optionalArg({ description: 'Preset or reference; the same as --dataset.' }) };
  static override flags = {
    ...datasetFlags(),
    file: datasetFileFlag('Only this file of the dataset.'),
    ...datasetUploadFlags(),
    local: Flags.boolean({ summary: 'The files on this machine (the default).', allowNo: true, default: true }),
    uploaded: Flags.boolean({ summary: 'The objects that were uploaded, too.' }),
    'at-source': Flags.boolean({ summary: 'What the source has by now, too.' }),
    to: Flags.string({ summary: 'Where they were uploaded to, as sync takes it.', helpValue: 'URI' }),
  };

  protected async work(context: Context<typeof DatasetVerify>): Promise<Result> {
    const { args, flags } = context;
    const project = await context.loadProject(['dataset', 'buckets', 'storage', 'profiles']);
    const { verifyDataset } = await import('../../lib/data/fetch/verify-dataset.ts');
    return verifyDataset({
      ...worldOf(context),
      project,
      named: args.name,
      to: flags.to,
      local: flags.local,
      uploaded: flags.uploaded === true,
      atSource: flags['at-source'] === true,
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderVerify } = await import('../../cli/views/dataset-fetch.ts');
    renderVerify(result, view);
  }

  protected override rows({ checks }: Result): Rows {
    return { columns: ['where', 'path', 'place', 'state', 'expected', 'found'], items: checks };
  }

  protected override ids({ checks }: Result): readonly string[] {
    return checks.filter(({ state }) => state === 'missing' || state === 'changed').map(({ place }) => place);
  }

  protected override verdict({ ok, checks, dataset }: Result): SentopsError | undefined {
    if (ok) return undefined;
    const failed = checks.filter(({ state }) => state === 'missing' || state === 'changed');
    const names = failed
      .slice(0, 3)
      .map(({ place, path, state, where }) => `${where === 'source' ? path : place} ${state}`);
    return new SentopsError('DATA_INVALID', `${dataset} is not what was locked: ${names.join(', ')}`, {
      hint: hintFor(failed),
      details: { checks: failed },
    });
  }
}

/** What brings each of the places back to what was locked, or the lock to what there is. */
function hintFor(failed: Result['checks']): string {
  const is = (where: string, state: string) => failed.some(check => check.where === where && check.state === state);
  const ways = [
    ...(is('folder', 'missing') ? ['bring files back with sentops dataset download'] : []),
    ...(is('folder', 'changed') ? ['replace changed files with sentops dataset download --force'] : []),
    ...(is('bucket', 'missing') || is('bucket', 'changed') ? ['upload again with sentops dataset upload'] : []),
    ...(is('source', 'missing') || is('source', 'changed')
      ? ['take what the source has now with sentops dataset download --update']
      : []),
  ];
  return ways.join('; ');
}
