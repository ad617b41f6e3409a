import fs from 'node:fs';
import path from 'node:path';
import { Config } from '@oclif/core';
import type { StartTable } from '../../src/cli/start/table.ts';
import type { Manifest, ManifestCommand } from './manifest.ts';
import { writePages } from './pages.ts';

/** Writes dist/start.json and the help pages that it points into. */
export async function writeStartTable(stage: string, manifest: Manifest): Promise<void> {
  const config = await Config.load({ root: stage, userPlugins: false, devPlugins: false });
  const own = Object.values(manifest.commands);
  const aliased = own.filter(command => command.aliases.length + command.hiddenAliases.length > 0);
  if (aliased.length > 0) throw new Error(`${aliased[0]?.id}: aliases follow from rules, see canonical-words.ts`);
  const known = new Set([...config.commandIDs, ...listTopics(config.commandIDs)]);
  // The pages of a core plugin belong to whatever version of it gets installed.
  const withPage = own.filter(command => !command.hasDynamicHelp).map(command => command.id);
  const ownTopics = listTopics(Object.keys(manifest.commands));
  const pages = await writePages(stage, ['', ...[...new Set([...withPage, ...ownTopics])].sort()]);
  const table: StartTable = {
    commands: Object.fromEntries(own.map(command => [command.id, describe(command)])),
    others: [...known].filter(id => !Object.hasOwn(manifest.commands, id)).sort(),
    pages,
  };
  fs.writeFileSync(path.join(stage, 'dist/start.json'), JSON.stringify(table));
}

function describe(command: ManifestCommand) {
  const args = command.strict === false || Object.keys(command.args).length > 0;
  return { args, catalog: command['wholeCatalog'] === true };
}

/** Ids that have commands below them. */
function listTopics(ids: readonly string[]): string[] {
  return ids.flatMap(id => {
    const words = id.split(':').slice(0, -1);
    return words.map((_, at) => words.slice(0, at + 1).join(':'));
  });
}
