import fs from 'node:fs';
import path from 'node:path';

/**
 * - none: nothing is installed, everything is as it was built
 * - quiet: plugins that only bring commands and extensions; built-in commands run as if they were not there, and the
 *   extension registry finds its plugins by itself
 * - busy: at least one has hooks or plugins of its own, or cannot be read: only the full path is right
 */
export type PluginState = 'none' | 'quiet' | 'busy';

interface PluginPackage {
  oclif?: { plugins?: unknown; hooks?: object; [key: string]: unknown };
}

interface InstalledPlugin {
  name: string;
  type: string;
  root?: string;
}

/** Reads what `plugins install` and `plugins link` wrote. */
export function inspectPlugins(dataDir: string): PluginState {
  const list = readJson(path.join(dataDir, 'package.json'));
  if (list === undefined) return 'none';
  if (list === null) return 'busy';
  const plugins = list.oclif?.plugins ?? [];
  if (!Array.isArray(plugins)) return 'busy';
  if (plugins.length === 0) return 'none';
  return plugins.every(plugin => isQuiet(plugin as InstalledPlugin, dataDir)) ? 'quiet' : 'busy';
}

function isQuiet(plugin: InstalledPlugin, dataDir: string): boolean {
  if (plugin === null || typeof plugin !== 'object' || typeof plugin.name !== 'string') return false;
  const root = plugin.type === 'link' ? plugin.root : path.join(dataDir, 'node_modules', plugin.name);
  const found = typeof root === 'string' ? readJson(path.join(root, 'package.json')) : undefined;
  if (!found) return false;
  const { hooks = {}, plugins = [] } = found.oclif ?? {};
  return Object.keys(hooks).length === 0 && Array.isArray(plugins) && plugins.length === 0;
}

/** undefined where there is no such file, null where it cannot be read. */
function readJson(file: string): PluginPackage | null | undefined {
  try {
    const value: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
    return typeof value === 'object' ? (value as PluginPackage | null) : null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : null;
  }
}
