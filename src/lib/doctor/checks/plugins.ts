import { dataFolder } from '../../core/folders.ts';
import type { DoctorCheck } from '../types.ts';

/** Plugins may break with an update of theirs or of ours; built-in commands go on, so it is a warning. */
export const pluginsCheck: DoctorCheck = {
  id: 'plugins',
  title: 'Plugins',
  async run({ env }) {
    const { discoverPlugins } = await import('../../extend/discover.ts');
    const { createRegistry } = await import('../../extend/registry.ts');
    const registry = createRegistry();
    for (const { source } of discoverPlugins(dataFolder({ env, platform: process.platform })))
      if (source) registry.addPlugin(source);
    const entries = await registry.list();
    const plugins = new Set(entries.map(entry => entry.plugin)).size;
    const [first, ...more] = registry.problems();
    if (!first)
      return { status: 'ok', detail: plugins === 0 ? 'none installed' : `${plugins} with extensions, all load` };
    const others = more.length > 0 ? ` (and ${more.length} more)` : '';
    return {
      status: 'warn',
      detail: `${first.message}${others}`,
      fix: `sentops plugins update, or: sentops plugins uninstall ${first.plugin}`,
    };
  },
};
