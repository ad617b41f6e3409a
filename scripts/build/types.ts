import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Declarations of what library users and plugin authors import. Types are checked elsewhere; here they are only written. */
export async function writeTypes(root: string, dist: string): Promise<void> {
  const entries = ['index.ts', 'plugin.ts']
    .map(file => path.join('src', file))
    .filter(file => fs.existsSync(path.join(root, file)));
  if (entries.length === 0) return;
  const config = path.join(path.dirname(dist), 'tsconfig.types.json');
  const compilerOptions = {
    noEmit: false,
    noCheck: true,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: path.join(root, 'src'),
    outDir: path.join(dist, 'types'),
  };
  const files = entries.map(file => path.join(root, file));
  fs.writeFileSync(
    config,
    JSON.stringify({ extends: path.join(root, 'tsconfig.json'), compilerOptions, files, include: [] }),
  );
  await run(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', config]);
}
