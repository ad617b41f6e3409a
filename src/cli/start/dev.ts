import fs from 'node:fs';
import path from 'node:path';
import { execute } from '@oclif/core/execute';
import { canonicalWords } from './canonical-words.ts';

interface PackageJson {
  oclif: { commands: { target: string }; [key: string]: unknown };
}

/** Runs the sources: every path of package.json that names a built file is turned to the source it was built from. */
export async function start(root: string): Promise<void> {
  const text = fs.readFileSync(path.join(root, 'package.json'), 'utf8');
  const pjson = JSON.parse(text.replaceAll(/"\.\/dist\/([^"]*)\.js"/g, '"./src/$1.ts"')) as PackageJson;
  pjson.oclif.commands.target = './src/commands';
  const ids = new Set(listCommandIds(path.join(root, 'src/commands')));
  const args = canonicalWords(process.argv.slice(2), id => ids.has(id));
  await execute({ args, loadOptions: { root, pjson: pjson as never, ignoreManifest: true } });
}

/** The ids of all commands and of the topics above them. */
function listCommandIds(folder: string): string[] {
  const files = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.map(file => file.replace(/(\/?index)?\.ts$/, '').replaceAll(path.sep, ':'));
}
