import type { Interfaces } from '@oclif/core';
import type { Project, ProjectRequest } from '../lib/config/types.ts';
import { SentopsError } from '../lib/core/errors.ts';
import type { Report } from '../lib/core/report.ts';
import { type Abort, listenForAbort } from './abort.ts';
import { publishes } from './ci/detect.ts';
import type { Outputs } from './ci/outputs.ts';
import type { Published } from './ci/publish.ts';
import { Ended, isExit } from './ended.ts';
import type { Failure } from './failure.ts';
import { globalFlags } from './flags.ts';
import { Command } from './framework.ts';
import type { ReadyColumn, Rows } from './output/records.ts';
import { type OutputSettings, resolveOutput } from './output/settings.ts';
import type { View } from './output/view.ts';
import type { ProblemLine } from './problems.ts';
import { createReporter, type Reporter } from './progress/reporter.ts';
import { createPrompter, type Prompter } from './prompt/prompter.ts';
import { projectRequest } from './request.ts';
import { passthroughIndex, scanOutputFlags } from './scan.ts';

type StaticFlags<C> = C extends { flags: infer F } ? F : object;
type FlagsOf<C> = Interfaces.InferredFlags<typeof globalFlags> & Interfaces.InferredFlags<StaticFlags<C>>;
type ArgsOf<C> = C extends { args: infer A } ? Interfaces.InferredArgs<A> : object;

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
  /**
   * Prints whole lines of the result while work goes on and waits until the reader has them. What `work` returns in
   * the end is then only drawn with the asides of `render`: nothing else may follow on standard output.
   */
  stream(lines: Uint8Array): Promise<void>;
  /** What this command line asks of the configuration library. */
  readonly request: ProjectRequest;
  /** Loads the project; only the named top-level sections have to resolve. */
  loadProject(sections?: readonly string[]): Promise<Project>;
}

/** What is known once the command line has been parsed. */
interface Session {
  readonly settings: OutputSettings;
  readonly abort: Abort;
  readonly reporter: Reporter;
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
  /** Markdown for $GITHUB_STEP_SUMMARY; a table of the result where undefined, nothing where empty. */
  protected summary(_result: Result): string | undefined {
    return undefined;
  }
  /** For a result that is complete but means failure (a check, a gate): the error to end with after rendering. */
  protected verdict(_result: Result): SentopsError | undefined {
    return undefined;
  }
  /** Things found wrong at places in files: each becomes an annotation in CI, whatever `render` makes of them. */
  protected findings(_result: Result): readonly ProblemLine[] {
    return [];
  }
  /** Looks at the output flags before work begins; throws for what cannot be done with them. */
  protected prepare(_settings: OutputSettings): void | Promise<void> {}
  /** The part of the result that was asked for. */
  protected narrow(result: Result): Result {
    return result;
  }
  /** What stands in the JSON envelope, in jsonl and in yaml. */
  protected envelope(result: Result): object {
    return result;
  }
  /** Columns of a list for CSV and Markdown. */
  protected columns(): readonly ReadyColumn[] | undefined {
    return undefined;
  }

  /** What CSV, Markdown and the summary of CI hold where the result is no list but about several things. */
  protected rows(_result: Result): Rows | undefined {
    return undefined;
  }

  protected settings: OutputSettings | undefined;
  private session: Session | undefined;
  private concluding = false;
  private streamed = false;

  override async run(): Promise<Result> {
    const cut = (this.ctor as typeof SentopsCommand).passthrough ? passthroughIndex(this.argv) : this.argv.length;
    const passthrough = this.argv.slice(cut + 1);
    const { flags, args } = await this.parse(this.ctor, this.argv.slice(0, cut));
    const settings = resolveOutput(flags, process);
    this.settings = settings;
    const reporter = createReporter(settings, process);
    const onPatienceLost = () =>
      reporter.report({ type: 'note', level: 'warn', message: 'stopping; press Ctrl-C again to end at once' });
    const abort = listenForAbort(process, flags['timeout'], onPatienceLost);
    this.session = { settings, abort, reporter };
    await this.prepare(settings);
    const context = this.createContext(flags, args, passthrough, this.session);
    const result = this.narrow(await abort.guard(this.work(context)));
    abort.signal.throwIfAborted();
    await reporter.stop();
    // Nothing is left to clean up: from here on a Ctrl-C ends the command without waiting.
    await abort.guard(this.conclude(result, settings), 0);
    return result;
  }

  /** Whoever asks gets one answer, also for `--format json` and before the parser has run. */
  override jsonEnabled(): boolean {
    return (this.settings ?? this.guessSettings()).json;
  }

  /** The result has been printed by `present`, which waits for slow readers; the framework would print it again. */
  override logJson(): void {}

  /** Both traps of the framework end here: one failure, one exit code, with and without --json. */
  protected override async catch(error: unknown): Promise<void> {
    if (isExit(error)) throw error;
    await this.session?.reporter.stop();
    const settings = this.settings ?? this.guessSettings();
    const failure = await this.describe(this.reasonOf(error));
    if (this.session?.abort.pipeClosed && failure.json.code === 'INTERRUPTED') throw new Ended(0);
    // Half a result stands on standard output already, and its reader may have stopped reading.
    const asText = this.concluding && this.session?.abort.signal.aborted;
    await printFailure(failure, asText ? { ...settings, json: false } : settings);
    await this.publish({ failure }, settings);
    throw new Ended(failure.exit);
  }

  /** Why the command was told to stop says more than what the work made of it, unless the work says it better. */
  private reasonOf(error: unknown): unknown {
    const signal = this.session?.abort.signal;
    if (!signal?.aborted) return error;
    return error instanceof SentopsError && error.code === (signal.reason as SentopsError).code ? error : signal.reason;
  }

  protected override async finally(): Promise<void> {
    await this.session?.reporter.stop();
    this.session?.abort.dispose();
  }

  private guessSettings(): OutputSettings {
    return resolveOutput(scanOutputFlags(this.argv), process);
  }

  private async describe(error: unknown): Promise<Failure> {
    const { describeError } = await import('./failure.ts');
    return describeError(error, this.ctor, this.argv);
  }

  private async publish(published: Omit<Published, 'title'>, settings: OutputSettings): Promise<void> {
    if (!publishes(process.env, settings.ci)) return;
    const { publish } = await import('./ci/publish.ts');
    const title = `${this.config.bin} ${(this.id ?? '').replaceAll(':', ' ')}`;
    const unwritten = publish({ ...published, title }, process.env, settings.ci === 'github');
    for (const message of unwritten) this.session?.reporter.report({ type: 'note', level: 'warn', message });
  }

  private async annotate(findings: readonly ProblemLine[], settings: OutputSettings): Promise<void> {
    if (findings.length === 0 || settings.ci !== 'github') return;
    const { annotateProblems } = await import('./ci/annotate.ts');
    const { writeText } = await import('./output/write.ts');
    await writeText(
      process.stderr,
      annotateProblems(findings, (this.id ?? '').replaceAll(':', ' '), process.env, process.cwd()),
    );
  }

  private createContext(
    flags: Record<string, unknown>,
    args: object,
    passthrough: readonly string[],
    session: Session,
  ): Context {
    const { settings, abort, reporter } = session;
    const request = projectRequest(flags, this.ctor, process);
    return {
      flags: flags as FlagsOf<unknown>,
      args,
      passthrough,
      signal: abort.signal,
      report: reporter.report,
      ask: createPrompter(settings, abort.signal, flags['yes'] === true, reporter.suspend),
      output: settings,
      stream: async lines => {
        this.streamed = true;
        const { writeChunk } = await import('./output/write.ts');
        await writeChunk(process, lines);
      },
      request,
      loadProject: async sections => {
        const { loadProject } = await import('../lib/config/load.ts');
        const project = await loadProject({ ...request, ...(sections ? { sections } : {}) });
        for (const { message, hint, place } of project.warnings) {
          reporter.report({
            type: 'note',
            level: 'warn',
            message,
            data: { ...(place ? { place } : {}), ...(hint ? { hint } : {}) },
          });
        }
        return project;
      },
    };
  }

  /** Prints and publishes the result; ends with the verdict where it is one of failure. */
  private async conclude(result: Result, settings: OutputSettings): Promise<void> {
    this.concluding = true;
    const verdict = this.verdict(result);
    const failure = verdict && (await this.describe(verdict));
    const columns = this.columns();
    const rows = this.rows(result);
    const { present } = await import('./output/present.ts');
    await present(result, settings, process, {
      envelope: { schemaVersion: 1, ...this.envelope(result), ...(failure ? { error: failure.json } : {}) },
      ...(columns ? { columns } : {}),
      ...(rows ? { rows } : {}),
      streamed: this.streamed,
      render: view => this.render(result, view),
      ids: () => this.ids(result),
    });
    await this.annotate(this.findings(result), settings);
    if (failure) await printFailure(failure, settings, true);
    await this.publish(
      { result, outputs: this.outputs(result), summary: this.summary(result), columns, rows, failure },
      settings,
    );
    if (failure) throw new Ended(failure.exit);
  }
}

async function printFailure(failure: Failure, settings: OutputSettings, inEnvelope = false): Promise<void> {
  process.exitCode = failure.exit;
  const printer = await import('./print-failure.ts');
  await printer.printFailure(failure, settings, process, inEnvelope);
}
