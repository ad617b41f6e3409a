import fs from 'node:fs';
import path from 'node:path';
import { configFolder, dataFolder } from '../../lib/core/folders.ts';
import { VERSION } from '../../lib/core/version.ts';
import { canonicalWords } from './canonical-words.ts';
import { useCompileCache } from './compile-cache.ts';
import { inspectPlugins, type PluginState } from './installed-plugins.ts';
import type { StartTable } from './table.ts';
import { pageStyle } from './terminal.ts';
import { wantedCommand, wantedPage } from './wanted.ts';
import { writeOut } from './write-out.ts';

const root = path.join(import.meta.dirname, '../../..');
const dist = path.join(root, 'dist');

/** The first code of the package that runs. It knows three short answers, and for the rest the long way. */
export async function start(): Promise<void> {
  const { env } = process;
  const argv = process.argv.slice(2);
  const plugins = isFastAllowed(env) ? inspectPlugins(dataFolder({ env, platform: process.platform })) : 'busy';
  if (argv[0] === '--version' && plugins !== 'busy' && !isWindowsSubsystem()) {
    const arch = process.arch === 'ia32' ? 'x86' : process.arch;
    writeOut(Buffer.from(`sentops/${VERSION} ${process.platform}-${arch} node-${process.version}\n`));
    return;
  }
  const table = JSON.parse(fs.readFileSync(path.join(dist, 'start.json'), 'utf8')) as StartTable;
  const others = new Set(table.others);
  const args = canonicalWords(argv, id => Object.hasOwn(table.commands, id) || others.has(id));
  if (plugins === 'none' && printPage(args, table, env)) return;
  useCompileCache(env, VERSION);
  process.once('beforeExit', endAtOnce);
  await run(args, table, plugins);
}

/** Up to here a command counts as short. */
const SHORT_MS = 500;

/**
 * Nothing is left to wait for: without this, the heap is taken apart first, for a millisecond and a half. A command that
 * worked for long ends by itself: process.exit can then wait for ever for a compiler thread that waits for a collection
 * of garbage (nodejs/node#54918).
 */
function endAtOnce(): void {
  if (performance.now() < SHORT_MS && process.listenerCount('beforeExit') === 0) process.exit();
}

async function run(args: string[], table: StartTable, plugins: PluginState): Promise<void> {
  const wanted = plugins === 'busy' ? undefined : wantedCommand(args, table);
  // With plugins a longer id may exist: more words than the command's own are for the framework to judge.
  if (wanted && (plugins === 'none' || !wanted.more)) {
    const { runLight } = await import('./light.ts');
    await runLight(root, wanted.id, table, args);
    return;
  }
  const { runFull } = await import('./full.ts');
  await runFull(root, args);
}

function printPage(args: readonly string[], table: StartTable, env: NodeJS.ProcessEnv): boolean {
  const id = wantedPage(args, table);
  if (id === undefined || fs.existsSync(path.join(configFolder({ env, platform: process.platform }), 'theme.json')))
    return false;
  const style = pageStyle(env, args);
  const place = style && table.pages[style][id];
  if (!place) return false;
  const [offset, length] = place;
  const bytes = Buffer.allocUnsafe(length);
  const file = fs.openSync(path.join(dist, `help.${style}.txt`), 'r');
  fs.readSync(file, bytes, 0, length, offset);
  fs.closeSync(file);
  writeOut(bytes);
  return true;
}

/** Whoever develops or debugs gets the framework as it is. */
function isFastAllowed(env: NodeJS.ProcessEnv): boolean {
  const mode = env['NODE_ENV'];
  return !env['SENTOPS_NO_FAST'] && !env['DEBUG'] && !env['SENTOPS_DEBUG'] && mode !== 'development' && mode !== 'test';
}

/** There the framework names the platform otherwise; it says so in the version of the kernel. */
function isWindowsSubsystem(): boolean {
  if (process.platform !== 'linux') return false;
  try {
    if (/microsoft/i.test(fs.readFileSync('/proc/version', 'utf8'))) return true;
  } catch {
    return true;
  }
  return fs.existsSync('/proc/sys/fs/binfmt_misc/WSLInterop') || fs.existsSync('/run/WSL');
}
