import { execFile } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { pinnedNode, repositoryRoot } from './run-cli.ts';

const run = promisify(execFile);
const cache = path.join(os.tmpdir(), `sentops-packed-${os.userInfo().uid}`);

export interface InstalledPackage {
  /** The prefix that npm installed into: bin/ and lib/node_modules/ below it. */
  readonly prefix: string;
  /** The start file, to be given to node. */
  readonly bin: string;
  /** The folder of the package. */
  readonly root: string;
  readonly tarball: string;
}

/**
 * Builds what is not built, packs the package as npm would publish it and installs the tarball into an empty prefix.
 * Done once per content: later callers, also in other processes, get the same installation and must not change it.
 */
export async function installTarball(): Promise<InstalledPackage> {
  fs.mkdirSync(cache, { recursive: true });
  return withLock(path.join(cache, 'lock'), async () => {
    await run(pinnedNode(), [path.join(repositoryRoot, 'scripts/build/main.ts'), '--if-changed']);
    const packed = fs.mkdtempSync(path.join(cache, 'pack-'));
    try {
      const tarball = await pack(packed);
      return await installOnce(tarball, hashContent(packed));
    } finally {
      fs.rmSync(packed, { recursive: true, force: true });
    }
  });
}

/** The start file of a copy of that installation in a folder: the shared one gives way to newer ones meanwhile. */
export async function copyInstallation(folder: string): Promise<string> {
  const { prefix, bin } = await installTarball();
  const copy = path.join(folder, 'prefix');
  fs.cpSync(prefix, copy, { recursive: true, verbatimSymlinks: true });
  return path.join(copy, path.relative(prefix, bin));
}

async function pack(folder: string): Promise<string> {
  const { stdout } = await npm(['pack', '--json', '--pack-destination', folder], repositoryRoot);
  const listed = JSON.parse(stdout) as { filename: string }[] | Record<string, { filename: string }>;
  const [entry] = Object.values(listed);
  if (!entry) throw new Error(`npm pack named no file: ${stdout}`);
  await run('tar', ['-xzf', path.join(folder, entry.filename), '-C', folder]);
  return path.join(folder, entry.filename);
}

async function installOnce(tarball: string, hash: string): Promise<InstalledPackage> {
  const home = path.join(cache, hash);
  const kept = path.join(home, 'sentops.tgz');
  if (!fs.existsSync(path.join(home, 'complete'))) {
    fs.rmSync(home, { recursive: true, force: true });
    fs.mkdirSync(home, { recursive: true });
    fs.copyFileSync(tarball, kept);
    await npm(['install', '--global', '--prefix', path.join(home, 'prefix'), '--no-audit', '--no-fund', kept], home);
    fs.writeFileSync(path.join(home, 'complete'), '');
    removeOthers(hash);
  }
  const prefix = path.join(home, 'prefix');
  const root = path.join(prefix, 'lib/node_modules/sentops');
  return { prefix, root, bin: path.join(root, 'bin/run.js'), tarball: kept };
}

/** What is in the package, not the archive: that one differs by times. */
function hashContent(folder: string): string {
  const root = path.join(folder, 'package');
  const hash = crypto.createHash('sha256');
  for (const file of fs.readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    const full = path.join(root, file);
    if (fs.statSync(full).isFile()) hash.update(`${file}\0`).update(fs.readFileSync(full)).update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

/** Keeps the newest few: each holds what plugin-plugins brings, 30 MB. */
function removeOthers(hash: string): void {
  const folders = fs.readdirSync(cache).filter(name => /^[0-9a-f]{16}$/.test(name) && name !== hash);
  const byAge = folders
    .map(name => path.join(cache, name))
    .sort((a, b) => fs.statSync(b).mtimeMs - fs.statSync(a).mtimeMs);
  for (const folder of byAge.slice(3)) fs.rmSync(folder, { recursive: true, force: true });
}

function npm(args: readonly string[], cwd: string): Promise<{ stdout: string }> {
  // Settings that an outer npm run left in the environment would redirect this one.
  const entries = Object.entries(process.env).filter(
    ([name]) => !/^npm_(config_(prefix|global|local_prefix)|package|lifecycle)/i.test(name),
  );
  return run('npm', args, { cwd, env: Object.fromEntries(entries), maxBuffer: 1 << 26 });
}

const STALE_MS = 300_000;

async function withLock<Value>(folder: string, work: () => Promise<Value>): Promise<Value> {
  for (;;) {
    try {
      fs.mkdirSync(folder);
      break;
    } catch {
      const stat = fs.statSync(folder, { throwIfNoEntry: false });
      if (stat && Date.now() - stat.mtimeMs > STALE_MS) fs.rmSync(folder, { recursive: true, force: true });
      await new Promise(resolve => setTimeout(resolve, 200));
    }
  }
  try {
    return await work();
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
