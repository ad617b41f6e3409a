import fs from 'node:fs';
import path from 'node:path';
import type { Manifest } from './manifest.ts';

const CATALOG =
  /\bconfig\.(commands|commandIDs|topics|plugins|getAllCommands|getAllCommandIDs|getPluginsList|findCommand|findTopic|findMatches|runCommand)\b/;

/**
 * On the light path the framework knows one command only. A command that asks it for others must say so with
 * `static wholeCatalog = true`; this finds the ones that forgot.
 */
export function checkCatalogUse(root: string, manifest: Manifest): void {
  const liars = Object.values(manifest.commands).filter(({ id, wholeCatalog }) => {
    return wholeCatalog !== true && CATALOG.test(readCommand(root, id));
  });
  if (liars.length === 0) return;
  const names = liars.map(command => command.id).join(', ');
  throw new Error(`these commands read the list of commands or plugins without static wholeCatalog = true: ${names}`);
}

function readCommand(root: string, id: string): string {
  const base = path.join(root, 'src/commands', ...id.split(':'));
  const file = [`${base}.ts`, path.join(base, 'index.ts')].find(candidate => fs.existsSync(candidate));
  return file ? fs.readFileSync(file, 'utf8') : '';
}
