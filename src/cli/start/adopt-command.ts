import type { Command } from '@oclif/core';
import { describeError } from '../failure.ts';

interface ForeignCommand {
  toErrorJson(error: unknown): unknown;
  toSuccessJson(result: unknown): unknown;
  readonly ctor: typeof Command;
  readonly argv: string[];
}

interface InstalledPlugin {
  readonly name: string;
  readonly version: string;
  readonly type: string;
  readonly root: string;
}

/**
 * Gives a command that is not ours our JSON. The framework's own prints everything that hangs on an error, and on an
 * error of its parser hangs the whole configuration: a third of a megabyte for a misspelt flag. So does the list of
 * plugins, with every command of each.
 */
export function adoptCommand(command: { readonly id?: string; readonly prototype: unknown }): void {
  const prototype = command.prototype as ForeignCommand & { findings?: unknown };
  // Ours tell their results and errors by themselves.
  if ('findings' in prototype) return;
  prototype.toErrorJson = function (error) {
    return { error: describeError(error, this.ctor, this.argv).json };
  };
  if (command.id === 'plugins') prototype.toSuccessJson = listPlugins;
}

function listPlugins(result: unknown): object {
  const plugins = (Array.isArray(result) ? result : []) as InstalledPlugin[];
  const items = plugins.map(({ name, version, type, root }) => ({ name, version, type, root }));
  return { schemaVersion: 1, items, nextPageToken: null };
}
