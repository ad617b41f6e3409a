import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Command, Config, Plugin } from '@oclif/core';
import { execute } from '@oclif/core/execute';
import type { StartTable } from './table.ts';

type CommandClass = typeof Command;

interface PackageJson {
  name: string;
  version: string;
  oclif: { hooks?: Record<string, Target | Target[]> };
}

type Target = string | { target: string; identifier?: string };

/**
 * Runs one built-in command through the framework's own `execute`, with a plugin that consists of this command:
 * parsing, hooks and exit codes are the framework's, and the manifest and the other plugins are never read.
 */
export async function runLight(root: string, id: string, table: StartTable, args: string[]): Promise<unknown> {
  const pjson = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as PackageJson;
  const plugin = createPlugin(root, pjson, id, table.commands[id]?.args ?? false);
  const plugins = new Map([[pjson.name, plugin as unknown as Plugin]]);
  return execute({ args, loadOptions: { root, pjson: pjson as unknown as Config['pjson'], plugins } });
}

function createPlugin(root: string, pjson: PackageJson, id: string, takesArgs: boolean) {
  const plugin = {
    _base: 'sentops',
    name: pjson.name,
    alias: pjson.name,
    version: pjson.version,
    type: 'core',
    isRoot: true,
    valid: true,
    hasManifest: true,
    moduleType: 'module',
    options: { root, isRoot: true },
    root,
    pjson,
    hooks: listHooks(pjson),
    topics: [],
    children: [],
    commandIDs: [id],
    commandsDir: path.join(root, 'dist/commands'),
    manifest: { version: pjson.version, commands: {} },
    commands: [] as object[],
    load: async () => {},
    findCommand: async () => loadCommand(),
  };
  const loadCommand = async () => {
    const file = path.join(root, 'dist/commands', `${id.replaceAll(':', '/')}.js`);
    const { default: command } = createRequire(file)(file) as { default: CommandClass };
    return Object.assign(command, {
      id,
      plugin,
      isESM: false,
      relativePath: path.relative(root, file).split(path.sep),
    });
  };
  // The framework asks of a command that is not loaded whether arguments follow its words, and nothing else.
  const known = { id, aliases: [], hiddenAliases: [], flags: {}, args: takesArgs ? { any: {} } : {} };
  plugin.commands.push({
    ...known,
    pluginName: pjson.name,
    pluginAlias: pjson.name,
    pluginType: 'core',
    load: loadCommand,
  });
  return plugin;
}

/** Hooks as the framework lists them for a plugin that it loads itself. */
function listHooks(pjson: PackageJson): Record<string, { target: string; identifier: string }[]> {
  const entries = Object.entries(pjson.oclif.hooks ?? {}).map(([event, targets]) => {
    const list = Array.isArray(targets) ? targets : [targets];
    const full = list.map(hook => (typeof hook === 'string' ? { target: hook } : hook));
    return [event, full.map(hook => ({ ...hook, identifier: hook.identifier ?? 'default' }))] as const;
  });
  return Object.fromEntries(entries);
}
