/**
 * Writes everything that is generated from code and committed: schemas and docs. With `--check` nothing is written
 * and a difference is a failure, so that code and documents cannot drift apart.
 */
import fs from 'node:fs';
import path from 'node:path';
import { renderReference } from '../src/lib/config/reference-doc.ts';
import { buildSchema } from '../src/lib/config/schema.ts';
import { renderCommandDocs } from './generate/command-docs.ts';
import { renderSnapshot } from './generate/command-snapshot.ts';
import { loadCommands, root } from './generate/commands.ts';
import { renderErrorDocs } from './generate/error-docs.ts';
import { errorSchema, renderResultSchemas } from './generate/result-schemas.ts';

/** Folders that hold nothing but generated files: what is no longer generated there is removed. */
const OWNED = ['docs/commands', 'schemas'];

async function generateAll(): Promise<Map<string, string>> {
  const commands = await loadCommands();
  const files = new Map<string, string>([
    ['schemas/sentops.schema.json', `${JSON.stringify(buildSchema(), null, 2)}\n`],
    ['schemas/commands.json', renderSnapshot(commands)],
    [
      'schemas/error.json',
      `${JSON.stringify({ type: 'object', properties: { error: errorSchema() }, required: ['error'] }, null, 2)}\n`,
    ],
    ['docs/configuration.md', renderReference()],
    ['docs/errors.md', renderErrorDocs()],
  ]);
  for (const [name, text] of renderResultSchemas(commands)) files.set(`schemas/results/${name}`, text);
  for (const [name, text] of renderCommandDocs(commands)) files.set(`docs/commands/${name}`, text);
  return files;
}

function readIfThere(file: string): string | undefined {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
}

function listOwned(): string[] {
  return OWNED.flatMap(folder => {
    const base = path.join(root, folder);
    if (!fs.existsSync(base)) return [];
    return fs
      .readdirSync(base, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'));
  });
}

const check = process.argv.includes('--check');
const files = await generateAll();
const stale = [...files].filter(([file, text]) => readIfThere(path.join(root, file)) !== text).map(([file]) => file);
const left = listOwned().filter(file => !files.has(file));

if (check) {
  for (const file of stale) console.error(`${file} is not what the code generates`);
  for (const file of left) console.error(`${file} is no longer generated`);
  if (stale.length + left.length > 0) console.error('run: npm run generate');
  process.exitCode = stale.length + left.length > 0 ? 1 : 0;
} else {
  for (const file of stale) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), files.get(file) ?? '');
  }
  for (const file of left) fs.rmSync(path.join(root, file));
  console.log(`${files.size} generated files, ${stale.length} written, ${left.length} removed`);
}
