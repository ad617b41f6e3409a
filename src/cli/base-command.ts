import type { Interfaces } from '@oclif/core';
import type { Project, ProjectRequest } from '../lib/config/types.ts';
import { SentopsError } from '../lib/core/errors.ts';
import type { Report } from '../lib/core/report.ts';
import { type Abort, listenForAbort } from './abort.ts';
import type { Outputs } from './ci/outputs.ts';
import { describeError, type Failure } from './failure.ts';
import { globalFlags } from './flags.ts';
import { Command } from './framework.ts';
import { type OutputSettings, resolveOutput } from './output/settings.ts';
import type { View } from './output/view.ts';
import type { Prompter } from './prompt/prompter.ts';
import { projectRequest } from './request.ts';
import { passthroughIndex, scanOutputFlags } from './scan.ts';

type StaticFlags<C> = C extends { flags: infer F } ? F : object;
export type FlagsOf<C> = Interfaces.InferredFlags<typeof globalFlags> & Interfaces.InferredFlags<StaticFlags<C>>;
export type ArgsOf<C> = C extends { args: infer A } ? Interfaces.InferredArgs<A> : object;

/** What `work` gets: the parsed command line and the few things through which it may touch the world. */
export interface Context<C = unknown> {
  readonly flags: FlagsOf<C>;
  readonly args: ArgsOf<C>;
  /** Everything after `--`, for commands that declare `passthrough`. */
  readonly passthrough: readonly string[];
  /** Aborted by Ctrl-C, SIGTERM, --timeout and a closed output pipe. */
  readonly signal: AbortSignal;
  readonly report: Report;
  readonly ask: Prompter;
  readonly output: OutputSettings;
  /** What this command line asks of the configuration library. */
  readonly request: ProjectRequest;
  /** Loads the project; only the named top-level sections have to resolve. */
  loadProject(sections?: readonly string[]): Promise<Project>;
}

/**
 * How every command runs: parse → work → render. A command is static data, one lazy call into the library that
 * returns a result object, and a rendering of it. Exit codes, the JSON envelope, signals, progress and CI outputs
 * are owned here, so that no command can get them wrong.
 */
export abstract class SentopsCommand<Result extends object> extends Command {
  static override baseFlags = globalFlags;
  static override enableJsonFlag = true;
  /** True where everything after `--` belongs to somebody else's program. */
  static passthrough = false;

  protected abstract work(context: Context): Promise<Result>;
  /** Draws the result for a person. */
  protected abstract render(result: Result, view: View): void | Promise<void>;
  /** What `-q` and `--format ids` print. */
  protected ids(_result: Result): readonly string[] {
    return [];
  }
  /** What CI gets in $GITHUB_OUTPUT. */
  protected outputs(_result: Result): Outputs {
    return {};
  }
  /** For a result that is complete but means failure (a check, a gate): the error to end with after rendering. */
  protected verdict(_result: Result): SentopsError | undefined {
    return undefined;
  }

  private settings: OutputSettings | undefined;
  private abort: Abort | undefined;
  private failure: Failure | undefined;

  override async run(): Promise<Result> {
    const cut = (this.ctor as typeof SentopsCommand).passthrough ? passthroughIndex(this.argv) : this.argv.length;
    const passthrough = this.argv.slice(cut + 1);
    const { flags, args } = await this.parse(this.ctor, this.argv.slice(0, cut));
    this.settings = resolveOutput(flags, process);
    this.abort = listenForAbort(process, flags['timeout']);
    const { createReporter } = await import('./progress/reporter.ts');
    const reporter = createReporter(this.settings, process.stderr);
    try {
      const result = await this.work(await this.createContext(flags, args, passthrough, reporter.report));
      this.abort.signal.throwIfAborted();
      reporter.stop();
      await this.present(result);
      return result;
    } finally {
      reporter.stop();
      this.abort.dispose();
    }
  }

  /** The JSON envelope; printed by the framework once, after `run`. */
  protected override toSuccessJson(result: unknown): unknown {
    const error = this.failure ? { error: this.failure.json } : {};
    return { schemaVersion: 1, ...(result as Result), ...error };
  }

  override logJson(json: unknown): void {
    process.stdout.write(`${JSON.stringify(json, null, 2)}\n`);
  }

  /** Both traps of the framework end here: one failure, one exit code, with and without --json. */
  protected override async catch(error: unknown): Promise<void> {
    if ((error as { code?: string }).code === 'EEXIT') throw error;
    const settings = this.settings ?? resolveOutput(scanOutputFlags(this.argv), process);
    const failure = describeError(this.abort?.signal.aborted ? this.abort.signal.reason : error, this.ctor);
    const { printFailure } = await import('./print-failure.ts');
    await printFailure(failure, settings, process);
    process.exitCode = failure.exit;
  }

  private async createContext(flags: Record<string, unknown>, args: object, passthrough: readonly string[], report: Report): Promise<Context> {
    const { createPrompter } = await import('./prompt/prompter.ts');
    const settings = this.settings ?? resolveOutput({}, process);
    const signal = this.abort?.signal ?? AbortSignal.abort();
    const request = projectRequest(flags, this.ctor, process);
    return {
      flags: flags as FlagsOf<unknown>,
      args,
      passthrough,
      signal,
      report,
      ask: createPrompter(settings, signal, flags['yes'] === true),
      output: settings,
      request,
      loadProject: async sections => {
        const { loadProject } = await import('../lib/config/load.ts');
        const project = await loadProject({ ...request, ...(sections ? { sections } : {}) });
        for (const problem of project.warnings) report({ type: 'note', level: 'warn', message: problem.message });
        return project;
      },
    };
  }

  private async present(result: Result): Promise<void> {
    const settings = this.settings ?? resolveOutput({}, process);
    const { present } = await import('./output/present.ts');
    await present(result, settings, process, {
      render: view => this.render(result, view),
      ids: () => this.ids(result),
    });
    if (settings.ci) {
      const { publishOutputs } = await import('./ci/publish.ts');
      publishOutputs(this.outputs(result), process.env);
    }
    const verdict = this.verdict(result);
    if (!verdict) return;
    this.failure = describeError(verdict, this.ctor);
    process.exitCode = this.failure.exit;
    if (settings.json) return;
    const { printFailure } = await import('./print-failure.ts');
    await printFailure(this.failure, settings, process);
  }
}
