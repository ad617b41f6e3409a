import fs from 'node:fs';
import path from 'node:path';
import { type OutputOptions, type Plugin, rolldown } from 'rolldown';
import { createFramework, VENDOR } from './framework.ts';
import { keepSourcePlaces } from './source-places.ts';

/** The sources that become files of their own, by the name they get in dist. */
function listEntries(root: string): Record<string, string> {
  const src = path.join(root, 'src');
  const commands = fs.readdirSync(path.join(src, 'commands'), { recursive: true, encoding: 'utf8' });
  const hooks = fs.readdirSync(path.join(src, 'hooks'), { encoding: 'utf8' });
  const workers = fs.readdirSync(path.join(src, 'workers'), { encoding: 'utf8' });
  const files = [
    ...commands.filter(file => file.endsWith('.ts')).map(file => path.join('commands', file)),
    ...hooks.filter(file => file.endsWith('.ts')).map(file => path.join('hooks', file)),
    ...workers.filter(file => file.endsWith('.ts')).map(file => path.join('workers', file)),
    'cli/help.ts',
    'cli/start/light.ts',
    'cli/start/full.ts',
    ...['index.ts', 'plugin.ts'].filter(file => fs.existsSync(path.join(src, file))),
  ];
  const sorted = files.map(file => file.replaceAll(path.sep, '/')).sort();
  return Object.fromEntries(sorted.map(file => [file.replace(/\.ts$/, ''), path.join(src, file)]));
}

/** A chunk that is one package lazily loaded is named for it, not for its index.js. */
function packageOf(module: string | null | undefined): string | undefined {
  const name = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(module ?? '')?.[1];
  return name?.replace(/^@/, '').replace(/[\\/]/, '-');
}

/** No names are shortened: a stack trace of an unforeseen error stays readable. */
const output = {
  format: 'cjs',
  exports: 'named',
  externalLiveBindings: false,
  entryFileNames: '[name].js',
  chunkFileNames: chunk => `chunks/${packageOf(chunk.facadeModuleId) ?? '[name]'}.js`,
  minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
  comments: false,
} as const satisfies OutputOptions;

/**
 * The bundler copies every property of a built-in module that is imported by default: a third of a millisecond for
 * node:fs alone. Inheriting them does the same for nothing.
 */
const shareBuiltins: Plugin = {
  name: 'share-builtins',
  renderChunk(code) {
    return code.replaceAll(
      /\b(node_\w+) = (?:require_rolldown_runtime\.\w+|__toESM)\(\1(?:, 1)?\)/g,
      '$1 = { __proto__: $1, default: $1 }',
    );
  },
};

/**
 * Node reads a file of nothing but ASCII in half the time and keeps it in half the memory: one arrow in a message is
 * enough to lose both.
 */
const escapeNonAscii: Plugin = {
  name: 'escape-non-ascii',
  generateBundle(_options, files) {
    for (const file of Object.values(files)) {
      if (file.type !== 'chunk') continue;
      // A raw template is the one place where an escape would not mean the character.
      if (/String\.raw`[^`]*[^\0-\x7F]/.test(file.code)) continue;
      file.code = file.code.replace(/[^\0-\x7F]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
    }
  },
};

/** What every command imports at once; help, the starters and what a few commands share are files of their own. */
const SHELL = /[\\/]src[\\/](cli[\\/](?!help|start|completion|views|(?!field-)\w+-flags)|lib[\\/]core[\\/])/;

/** Loaded lazily in the sources for the sake of --help and completion, but by every command that does something. */
const ALWAYS_USED = /[\\/]src[\\/]cli[\\/]output[\\/](present|canvas)\.ts$/;

/** Prompts come with one that opens an editor, and with it half a megabyte of character tables that nobody asks for. */
const withoutEditor: Plugin = {
  name: 'without-editor',
  resolveId: request => (request === '@inquirer/editor' ? request : undefined),
  load: id => (id === '@inquirer/editor' ? 'export default undefined;' : undefined),
};

/** As it is shipped, or on the framework as it was published: what the parity test compares it with. */
export type FrameworkKind = 'lazy' | 'stock';

/** Every command that resolves a project loads all of this: ten small files would cost more than their code. */
const CONFIG = /[\\/]src[\\/]lib[\\/]config[\\/]/;

/** The part of it that a look at the merged project needs; with it comes what it imports. */
const CONFIG_LOOK = /[\\/]src[\\/]lib[\\/]config[\\/](show|gather|redact-tree|parse[\\/]parse-values)\.ts$/;

/** Everything but the front: one pass, so that the library and the commands share one copy of every module. */
export async function bundle(root: string, dist: string, kind: FrameworkKind = 'lazy'): Promise<void> {
  const framework = createFramework(root);
  const build = await rolldown({
    cwd: root,
    input: listEntries(root),
    platform: 'node',
    plugins: [framework.plugin, vendorIsExternal, withoutEditor, keepSourcePlaces(root), shareBuiltins, escapeNonAscii],
    external: kind === 'stock' ? [/^@oclif\/core\//] : [],
    onLog: failOnWarning,
  });
  await build.write({
    ...output,
    dir: dist,
    paths: { [VENDOR]: './vendor.js' },
    codeSplitting: {
      groups: [
        { name: 'framework', test: /@oclif[\\/]core[\\/]lib|is-wsl|is-inside-container/, priority: 3 },
        { name: 'shell', test: SHELL, tags: ['$initial'], priority: 2 },
        { name: 'present', test: ALWAYS_USED, priority: 2 },
        { name: 'config', test: CONFIG_LOOK, priority: 2 },
        { name: 'config-work', test: CONFIG, priority: 1 },
      ],
    },
  });
  await build.close();
  if (kind === 'stock') return;
  framework.verify();
  await bundleVendor(root, dist, framework.vendored);
}

/** What the front loads only when it has to: files that the other bundle made. */
const LATER: Record<string, string> = {
  './light.ts': './cli/start/light.js',
  './full.ts': './cli/start/full.js',
};

/** The front is one small file: it answers --version and --help without opening another script. */
export async function bundleFront(root: string, dist: string): Promise<void> {
  const input = { front: path.join(root, 'src/cli/start/front.ts') };
  const later: Plugin = {
    name: 'later',
    resolveId: request => (request in LATER ? { id: request, external: true } : undefined),
  };
  const plugins = [later, keepSourcePlaces(root), shareBuiltins, escapeNonAscii];
  const build = await rolldown({ cwd: root, input, platform: 'node', plugins, onLog: failOnWarning });
  await build.write({ ...output, dir: dist, paths: LATER, dynamicImportInCjs: false });
  await build.close();
}

/** Each package behind a function: opening the chunk runs none of them. */
async function bundleVendor(root: string, dist: string, names: ReadonlySet<string>): Promise<void> {
  const id = '\0vendor';
  const source = [...names]
    .sort()
    .map(name => `exports[${JSON.stringify(name)}] = () => require(${JSON.stringify(name)});`);
  const core = path.join(root, 'node_modules/@oclif/core/lib/index.js');
  const plugin: Plugin = {
    name: 'vendor',
    async resolveId(request, importer) {
      if (request === id) return id;
      return importer === id ? await this.resolve(request, core, { skipSelf: true }) : undefined;
    },
    load: request => (request === id ? source.join('\n') : undefined),
  };
  const build = await rolldown({
    cwd: root,
    input: { vendor: id },
    platform: 'node',
    plugins: [plugin],
    onLog: failOnWarning,
  });
  await build.write({ ...output, dir: path.join(dist, 'chunks') });
  await build.close();
}

const vendorIsExternal: Plugin = {
  name: 'vendor-is-external',
  resolveId: request => (request === VENDOR ? { id: VENDOR, external: true } : undefined),
};

/** That a module is loaded lazily in one place and at once in another is the business of those who import it. */
const HARMLESS = ['INEFFECTIVE_DYNAMIC_IMPORT'];

function failOnWarning(level: string, log: { message: string; code?: string }): void {
  if (level === 'warn' && !HARMLESS.includes(log.code ?? '')) throw new Error(log.message);
}
