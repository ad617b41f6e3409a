import fs from 'node:fs';
import path from 'node:path';
import { bundle } from '../../scripts/build/bundle.ts';
import { writeManifest } from '../../scripts/build/manifest.ts';
import { repositoryRoot } from './run-cli.ts';

const START = `require('@oclif/core/execute').execute({ loadOptions: { root: require('node:path').join(__dirname, '..') } });\n`;

export interface StockPackage {
  /** The start file, to be given to node. */
  readonly bin: string;
  remove(): void;
}

/** The same commands on the framework as it was published: nothing lazy, nothing patched, no front, no light path. */
export async function buildStockPackage(): Promise<StockPackage> {
  const cache = path.join(repositoryRoot, '.cache');
  fs.mkdirSync(cache, { recursive: true });
  const root = fs.mkdtempSync(path.join(cache, 'stock-'));
  const dist = path.join(root, 'dist');
  const bin = path.join(root, 'bin');
  fs.mkdirSync(dist);
  fs.mkdirSync(bin);
  fs.copyFileSync(path.join(repositoryRoot, 'package.json'), path.join(root, 'package.json'));
  for (const folder of [dist, bin]) fs.writeFileSync(path.join(folder, 'package.json'), '{"type":"commonjs"}\n');
  for (const folder of ['templates', 'schemas'])
    fs.symlinkSync(path.join(repositoryRoot, folder), path.join(root, folder));
  fs.writeFileSync(path.join(bin, 'run.js'), START);
  await bundle(repositoryRoot, dist, 'stock');
  await writeManifest(root);
  return { bin: path.join(bin, 'run.js'), remove: () => fs.rmSync(root, { recursive: true, force: true }) };
}
