import fs from 'node:fs';
import net from 'node:net';
import { type Context, SentopsCommand } from '../../../src/cli/base-command.ts';
import type { Outputs } from '../../../src/cli/ci/outputs.ts';
import { Args, Flags } from '../../../src/cli/framework.ts';
import { ListCommand, listColumns } from '../../../src/cli/list-command.ts';
import type { View } from '../../../src/cli/output/view.ts';
import { type ErrorCode, SentopsError } from '../../../src/lib/core/errors.ts';
import { redactor } from '../../../src/lib/core/redact.ts';

type Facts = Record<string, unknown>;

/** What a test command does in common: its result is what the first flag says, its rendering one line. */
abstract class Probe extends SentopsCommand<Facts> {
  protected render(result: Facts, view: View): void {
    view.facts(result);
  }
}

const sleep = (ms: number, signal?: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });

/** Throws a code of the error table: from work, or as the verdict on a complete result. */
class Fail extends Probe {
  static override flags = {
    code: Flags.string({ required: true }),
    message: Flags.string(),
    verdict: Flags.boolean(),
    problems: Flags.boolean(),
    place: Flags.string(),
  };

  protected async work({ flags }: Context<typeof Fail>): Promise<Facts> {
    if (!flags.verdict) throw this.failure(flags);
    return { ok: false, code: flags.code };
  }

  protected override verdict({ code }: Facts): SentopsError | undefined {
    return code ? new SentopsError(code as ErrorCode) : undefined;
  }

  private failure({
    code,
    message,
    problems,
    place,
  }: {
    code: string;
    message?: string | undefined;
    problems?: boolean;
    place?: string | undefined;
  }): SentopsError {
    const list = [
      {
        message: 'train.numFeatures must be an integer',
        hint: 'write 32768',
        place: { file: `${process.cwd()}/sentops.yaml`, line: 12, column: 16 },
      },
      {
        message: 'unknown key "trian"',
        hint: 'did you mean train?',
        place: { file: `${process.cwd()}/sentops.yaml`, line: 20, column: 1 },
      },
    ];
    const [file, line, column] = place?.split(':') ?? [];
    return new SentopsError(code as ErrorCode, message, {
      details: { given: true, ...(problems ? { problems: list } : {}) },
      ...(file ? { place: { file, line: Number(line), column: Number(column) } } : {}),
    });
  }
}

/** Goes wrong in every way that is no error of ours. */
class Crash extends Probe {
  static override args = { how: Args.string({ required: true, ignoreStdin: true }) };

  protected async work({ args }: Context<typeof Crash>): Promise<Facts> {
    switch (args.how) {
      case 'throw':
        throw new TypeError('x is not a function', { cause: new Error('the deeper cause') });
      case 'throw-text':
        throw 'a bare text';
      case 'rejection':
        void Promise.reject(new Error('nobody caught this'));
        await sleep(60_000);
        break;
      case 'exception':
        setTimeout(() => {
          throw new Error('thrown from a timer');
        });
        await sleep(60_000);
        break;
      case 'never':
        await new Promise(() => {});
        break;
      case 'hung-handle':
        net.createServer().listen(0);
        throw new SentopsError('CONFLICT', 'a server is still listening');
      case 'enoent':
        fs.readFileSync('/no/such/file');
        break;
      case 'framework':
        this.error('told through the framework', { exit: 5, suggestions: ['do this'] });
        break;
      case 'exit':
        this.exit(9);
        break;
      case 'foreign':
        throw Object.assign(new Error('from another copy'), {
          name: 'SentopsError',
          code: 'GATE_NOT_MET',
          hint: 'theirs',
          details: { a: 1 },
        });
      case 'abort-error':
        await fetchNothing();
        break;
    }
    return { how: args.how };
  }

  protected override render({ how }: Facts, view: View): void {
    view.line('half of it');
    if (how === 'render') throw new Error('the drawing failed');
  }

  protected override envelope(result: Facts): object {
    if (result['how'] !== 'render') return result;
    const circle: Facts = {};
    circle['self'] = circle;
    return circle;
  }
}

async function fetchNothing(): Promise<void> {
  const controller = new AbortController();
  controller.abort();
  await sleep(1, AbortSignal.any([controller.signal])).catch(() => {});
  controller.signal.throwIfAborted();
}

/** Works until it is told to stop, and may clean up for a while. */
class Wait extends Probe {
  static override flags = {
    cleanup: Flags.integer({ default: 0 }),
    deaf: Flags.boolean({ summary: 'Does not listen to the signal.' }),
    log: Flags.string({ summary: 'File to write what happened to.' }),
    spin: Flags.boolean(),
  };

  protected async work({ flags, signal, report }: Context<typeof Wait>): Promise<Facts> {
    if (flags.spin) report({ type: 'step', id: 'wait', label: 'Waiting', state: 'start' });
    process.stderr.write('ready\n');
    try {
      await sleep(60_000, flags.deaf ? undefined : signal);
      return {};
    } finally {
      await sleep(flags.cleanup);
      if (flags.log) fs.writeFileSync(flags.log, 'cleaned up');
    }
  }
}

/** A result as large as asked for. */
class Big extends SentopsCommand<{ items: { id: number; text: string }[] }> {
  static override flags = { rows: Flags.integer({ default: 10 }), fail: Flags.boolean() };

  protected async work({ flags }: Context<typeof Big>) {
    return { items: Array.from({ length: flags.rows }, (_, id) => ({ id, text: 'x'.repeat(100) })) };
  }

  protected render({ items }: { items: { id: number; text: string }[] }, view: View): void {
    for (const { id, text } of items) view.line(`${id} ${text}`);
  }

  protected override verdict(): SentopsError | undefined {
    return this.argv.includes('--fail') ? new SentopsError('CHECK_FAILED') : undefined;
  }
}

/** Prints its result while it works, and has a word to say beside it. */
class Stream extends Probe {
  static override flags = {
    lines: Flags.integer({ default: 3 }),
    fail: Flags.boolean(),
    secret: Flags.boolean(),
  };

  protected async work({ flags, stream, signal }: Context<typeof Stream>): Promise<Facts> {
    if (flags.secret) redactor.add('hunter2"secret');
    const chunk = new Uint8Array(128);
    for (let line = 0; line < flags.lines; line += 1) {
      signal.throwIfAborted();
      const text = `{"line":${line},"text":${JSON.stringify(flags.secret ? 'hunter2"secret' : 'ü')}}\n`;
      const { written } = new TextEncoder().encodeInto(text, chunk);
      await stream(chunk.subarray(0, written));
      // Whoever writes uses its memory again as soon as it may.
      chunk.fill(0x21);
      if (line === 0) process.stderr.write('begun\n');
    }
    if (flags.fail) throw new SentopsError('DATA_INVALID', 'line 4 is broken');
    return { items: [{ never: 'printed' }], lines: flags.lines };
  }

  protected override render({ lines }: Facts, view: View): void {
    view.aside(`Wrote ${lines} lines.`);
  }

  protected override ids(): readonly string[] {
    return ['never'];
  }
}

/** Says whatever the reporter can say. */
class Progress extends Probe {
  static override args = { how: Args.string({ default: 'steps', ignoreStdin: true }) };

  protected async work({ args, report, signal, ask }: Context<typeof Progress>): Promise<Facts> {
    report({ type: 'note', level: 'debug', message: 'a detail' });
    report({ type: 'note', level: 'warn', message: 'look out', data: { place: { file: 'sentops.yaml', line: 3 } } });
    report({ type: 'step', id: 'a', label: 'Preparing', state: 'start' });
    if (args.how === 'ask') await ask.text({ message: 'Your name?', flag: '--name' });
    for (let done = 0; done <= 5; done += 1) {
      report({
        type: 'progress',
        id: 'get',
        label: 'Fetching data.csv',
        done: done * 1_000_000,
        total: 5_000_000,
        unit: 'bytes',
      });
      report({ type: 'progress', id: 'rows', label: 'Reading', done: done * 1000, unit: 'rows' });
      await sleep(args.how === 'slow' ? 200 : 1, signal);
    }
    report({
      type: 'step',
      id: 'a',
      label: 'Preparing',
      state: args.how === 'fail' ? 'fail' : 'done',
      detail: '5 files',
    });
    if (args.how === 'fail') throw new SentopsError('JOB_FAILED');
    return { done: true };
  }
}

/** Asks one question of each kind. */
class Ask extends Probe {
  static override args = { what: Args.string({ required: true, ignoreStdin: true }) };

  protected async work({ args, ask }: Context<typeof Ask>): Promise<Facts> {
    const choices = [
      { value: 'red', name: 'Red', description: 'like fire' },
      { value: 'blue', name: 'Blue', description: 'like water' },
    ] as const;
    switch (args.what) {
      case 'text':
        return {
          answer: await ask.text({
            message: 'Project name?',
            flag: '--name',
            default: 'demo',
            validate: text => text !== 'bad' || 'not that one',
          }),
        };
      case 'secret':
        return { answer: (await ask.secret({ message: 'Token?', flag: '--token-file' })).length };
      case 'select':
        return { answer: await ask.select({ message: 'Colour?', flag: '--colour', choices }) };
      case 'checkbox':
        return { answer: await ask.checkbox({ message: 'Colours?', flag: '--colours', choices, default: ['blue'] }) };
      case 'confirm':
        return { answer: await ask.confirm({ message: 'Go on?', flag: '--go', default: true }) };
      default:
        await ask.consent('Delete everything?');
        return { deleted: true };
    }
  }
}

interface Job {
  readonly id: string;
  readonly state: string;
  readonly rows: number | null;
  readonly created: string;
  readonly labels: Record<string, string>;
}

const JOBS: readonly Job[] = [
  { id: 'job-10', state: 'RUNNING', rows: 5, created: '2026-03-01T10:00:00Z', labels: { team: 'a' } },
  { id: 'job-9', state: 'DONE', rows: 1000, created: '2026-01-01T10:00:00Z', labels: { team: 'b' } },
  { id: 'job-2', state: 'RUNNING', rows: null, created: '2026-02-01T10:00:00Z', labels: {} },
];

class Jobs extends ListCommand<Job> {
  static override columns = listColumns<Job>({
    id: { id: true },
    state: { show: job => job.state.toLowerCase() },
    rows: {},
    created: {},
    labels: { extra: true },
  });
  static override flags = { none: Flags.boolean() };

  protected async work({ flags }: Context<typeof Jobs>) {
    return { items: flags.none ? [] : JOBS, nextPageToken: null };
  }
}

/** A result for scripts and CI, with a secret that must not be seen. */
class Publish extends Probe {
  static override flags = { text: Flags.string({ default: 'plain' }), gate: Flags.boolean() };

  protected async work({ flags }: Context<typeof Publish>): Promise<Facts> {
    redactor.add('hunter2"secret');
    return {
      run: 'r-1',
      note: flags.text,
      leaked: 'the password is hunter2"secret!',
      nested: { deep: [1, { x: 'y' }] },
      nothing: null,
    };
  }

  protected override ids(): readonly string[] {
    return ['r-1'];
  }

  protected override outputs({ note }: Facts): Outputs {
    return { 'run-id': 'r-1', decision: String(note), accuracy: 0.5 };
  }

  protected override verdict(): SentopsError | undefined {
    return this.argv.includes('--gate') ? new SentopsError('GATE_NOT_MET', 'accuracy 0.5 is below 0.7') : undefined;
  }
}

/** Every kind of flag and argument that the parser can find fault with. */
class Parse extends Probe {
  static override args = {
    input: Args.string({ required: true, description: 'file to read', ignoreStdin: true }),
    mode: Args.string({ options: ['fast', 'exact'], ignoreStdin: true }),
  };
  static override flags = {
    rows: Flags.integer({ min: 1, aliases: ['row-count'] }),
    kind: Flags.string({ options: ['vocabulary', 'length', 'label'] }),
    output: Flags.string(),
    left: Flags.boolean({ exclusive: ['right'] }),
    right: Flags.boolean(),
    user: Flags.string({ dependsOn: ['password-file'] }),
    'password-file': Flags.string(),
    own: Flags.custom<string>({
      parse: async text => {
        throw new SentopsError('CONFIG_INVALID', `${text} is not what it should be`, { hint: 'ours' });
      },
    })(),
  };

  protected async work({ args }: Context<typeof Parse>): Promise<Facts> {
    return { ...args };
  }
}

class Required extends Probe {
  static override flags = { name: Flags.string({ required: true }) };

  protected async work(): Promise<Facts> {
    return {};
  }
}

/** Everything after -- is somebody else's. */
class Pass extends Probe {
  static override passthrough = true;

  protected async work({ passthrough }: Context): Promise<Facts> {
    return { passthrough };
  }
}

/** Throws before the parser has run. */
class Early extends Probe {
  override async init(): Promise<void> {
    await super.init();
    throw new SentopsError('LOCKED', 'too early');
  }

  protected async work(): Promise<Facts> {
    return {};
  }
}

export const COMMANDS = {
  fail: Fail,
  crash: Crash,
  wait: Wait,
  big: Big,
  stream: Stream,
  progress: Progress,
  ask: Ask,
  jobs: Jobs,
  publish: Publish,
  parse: Parse,
  required: Required,
  pass: Pass,
  early: Early,
};
