import fs from 'node:fs';

type Env = Readonly<Record<string, string | undefined>>;

const USUAL_WIDTH = 80;

/**
 * Whether a standard stream is a terminal. The file type is asked first: making `process.stdout` costs milliseconds,
 * and `process.stdin` starts to hold the input, so neither is touched for pipes and files.
 */
export function isTerminal(fd: 0 | 1 | 2, proc: NodeJS.Process): boolean {
  if (!isCharacterDevice(fd)) return false;
  if (fd === 1) return proc.stdout.isTTY === true;
  if (fd === 2) return proc.stderr.isTTY === true;
  return proc.getBuiltinModule('node:tty').isatty(fd);
}

function isCharacterDevice(fd: number): boolean {
  try {
    return fs.fstatSync(fd).isCharacterDevice();
  } catch {
    return false;
  }
}

/** COLUMNS where somebody set it, else what the terminal says; some say 0. */
export function decideWidth(env: Env, columns: number | undefined): number {
  const wanted = /^[1-9]\d*$/.test(env['COLUMNS'] ?? '') ? Number(env['COLUMNS']) : columns;
  return wanted || USUAL_WIDTH;
}

/** --no-color, then FORCE_COLOR (force-color.org), then NO_COLOR (no-color.org), then whether it is a terminal that can. */
export function decideColor(env: Env, refused: boolean, terminal: boolean): boolean {
  if (refused) return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if (env['NO_COLOR']) return false;
  return terminal && env['TERM'] !== 'dumb';
}

/** Whether ✔ and … can be shown: the locale says so, as for every program; CI logs and modern Windows terminals can. */
export function decideUnicode(env: Env, platform: string): boolean {
  if (platform === 'win32') return Boolean(env['WT_SESSION'] || env['TERM_PROGRAM'] || env['CI']);
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'];
  return locale ? /utf-?8/i.test(locale) : platform === 'darwin' || Boolean(env['CI']);
}
