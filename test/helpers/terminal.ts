import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { cleanEnv } from './run-cli.ts';

/** Keys that are no character, as a terminal sends them. */
const KEYS = {
  enter: '\r',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  space: ' ',
  tab: '\t',
  backspace: '\x7f',
  delete: '\x1b[3~',
  home: '\x1b[H',
  end: '\x1b[F',
  escape: '\x1b',
  'ctrl-c': '\x03',
  'ctrl-d': '\x04',
  'ctrl-u': '\x15',
} as const;

type Key = keyof typeof KEYS;

export interface TerminalOptions {
  readonly cols?: number;
  readonly rows?: number;
  /** Added to a clean environment with a colour terminal; a value of undefined removes the name. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** HOME of the run; a fresh temporary one, removed on close, where absent. */
  readonly home?: string;
  readonly cwd?: string;
}

interface Exit {
  readonly code: number;
  /** Number of the signal that ended the process; 0 where none did. */
  readonly signal: number;
}

/** A program at a real pseudo terminal: keys go in, the screen that a person would see comes out. */
export interface Terminal {
  readonly pid: number;
  /** Every byte the program wrote, escape sequences included. */
  readonly raw: string;
  readonly cursorHidden: boolean;
  readonly exit: Promise<Exit>;
  type(text: string): void;
  press(...keys: Key[]): void;
  signal(name: NodeJS.Signals): void;
  resize(cols: number, rows: number): void;
  /** Resolves once the screen (scroll-back included) shows it; fails with the screen when the program ends without or nothing comes. */
  waitFor(wanted: string | RegExp, timeoutMs?: number): Promise<void>;
  /** The lines a person sees, scroll-back included, without trailing blanks. */
  screen(): string[];
  /** Ends the program if it still runs and removes its HOME. */
  close(): Promise<void>;
}

const STUCK_MS = 30_000;

export function openTerminal(command: string, args: readonly string[], options: TerminalOptions = {}): Terminal {
  const { cols = 80, rows = 24 } = options;
  const home = options.home ?? fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-home-'));
  const env = terminalEnv(home, options.env);
  // The library overwrites TERM with the terminal's name.
  const pty = spawn(command, [...args], { name: env['TERM'] ?? '', cols, rows, cwd: options.cwd ?? home, env });
  const display = new xterm.Terminal({ cols, rows, scrollback: 5000, allowProposedApi: true });
  const watchers = new Set<() => void>();
  const notify = () => {
    for (const watcher of watchers) watcher();
  };
  let raw = '';
  let ended = false;
  pty.onData(data => {
    raw += data;
    display.write(data, notify);
  });
  // A real terminal answers questions about itself (cursor position, device).
  display.onData(answer => pty.write(answer));
  const exit = new Promise<Exit>(resolve => {
    pty.onExit(({ exitCode, signal }) => {
      // What the program wrote last may still be on its way through the display.
      setTimeout(() => {
        display.write('', () => {
          ended = true;
          notify();
          resolve({ code: exitCode, signal: signal ?? 0 });
        });
      }, 20);
    });
  });
  const screen = () => readScreen(display);

  return {
    pid: pty.pid,
    get raw() {
      return raw;
    },
    get cursorHidden() {
      return raw.lastIndexOf('\x1b[?25l') > raw.lastIndexOf('\x1b[?25h');
    },
    exit,
    type: text => pty.write(text),
    press: (...keys) => pty.write(keys.map(key => KEYS[key]).join('')),
    signal: name => process.kill(pty.pid, name),
    resize(newCols, newRows) {
      pty.resize(newCols, newRows);
      display.resize(newCols, newRows);
    },
    waitFor: (wanted, timeoutMs = STUCK_MS) => waitUntil(wanted, timeoutMs, { screen, watchers, ended: () => ended }),
    screen,
    async close() {
      if (!ended) pty.kill('SIGKILL');
      await exit;
      display.dispose();
      if (!options.home) fs.rmSync(home, { recursive: true, force: true });
    },
  };
}

interface Watched {
  readonly screen: () => string[];
  readonly watchers: Set<() => void>;
  readonly ended: () => boolean;
}

function waitUntil(wanted: string | RegExp, timeoutMs: number, { screen, watchers, ended }: Watched): Promise<void> {
  const shows = () => {
    const text = screen().join('\n');
    return typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
  };
  return new Promise((resolve, reject) => {
    const finish = (reason?: string) => {
      clearTimeout(timer);
      watchers.delete(look);
      if (reason === undefined) resolve();
      else
        reject(new Error(`the terminal never showed ${String(wanted)} (${reason}); it shows:\n${screen().join('\n')}`));
    };
    const look = () => {
      if (shows()) finish();
      else if (ended()) finish('the program ended');
    };
    const timer = setTimeout(() => finish(`waited ${timeoutMs} ms`), timeoutMs);
    watchers.add(look);
    look();
  });
}

function readScreen(display: InstanceType<typeof xterm.Terminal>): string[] {
  const buffer = display.buffer.active;
  const lines: string[] = [];
  for (let row = 0; row < buffer.length; row += 1) lines.push(buffer.getLine(row)?.translateToString(true) ?? '');
  while (lines.length > 0 && lines.at(-1) === '') lines.pop();
  return lines;
}

function terminalEnv(home: string, added: TerminalOptions['env']): Record<string, string> {
  const entries = Object.entries({ ...cleanEnv(home), TERM: 'xterm-256color', ...added });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
