import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { Flags } from '../../cli/framework.ts';
import type { View } from '../../cli/output/view.ts';

export interface Result {
  /** Where the schema was written, or would be; null when it was printed. */
  file: string | null;
  written: boolean;
  /** The JSON Schema (draft-07) of the project file. */
  schema: Record<string, unknown>;
}

export default class ConfigSchema extends SentopsCommand<Result> {
  static override summary = 'Print the JSON Schema of the project file, for editors.';
  static override description =
    'An editor with a YAML language server reads it from a comment in the first line of the project file: # yaml-language-server: $schema=PATH';
  static override examples = [
    '<%= config.bin %> config schema > sentops.schema.json',
    '<%= config.bin %> config schema --output .vscode/sentops.schema.json',
  ];
  static override flags = {
    output: Flags.string({ char: 'o', summary: 'File to write instead of standard output.', helpValue: 'FILE' }),
  };

  protected async work({ flags, request }: Context<typeof ConfigSchema>): Promise<Result> {
    const { buildSchema } = await import('../../lib/config/schema.ts');
    const schema = buildSchema();
    if (flags.output === undefined || flags.output === '-') return { file: null, written: false, schema };
    const { writeTextFile } = await import('../../lib/core/write-text.ts');
    const dryRun = flags['dry-run'] === true;
    const file = writeTextFile(request.cwd, flags.output, `${JSON.stringify(schema, null, 2)}\n`, dryRun);
    return { file, written: !dryRun, schema };
  }

  protected override ids({ file }: Result): readonly string[] {
    return file === null ? [] : [file];
  }

  protected render({ file, written, schema }: Result, view: View): void {
    if (file === null) view.verbatim(JSON.stringify(schema, null, 2));
    else view.line(`${written ? 'wrote' : 'would write'} ${file}`);
  }
}
