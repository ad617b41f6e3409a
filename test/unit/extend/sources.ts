import type { ExtensionModule } from '../../../src/lib/extend/contract.ts';
import { defineExtensions } from '../../../src/lib/extend/define.ts';
import type { PluginSource } from '../../../src/lib/extend/types.ts';
import type { StreamSink } from '../../../src/lib/stream/types.ts';

export const sink: StreamSink = {
  delivery: 'at-least-once',
  async open() {},
  async write() {},
  async flush() {},
  async close() {},
};

/** A plugin that registers one stream sink of each name. */
export function sinks(...names: string[]): ExtensionModule {
  return defineExtensions(api => {
    for (const name of names) api.register('stream-sink', name, async () => () => sink);
  });
}

export interface Plugin extends PluginSource {
  /** How often its module was loaded. */
  readonly loads: () => number;
}

export function plugin(name: string, module: unknown, provides: PluginSource['provides'] = null, delayMs = 0): Plugin {
  let loads = 0;
  return {
    name,
    provides,
    loads: () => loads,
    async load() {
      loads += 1;
      await new Promise(resolve => setTimeout(resolve, delayMs));
      if (module instanceof Error) throw module;
      return module;
    },
  };
}
