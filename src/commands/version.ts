import { SentopsCommand } from '../cli/base-command.ts';
import type { View } from '../cli/output/view.ts';

export interface Result {
  name: string;
  version: string;
  node: string;
  platform: string;
  arch: string;
}

export default class Version extends SentopsCommand<Result> {
  static override summary = 'Show the version of sentops and of the Node.js that runs it.';
  static override examples = ['<%= config.bin %> version', '<%= config.bin %> version --json'];

  protected async work(): Promise<Result> {
    const { platform, arch, version: node } = process;
    return { name: this.config.name, version: this.config.version, node, platform, arch };
  }

  protected override ids({ version }: Result): readonly string[] {
    return [version];
  }

  protected render(result: Result, view: View): void {
    view.line(`${result.name}/${result.version} ${result.platform}-${result.arch} node-${result.node}`);
  }
}
