import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const cache = path.join(process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'), 'sentops-test', 'npm');

/** A package of the registry, installed once into the cache folder; returns the folder that holds its node_modules. */
export function installTool(name: string, version: string): string {
  const prefix = path.join(cache, `${name}@${version}`);
  if (fs.existsSync(prefix)) return prefix;
  // A name with a scope is a folder of its own.
  fs.mkdirSync(path.dirname(prefix), { recursive: true });
  const fresh = fs.mkdtempSync(path.join(cache, 'fresh-'));
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  execFileSync(
    npm,
    ['install', '--prefix', fresh, '--no-audit', '--no-fund', '--ignore-scripts', `${name}@${version}`],
    { stdio: 'pipe' },
  );
  // Two runs may install at the same time: whoever comes second uses what is there.
  if (!fs.existsSync(prefix)) fs.renameSync(fresh, prefix);
  else fs.rmSync(fresh, { recursive: true, force: true });
  return prefix;
}
