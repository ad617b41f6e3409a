import fs from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';

/**
 * A worker thread that runs `src/workers/<name>.ts`. The bundle has each of them as dist/workers/<name>.js; from the
 * sources Node runs the TypeScript as it is.
 */
export function startWorker(name: string, workerData: unknown, transfer: readonly ArrayBuffer[] = []): Worker {
  return new Worker(workerFile(name), { workerData, transferList: [...transfer], stdout: false, stderr: false });
}

/** The bundle is CommonJS, and there `__dirname` is the folder in dist that the code ended up in. */
const HERE = typeof __dirname === 'string' ? __dirname : import.meta.dirname;

function workerFile(name: string): string {
  for (let folder = HERE; ; folder = path.dirname(folder)) {
    const found = [path.join(folder, 'workers', `${name}.js`), path.join(folder, 'workers', `${name}.ts`)].find(file =>
      fs.existsSync(file),
    );
    if (found) return found;
    if (folder === path.dirname(folder)) throw new Error(`no worker ${name} above ${HERE}`);
  }
}
