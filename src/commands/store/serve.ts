import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import { Ended } from '../../cli/ended.ts';
import { SentopsError } from '../../cli/errors.ts';
import { fieldFlags } from '../../cli/field-flags.ts';
import { Flags } from '../../cli/framework.ts';
import type { View } from '../../cli/output/view.ts';
import { servedLines } from '../../cli/views/served-store.ts';
import { worldOf } from '../../cli/world.ts';
import type { ServedStore } from '../../lib/tracking/serve/run-server.ts';

export type Result = ServedStore;

export default class StoreServe extends SentopsCommand<Result> {
  static override summary = "Serve the store of the project to clients of MLflow's REST API.";
  static override description =
    `Python code logs to it with MLFLOW_TRACKING_URI: runs, artifacts, logged models and the model registry. Traces and the web pages of MLflow are not there.
Several servers, sentops commands and MLflow itself may use one store at the same time. Ctrl-C and SIGTERM end it in order, with exit code 0: what is under way is answered first, for up to 8 seconds.
A token comes from --auth-token-file or SENTOPS_STORE_TOKEN; clients send it as MLFLOW_TRACKING_TOKEN. With --json one line tells the address when the server is ready.`;
  static override examples = [
    '<%= config.bin %> store serve',
    '<%= config.bin %> store serve --port 0 --json',
    '<%= config.bin %> store serve --host 0.0.0.0 --auth-token-file token.txt',
    '<%= config.bin %> store serve --mlflow-uri sqlite:///mlflow.db -v',
  ];
  static override flags = {
    ...fieldFlags(['mlflow.trackingUri']),
    port: Flags.integer({ summary: 'Port; 0 for any free one.', default: 5000, min: 0, max: 65_535, helpValue: 'N' }),
    host: Flags.string({
      summary: 'Address to listen on; 0.0.0.0 lets other machines in.',
      default: '127.0.0.1',
      helpValue: 'ADDRESS',
    }),
    'auth-token-file': Flags.string({ summary: 'File with the token that clients must send.', helpValue: 'FILE' }),
    'allow-anyone': Flags.boolean({
      summary: 'Let other machines in without a token: all of them may read and delete everything.',
    }),
    'allowed-hosts': Flags.string({
      summary: 'Names under which clients may ask for it, such as mlflow:5000 or *.example.com.',
      helpValue: 'A,B',
    }),
    'max-artifact-mb': Flags.integer({
      summary: 'Largest file that is taken, in megabytes.',
      default: 10_240,
      min: 1,
      helpValue: 'N',
    }),
  };
  #isServing = false;

  protected async work(context: Context<typeof StoreServe>): Promise<Result> {
    const { flags, output, stream } = context;
    const project = await context.loadProject(['mlflow']);
    const { serveStore } = await import('../../lib/tracking/serve/run-server.ts');
    const served = await serveStore({
      ...worldOf(context),
      project,
      host: flags.host,
      port: flags.port,
      tokenFile: flags['auth-token-file'],
      allowAnyone: flags['allow-anyone'] === true,
      allowedHosts: (flags['allowed-hosts'] ?? '').split(',').flatMap(name => name.trim() || []),
      maxArtifactBytes: flags['max-artifact-mb'] * 1_000_000,
      dryRun: flags['dry-run'] === true,
      onStart: async started => stream(new TextEncoder().encode(servedLines(started, output))),
    });
    this.#isServing = served.listening;
    return served;
  }

  /** A server ends by a signal and by nothing else: where it stopped in order, that is success. */
  protected override async catch(error: unknown): Promise<void> {
    const isSignal = error instanceof SentopsError && ['INTERRUPTED', 'TERMINATED'].includes(error.code);
    if (this.#isServing && isSignal) throw new Ended(0);
    return super.catch(error);
  }

  protected render({ host, port, store, auth }: Result, view: View): void {
    view.line(`would serve ${store} on ${host}, port ${port}, ${auth === 'token' ? 'with' : 'without'} a token`);
  }

  protected override ids({ url }: Result): readonly string[] {
    return url === '' ? [] : [url];
  }
}
