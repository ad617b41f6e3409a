import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SentopsError } from '../../../src/lib/core/errors.ts';
import type { ReportEvent } from '../../../src/lib/core/report.ts';
import type { AnswerChoice, AskedQuestion, Asker, InitRequest, InitResult } from '../../../src/lib/project/types.ts';

export function makeFolder(): string {
  return fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-init-')));
}

/** Every file below a folder with its text, and every empty folder as `name/`. */
export function readTree(dir: string): Record<string, string> {
  const tree: Record<string, string> = {};
  for (const entry of fs.readdirSync(dir, { recursive: true, withFileTypes: true })) {
    const full = path.join(entry.parentPath, entry.name);
    const name = path.relative(dir, full);
    if (entry.isFile()) tree[name] = fs.readFileSync(full, 'utf8');
    else if (entry.isDirectory() && fs.readdirSync(full).length === 0) tree[`${name}/`] = '';
  }
  return tree;
}

/** Nobody is there to be asked. */
export const nobody: Asker = {
  possible: false,
  text: async question => refuse(question),
  select: async question => refuse(question),
  confirm: async question => refuse(question),
  consent: async message => {
    throw new SentopsError('CONFIRMATION_REQUIRED', message);
  },
};

function refuse(question: AskedQuestion): never {
  throw new Error(`asked ${question.flag} though nobody is there`);
}

export interface Asked {
  readonly flag: string;
  readonly message: string;
  readonly default: unknown;
  readonly choices?: readonly AnswerChoice[];
}

/** A person who takes every default except for the flags given, and remembers what was asked. */
export function person(
  replies: Readonly<Record<string, unknown>> = {},
): Asker & { asked: Asked[]; consents: string[] } {
  const asked: Asked[] = [];
  const consents: string[] = [];
  const reply = <T>(question: AskedQuestion & { default?: T; choices?: readonly AnswerChoice[] }): T => {
    const { flag, message, choices } = question;
    asked.push({ flag, message, default: question.default, ...(choices ? { choices } : {}) });
    const value = flag in replies ? replies[flag] : question.default;
    if (value instanceof Error) throw value;
    return value as T;
  };
  return {
    possible: true,
    asked,
    consents,
    async text(question) {
      const text = reply(question) ?? '';
      const verdict = question.validate?.(text) ?? true;
      if (verdict !== true) throw new Error(`${question.flag}: ${verdict}`);
      return text;
    },
    select: async question => reply(question),
    confirm: async question => reply(question),
    async consent(message) {
      consents.push(message);
      if (replies['consent'] !== true) throw new SentopsError('CONFIRMATION_REQUIRED', message);
    },
  };
}

export interface Trial {
  readonly request: InitRequest;
  readonly notes: string[];
}

/** A request with nobody to ask and --no-input, in a clean environment; `changes` say what differs. */
export function makeRequest(
  cwd: string,
  changes: Partial<InitRequest> & { env?: Record<string, string>; home?: string } = {},
): Trial {
  const { env = {}, home, ...rest } = changes;
  const notes: string[] = [];
  const request: InitRequest = {
    dir: '.',
    project: { cwd, env, home },
    flags: {},
    readStdin: async () => '',
    noInput: true,
    force: false,
    yes: false,
    dryRun: false,
    ask: nobody,
    signal: new AbortController().signal,
    report: (event: ReportEvent) => {
      if (event.type === 'note') notes.push(event.message);
    },
    ...rest,
  };
  return { request, notes };
}

export function actionsOf(result: InitResult): Record<string, string> {
  return Object.fromEntries(result.files.map(({ path, action }) => [path, action]));
}

/** The error that a promise must end with. */
export async function failureOf(promise: Promise<unknown>): Promise<SentopsError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof SentopsError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}
