import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface ShellProgram {
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  /** What the shell has to be told where it was unpacked instead of installed. */
  readonly setup: string;
}

const cache = path.join(process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'), 'sentops-test', 'shells');

const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  zsh: ['zsh', 'zsh-common'],
  fish: ['fish', 'fish-common', 'libpcre2-32-0'],
};

/** The shell of this machine, or Debian's package of it unpacked into the cache folder; undefined where neither can be had. */
export function findShell(name: 'bash' | 'zsh' | 'fish'): ShellProgram | undefined {
  const installed = findOnPath(name);
  if (installed) return { program: installed, env: {}, setup: '' };
  const packages = PACKAGES[name];
  if (!packages || !findOnPath('apt-get') || !findOnPath('dpkg-deb')) return undefined;
  const root = unpack(name, packages);
  const [library = ''] = fs.globSync('usr/lib/*-linux-gnu', { cwd: root }).map(folder => path.join(root, folder));
  if (name === 'fish') {
    const setup = `set fish_function_path ${path.join(root, 'usr/share/fish/functions')}\n`;
    return { program: path.join(root, 'usr/bin/fish'), env: { LD_LIBRARY_PATH: library }, setup };
  }
  const [modules = ''] = fs.globSync('usr/lib/*/zsh/*', { cwd: root }).map(folder => path.join(root, folder));
  const functions = path.join(root, 'usr/share/zsh/functions');
  return {
    program: path.join(root, 'bin/zsh'),
    env: {},
    setup: `module_path=(${modules})\nfpath=(${functions} ${functions}/**/*(/N))\n`,
  };
}

function findOnPath(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return folders.map(folder => path.join(folder, name)).find(file => fs.existsSync(file));
}

function unpack(name: string, packages: readonly string[]): string {
  const root = path.join(cache, name);
  if (fs.existsSync(root)) return root;
  fs.mkdirSync(cache, { recursive: true });
  const fresh = fs.mkdtempSync(path.join(cache, `${name}-`));
  const run = (file: string, args: readonly string[]) => execFileSync(file, [...args], { cwd: fresh, stdio: 'pipe' });
  try {
    run('apt-get', ['download', ...packages]);
  } catch {
    // A machine whose package lists were never read knows no package yet.
    run('apt-get', ['update']);
    run('apt-get', ['download', ...packages]);
  }
  for (const file of fs.readdirSync(fresh).filter(entry => entry.endsWith('.deb')))
    run('dpkg-deb', ['-x', file, 'root']);
  if (!fs.existsSync(root)) fs.renameSync(path.join(fresh, 'root'), root);
  fs.rmSync(fresh, { recursive: true, force: true });
  return root;
}
