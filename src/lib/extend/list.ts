import type { Machine } from '../core/folders.ts';
import { describeCause } from './failure.ts';
import { readKind } from './names.ts';
import { openExtensions } from './open.ts';
import type { ExtensionEntry, PluginProblem, Registry } from './types.ts';

/** One line of `plugin extensions`. */
export interface ExtensionRow {
  /** Null where a plugin as a whole is meant. */
  kind: string | null;
  name: string | null;
  plugin: string;
  /** registered: not loaded · ok: its code was loaded · failed: it cannot be used · ignored: its name is taken. */
  status: 'registered' | 'ok' | 'failed' | 'ignored';
  /** What it is, or what is wrong with it. */
  detail: string;
}

export interface ListRequest extends Machine {
  readonly kind?: string;
  /** Load the code of every extension. */
  readonly check?: boolean;
}

/** Everything that is registered on this machine, and every plugin and name that cannot be used. */
export async function listExtensions(request: ListRequest): Promise<ExtensionRow[]> {
  const kind = request.kind === undefined ? undefined : readKind(request.kind);
  const registry = openExtensions(request);
  const entries = await registry.list(kind);
  const rows = request.check
    ? await Promise.all(entries.map(entry => tryToLoad(registry, entry)))
    : entries.map(describe);
  const problems = registry
    .problems()
    .filter(({ extension }) => kind === undefined || extension === null || extension.kind === kind);
  return [...rows, ...problems.map(toRow)];
}

function describe({ kind, name, plugin, summary }: ExtensionEntry): ExtensionRow {
  return { kind, name, plugin, status: 'registered', detail: summary };
}

async function tryToLoad(registry: Registry, entry: ExtensionEntry): Promise<ExtensionRow> {
  try {
    const extension = await registry.resolve(entry.kind, entry.name);
    await extension.load();
    return { ...describe(entry), status: 'ok' };
  } catch (error) {
    return { ...describe(entry), status: 'failed', detail: describeCause(error) };
  }
}

function toRow({ plugin, reason, extension, message }: PluginProblem): ExtensionRow {
  const status = reason === 'conflict' ? 'ignored' : 'failed';
  return { kind: extension?.kind ?? null, name: extension?.name ?? null, plugin, status, detail: message };
}
