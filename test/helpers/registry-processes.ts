import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { pinnedNode } from './run-cli.ts';

const ACTOR = fileURLToPath(new URL('./registry-actor.ts', import.meta.url));

/** One process that works on a store; see registry-actor.ts. */
export class Actor {
  readonly #child: ChildProcess;
  readonly #inbox: string[] = [];
  #waiting: ((message: string) => void) | undefined;
  readonly ended: Promise<NodeJS.Signals | null>;

  constructor(file: string, ...more: readonly string[]) {
    this.#child = fork(ACTOR, ['--file', file, ...more], {
      execPath: pinnedNode(),
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child.on('message', message => this.#take(String(message)));
    this.ended = new Promise(resolve => this.#child.once('exit', (_code, signal) => resolve(signal)));
    void this.ended.then(signal => this.#take(`ended by ${signal}`));
  }

  send(version: number): void {
    this.#child.send(version);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** The next thing that it says. */
  next(): Promise<string> {
    const message = this.#inbox.shift();
    if (message !== undefined) return Promise.resolve(message);
    return new Promise(resolve => {
      this.#waiting = resolve;
    });
  }

  #take(message: string): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) waiting(message);
    else this.#inbox.push(message);
  }
}
