import fs from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'rolldown';
import { applyPatches, CORE_VERSION, LAZY_REQUIRES } from './core-patches.ts';
import { makeRequiresLazy } from './lazy-requires.ts';

/** What the framework loads from other packages lives in one chunk of its own, opened by nothing on the start path. */
export const VENDOR = '#vendor';

export interface Framework {
  readonly plugin: Plugin;
  /** Fails where the framework was not rewritten exactly as it was when the numbers were taken. */
  verify(): void;
  /** The packages that the framework asked for. */
  readonly vendored: ReadonlySet<string>;
}

/** Bundles @oclif/core patched, and with every top-level require made lazy. */
export function createFramework(root: string): Framework {
  const lib = fs.realpathSync(path.join(root, 'node_modules/@oclif/core/lib'));
  const vendored = new Set<string>();
  const counts = new Map<string, number>();
  const problems: string[] = [];
  const load = (request: string) => {
    if (request.startsWith('.') || request.startsWith('node:')) return `require(${JSON.stringify(request)})`;
    vendored.add(request);
    const loaded = `require("${VENDOR}")[${JSON.stringify(request)}]()`;
    // Every module of the framework makes itself a debug function, and hardly anybody ever sees what it prints.
    return request === 'debug' ? `(process.env.DEBUG ? ${loaded} : () => () => {})` : loaded;
  };
  const plugin: Plugin = {
    name: 'lazy-framework',
    transform: {
      filter: { id: /@oclif[\\/]core[\\/]lib[\\/].*\.js$/ },
      handler(source, id) {
        const file = path.relative(lib, id).replaceAll(path.sep, '/');
        if (file === 'index.js') problems.push('the index of the framework is bundled: import from a subpath');
        const { code, rewritten, kept } = makeRequiresLazy(applyPatches(file, source), load);
        counts.set(file, rewritten);
        problems.push(...kept.map(line => `${file}: not rewritten: ${line}`));
        return { code, map: null };
      },
    },
  };
  return { plugin, vendored, verify: () => verify(root, counts, problems) };
}

function verify(root: string, counts: ReadonlyMap<string, number>, problems: readonly string[]): void {
  const file = path.join(root, 'node_modules/@oclif/core/package.json');
  const { version } = JSON.parse(fs.readFileSync(file, 'utf8')) as { version: string };
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const found = [
    ...problems,
    ...(version === CORE_VERSION ? [] : [`@oclif/core is ${version}, patches are for ${CORE_VERSION}`]),
    ...(total === LAZY_REQUIRES ? [] : [`${total} requires were made lazy, ${LAZY_REQUIRES} were expected`]),
  ];
  if (found.length > 0) throw new Error(`the framework cannot be bundled:\n${found.join('\n')}`);
}
