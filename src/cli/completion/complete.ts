/** A command as far as completion looks at it: what the framework's manifest knows. */
export interface CompletableCommand {
  /** With spaces: `config show`. */
  readonly id: string;
  readonly summary: string;
  readonly flags: Readonly<Record<string, CompletableFlag>>;
  readonly args: readonly CompletableArg[];
}

export interface CompletableFlag {
  readonly name: string;
  readonly char?: string;
  readonly summary: string;
  readonly takesValue: boolean;
  readonly options?: readonly string[];
  readonly multiple: boolean;
}

interface CompletableArg {
  readonly name: string;
  readonly options?: readonly string[];
}

interface Candidate {
  readonly value: string;
  readonly description: string;
}

export interface Completion {
  readonly candidates: readonly Candidate[];
  /** Let the shell offer files as well. */
  readonly files: boolean;
  /** Do not add a space: the word goes on (`--set train.seed=`). */
  readonly open: boolean;
}

/** Values that have to be looked up: by `flag:target`, or `config explain:key` for an argument. */
export type ValueSource = (key: string) => Promise<readonly Candidate[] | undefined>;

const NOTHING: Completion = { candidates: [], files: false, open: false };

/**
 * What can stand where the cursor is. `words` are the words behind the program's name up to the cursor; the last
 * one is being typed and may be empty.
 */
export async function complete(
  words: readonly string[],
  commands: readonly CompletableCommand[],
  lookUp: ValueSource,
): Promise<Completion> {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  if (before.includes('--')) return { ...NOTHING, files: true };
  const { command, depth } = findCommand(before, commands);
  if (!command) return completeCommand(before, current, commands);
  const pending = findPendingFlag(before, command);
  if (pending) return completeValue(pending, current, '', lookUp);
  const assigned = /^--([^=]+)=(.*)$/s.exec(current);
  const flag = assigned?.[1] === undefined ? undefined : command.flags[assigned[1]];
  if (flag) return completeValue(flag, assigned?.[2] ?? '', `--${flag.name}=`, lookUp);
  if (current.startsWith('-')) return completeFlag(command, before, current);
  const deeper = completeCommand(before.slice(0, depth), current, commands).candidates;
  const own = await completeArg(command, before, depth, current, lookUp);
  return before.length === depth ? { ...own, candidates: [...deeper, ...own.candidates] } : own;
}

/** The longest chain of words that is a command, flags in between skipped. */
function findCommand(before: readonly string[], commands: readonly CompletableCommand[]) {
  for (let depth = Math.min(before.length, 4); depth > 0; depth--) {
    const id = before.slice(0, depth).join(' ');
    const command = commands.find(candidate => candidate.id === id);
    if (command) return { command, depth };
  }
  return { command: undefined, depth: 0 };
}

function completeCommand(
  before: readonly string[],
  current: string,
  commands: readonly CompletableCommand[],
): Completion {
  const prefix = before.length > 0 ? `${before.join(' ')} ` : '';
  const next = new Map<string, string>();
  for (const { id, summary } of commands) {
    if (!id.startsWith(prefix)) continue;
    const [word = '', ...rest] = id.slice(prefix.length).split(' ');
    if (!word.startsWith(current)) continue;
    if (rest.length === 0 || !next.has(word)) next.set(word, rest.length === 0 ? summary : (next.get(word) ?? ''));
  }
  const candidates = [...next].map(([value, description]) => ({ value, description }));
  return { ...NOTHING, candidates: candidates.sort((a, b) => (a.value < b.value ? -1 : 1)) };
}

/** A flag before the cursor that still waits for its value. */
function findPendingFlag(before: readonly string[], command: CompletableCommand): CompletableFlag | undefined {
  const last = before.at(-1) ?? '';
  const flag = Object.values(command.flags).find(
    ({ name, char }) => last === `--${name}` || (char !== undefined && last === `-${char}`),
  );
  return flag?.takesValue ? flag : undefined;
}

function completeFlag(command: CompletableCommand, before: readonly string[], current: string): Completion {
  const candidates = Object.values(command.flags)
    .filter(flag => flag.multiple || !isGiven(flag, before))
    .filter(flag => `--${flag.name}`.startsWith(current))
    .map(flag => ({ value: `--${flag.name}`, description: flag.summary }));
  return { ...NOTHING, candidates };
}

function isGiven({ name, char }: CompletableFlag, before: readonly string[]): boolean {
  return before.some(
    word => word === `--${name}` || word.startsWith(`--${name}=`) || (char !== undefined && word === `-${char}`),
  );
}

async function completeValue(
  flag: CompletableFlag,
  current: string,
  prefix: string,
  lookUp: ValueSource,
): Promise<Completion> {
  const known = flag.options?.map(value => ({ value, description: '' })) ?? (await lookUp(`flag:${flag.name}`));
  if (!known) return { ...NOTHING, files: true };
  return offer(known, current, prefix);
}

async function completeArg(
  command: CompletableCommand,
  before: readonly string[],
  depth: number,
  current: string,
  lookUp: ValueSource,
): Promise<Completion> {
  const arg = command.args[countPositionals(before.slice(depth), command)];
  if (!arg) return NOTHING;
  const known = arg.options?.map(value => ({ value, description: '' })) ?? (await lookUp(`${command.id}:${arg.name}`));
  return known ? offer(known, current, '') : { ...NOTHING, files: true };
}

function offer(known: readonly Candidate[], current: string, prefix: string): Completion {
  const candidates = known
    .filter(({ value }) => value.startsWith(current))
    .map(({ value, description }) => ({ value: prefix + value, description }));
  return {
    candidates,
    files: false,
    open: candidates.length > 0 && candidates.every(({ value }) => value.endsWith('=')),
  };
}

function countPositionals(words: readonly string[], command: CompletableCommand): number {
  let count = 0;
  for (const [index, word] of words.entries()) {
    if (word.startsWith('-')) continue;
    if (!findPendingFlag(words.slice(0, index), command)) count++;
  }
  return count;
}
