import type { ExtensionContext, ExtensionMeta, ExtensionOptions, Kind, Kinds, Loader } from './contract.ts';

/** One name that can be used, and who brings it. */
export interface ExtensionEntry<K extends Kind = Kind> {
  readonly kind: K;
  readonly name: string;
  readonly plugin: string;
  readonly summary: string;
}

export interface Extension<K extends Kind = Kind> extends ExtensionEntry<K> {
  /** Loads its code and makes nothing: to see whether it could be used. */
  load(): Promise<void>;
  /** A new instance, checked against the port. */
  create(options: ExtensionOptions, context: ExtensionContext): Promise<Kinds[K]>;
}

/** What the registry keeps of a registration until somebody uses it. */
export interface Registration extends ExtensionEntry {
  readonly load: Loader<Kind>;
}

/** A plugin whose extensions module has not been loaded yet. */
export interface PluginSource {
  readonly name: string;
  /** What its package.json announces, kind → names; null where it announces nothing and has to be loaded to know. */
  readonly provides: Readonly<Record<string, readonly string[]>> | null;
  /** The module's default export, unchecked. */
  load(): Promise<unknown>;
}

/** Something about a plugin that a user should know; the work goes on without what it concerns. */
export interface PluginProblem {
  readonly plugin: string;
  /** unloadable: nothing of the plugin can be used · refused: one registration cannot · conflict: its name is taken. */
  readonly reason: 'unloadable' | 'refused' | 'conflict';
  /** What is concerned where it is not the whole plugin; the kind as the plugin wrote it. */
  readonly extension: { readonly kind: string; readonly name: string } | null;
  readonly message: string;
}

export interface Registry {
  /** Adds one extension of ours; costs nothing until it is used. */
  register<K extends Kind>(kind: K, name: string, load: Loader<K>, meta?: ExtensionMeta): void;
  /** Adds a plugin; its module is loaded when a name is asked for that is not ours. */
  addPlugin(plugin: PluginSource): void;
  /** Throws EXTENSION_UNKNOWN, or EXTENSION_FAILED where a plugin that announces the name cannot be loaded. */
  resolve<K extends Kind>(kind: K, name: string): Promise<Extension<K>>;
  /** Everything there is, ours and the plugins', by kind and name. */
  list<K extends Kind>(kind?: K): Promise<ExtensionEntry<K>[]>;
  /** What went wrong with the plugins that were loaded so far. */
  problems(): readonly PluginProblem[];
}
