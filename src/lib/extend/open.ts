import { dataFolder, type Machine } from '../core/folders.ts';
import { builtin } from './builtin.ts';
import { CONTRACT_VERSION } from './contract.ts';
import { discoverPlugins } from './discover.ts';
import { createRegistry } from './registry.ts';
import type { Registry } from './types.ts';

/** The registry of this machine: ours, and those of the plugins that are installed or linked. Nothing is loaded yet. */
export function openExtensions(machine: Machine): Registry {
  const registry = createRegistry();
  builtin.register({ contract: CONTRACT_VERSION, register: registry.register });
  for (const { source } of discoverPlugins(dataFolder(machine))) if (source) registry.addPlugin(source);
  return registry;
}
