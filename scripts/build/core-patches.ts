/** One exact replacement in one file of the framework; the build fails where the text is not there exactly once. */
interface Patch {
  readonly file: string;
  readonly why: string;
  readonly from: string;
  readonly to: string;
}

export const CORE_VERSION = '5.1.9';

/** Counted once for the pinned version: another number means that the emitted form changed and must be looked at. */
export const LAZY_REQUIRES = 258;

export const PATCHES: readonly Patch[] = [
  {
    file: 'cache.js',
    why: 'the version of the bundled framework is known',
    from: "require('@oclif/core/package.json').version",
    to: `"${CORE_VERSION}"`,
  },
  {
    file: 'command.js',
    why: 'making process.stdout for a pipe costs more than parsing the command line: listen to it once it is made',
    from: "process.stdout.on('error', (err) => {",
    to: `const stdout = Object.getOwnPropertyDescriptor(process, 'stdout');
Object.defineProperty(process, 'stdout', { ...stdout, get: Object.assign(() => {
    Object.defineProperty(process, 'stdout', stdout);
    process.stdout.on('error', onStdoutError);
    return process.stdout;
}, { isUntouched: true }) });
const onStdoutError = ((err) => {`,
  },
  {
    file: 'flush.js',
    why: 'a stream that nobody made has nothing to flush',
    from: 'async function _flush() {',
    to: "async function _flush() {\n    if (Object.getOwnPropertyDescriptor(process, 'stdout').get?.isUntouched) return;",
  },
  {
    file: 'config/config.js',
    why: 'a configuration of this very copy need not be loaded a second time for the command',
    from: 'if (isConfig(opts)) {',
    to: 'if (opts instanceof Config) return opts;\n        if (isConfig(opts)) {',
  },
  {
    file: 'errors/handle.js',
    why: 'a plugin with its own copy of the framework exits by an error of another class; and what is not printed need not be formatted',
    from: 'const shouldPrint = !(err instanceof exit_1.ExitError) && !err.skipOclifErrorHandling;',
    to: "if (err.code === 'EEXIT') exports.Exit.exit(err.oclif?.exit ?? 1);\n        const shouldPrint = !err.skipOclifErrorHandling;",
  },
  {
    file: 'util/fs.js',
    why: 'reading a small file synchronously spares node:fs/promises and with it node:stream',
    from: "await (0, promises_1.readFile)(path, 'utf8')",
    to: "(0, node_fs_1.readFileSync)(path, 'utf8')",
  },
  {
    file: 'util/fs.js',
    why: 'looking for a file that is hardly ever there is cheaper than catching its absence',
    from: 'async function safeReadJson(path, useCache = true) {',
    to: 'async function safeReadJson(path, useCache = true) {\n    if (!existsSync(path)) return;',
  },
  {
    file: 'util/os.js',
    why: 'wsl-utils loads node:fs/promises and child_process; the package that it asks does not',
    from: "(await import('wsl-utils')).isWsl ? 'wsl'",
    to: "require('is-wsl').default ? 'wsl'",
  },
  {
    file: 'util/os.js',
    why: 'a container may run under a user id that has no entry in passwd: stock throws ENOENT',
    from: 'return (0, node_os_1.homedir)();',
    to: 'try { return (0, node_os_1.homedir)(); } catch { return undefined; }',
  },
  {
    file: 'util/os.js',
    why: 'the same for the shell of a user without an entry',
    from: '(0, node_os_1.userInfo)().shell?.split',
    to: 'userShell()?.split',
  },
  {
    file: 'util/os.js',
    why: 'the helper of the patch above',
    from: 'async function getShell() {',
    to: 'function userShell() { try { return (0, node_os_1.userInfo)().shell; } catch { return undefined; } }\nasync function getShell() {',
  },
];

export function applyPatches(file: string, source: string): string {
  let code = source;
  for (const patch of PATCHES.filter(candidate => candidate.file === file)) {
    if (code.split(patch.from).length !== 2) throw new Error(`${file}: not there exactly once: ${patch.from}`);
    code = code.replace(patch.from, () => patch.to);
  }
  return code;
}
