import { requiredArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { SentopsError } from '../../cli/errors.ts';
import { Flags } from '../../cli/framework.ts';
import type { View } from '../../cli/output/view.ts';
import type { CreatedPlugin } from '../../lib/extend/scaffold/create-plugin.ts';

export type Result = CreatedPlugin;

export default class PluginCreate extends SentopsCommand<Result> {
  static override summary = 'Write a new plugin: a package with a command, an extension, tests.';
  static override description =
    'The package is TypeScript and builds, tests and links as it stands. Kinds of extensions: dataset-source, storage-scheme, tracker, runner, model-format, trainer, stream-source, stream-sink, drift-metric, notifier, generator, doctor-check.';
  static override examples = [
    '<%= config.bin %> plugin create hello',
    '<%= config.bin %> plugin create @acme/reviews --kind dataset-source --kind doctor-check --no-install',
  ];
  static override args = {
    name: requiredArg({ description: 'Name of the plugin; sentops-plugin- is put before a bare word.' }),
  };
  static override flags = {
    dir: Flags.string({ summary: 'Folder to write; one of the name of the package where absent.', helpValue: 'DIR' }),
    kind: Flags.string({
      summary: 'Kind of extension to write (default stream-sink); may be repeated.',
      helpValue: 'KIND',
      multiple: true,
      multipleNonGreedy: true,
    }),
    sentops: Flags.string({
      summary: 'Folder, tarball or version of sentops to compile against; this version where absent.',
      helpValue: 'PATH',
    }),
    install: Flags.boolean({ summary: 'Run npm install in the new folder.', allowNo: true, default: true }),
  };
  /** Its own command must not be called like one that there is. */
  static wholeCatalog = true;

  protected async work({ args, flags, request, signal, report }: Context<typeof PluginCreate>): Promise<Result> {
    const { createPlugin } = await import('../../lib/extend/scaffold/create-plugin.ts');
    const { dir, sentops, install = true } = flags;
    return createPlugin({
      name: args.name,
      cwd: request.cwd,
      env: request.env,
      kinds: flags.kind ?? [],
      reserved: new Set(this.config.commandIDs.map(id => id.split(':')[0] ?? id)),
      install,
      dryRun: flags['dry-run'] === true,
      signal,
      report,
      ...(dir === undefined ? {} : { dir }),
      ...(sentops === undefined ? {} : { sentops }),
    });
  }

  protected render({ package: name, dir, files, written, next }: Result, view: View): void {
    view.heading(`${name} in ${dir}`);
    for (const file of files) view.line(`  ${written ? 'wrote' : 'would write'} ${file}`);
    if (next.length > 0) view.next(next);
  }

  protected override ids(result: Result): readonly string[] {
    return [result.dir];
  }

  protected override verdict({ dir, installProblem }: Result): SentopsError | undefined {
    if (installProblem === null) return undefined;
    return new SentopsError(
      'REMOTE_UNAVAILABLE',
      `the plugin is written, but npm install in ${dir} failed: ${installProblem}`,
      {
        hint: 'run npm install there again; where this version of sentops is not in your registry, create it with --sentops and the path of a tarball (npm pack)',
      },
    );
  }
}
