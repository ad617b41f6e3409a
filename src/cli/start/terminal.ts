import fs from 'node:fs';
import type { PageStyle } from './table.ts';

const PAGE_WIDTH = 80;
const COLOR_TERM = /^(xterm|screen|tmux|rxvt|vt100|vt220|linux)/;

/** Everything but these says for itself what the colour libraries of the framework decide. */
const UNCERTAIN = ['FORCE_COLOR', 'CI', 'TEAMCITY_VERSION', 'OCLIF_COLUMNS', 'COLUMNS'];

/**
 * Which of the help pages made at build time is right for this terminal; undefined where only the framework knows:
 * a narrow terminal, a forced colour, one that it recognises by other signs than the plain ones.
 */
export function pageStyle(env: NodeJS.ProcessEnv, argv: readonly string[]): PageStyle | undefined {
  if (UNCERTAIN.some(name => name in env) || process.platform === 'win32') return undefined;
  if (argv.some(arg => /^--?(no-)?colou?rs?\b/.test(arg))) return undefined;
  // Looking at the file first spares setting up the stream, which a pipe or a file does not need.
  if (!fs.fstatSync(1).isCharacterDevice() || !process.stdout.isTTY) return 'plain';
  if (process.stdout.columns < PAGE_WIDTH || !process.stderr.isTTY) return undefined;
  if (env['NO_COLOR']) return 'plain';
  return COLOR_TERM.test(env['TERM'] ?? '') && !('NO_COLOR' in env) ? 'color' : undefined;
}
