/**
 * npm run build: bundle → manifest → help pages and start table → front, in a folder of its own, which takes the
 * place of dist at the end. With --if-changed it does nothing when dist was built from the same sources.
 */
import fs from 'node:fs';
import path from 'node:path';
import { bundle, bundleFront } from './bundle.ts';
import { checkCatalogUse } from './check-catalog-use.ts';
import { hashInputs } from './inputs.ts';
import { writeManifest } from './manifest.ts';
import { writeStartTable } from './start-table.ts';
import { putInPlace } from './swap.ts';
import { writeTypes } from './types.ts';

const root = path.resolve(import.meta.dirname, '../..');
const cache = path.join(root, '.cache');
const stamp = path.join(cache, 'build.stamp');

async function build(stage: string): Promise<void> {
  const dist = path.join(stage, 'dist');
  fs.mkdirSync(dist, { recursive: true });
  fs.copyFileSync(path.join(root, 'package.json'), path.join(stage, 'package.json'));
  fs.writeFileSync(path.join(dist, 'package.json'), '{"type":"commonjs"}\n');
  await Promise.all([bundle(root, dist), writeTypes(root, dist)]);
  const manifest = await writeManifest(stage);
  checkCatalogUse(root, manifest);
  await writeStartTable(stage, manifest);
  await bundleFront(root, dist);
}

const started = performance.now();
const inputs = hashInputs(root);
const isBuilt = fs.existsSync(path.join(root, 'dist/front.js')) && fs.existsSync(stamp);
if (process.argv.includes('--if-changed') && isBuilt && fs.readFileSync(stamp, 'utf8') === inputs) process.exit();
fs.mkdirSync(cache, { recursive: true });
const stage = fs.mkdtempSync(path.join(cache, 'build-'));
try {
  await build(stage);
  const outcome = putInPlace(root, stage);
  fs.writeFileSync(stamp, inputs);
  console.log(`dist ${outcome} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
} finally {
  fs.rmSync(stage, { recursive: true, force: true });
}
