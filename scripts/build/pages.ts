import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { PageIndex, PageStyle } from '../../src/cli/start/table.ts';

const run = promisify(execFile);

/** Writes the help of every id, plain and coloured, and returns where each page stands. */
export async function writePages(stage: string, ids: readonly string[]): Promise<Record<PageStyle, PageIndex>> {
  const [plain, color] = await Promise.all([writeStyle(stage, 'plain', ids), writeStyle(stage, 'color', ids)]);
  return { plain, color };
}

async function writeStyle(stage: string, style: PageStyle, ids: readonly string[]): Promise<PageIndex> {
  const script = path.join(import.meta.dirname, 'render-pages.ts');
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-build-'));
  // Nothing of the machine may show in the pages, and no plugin of whoever builds.
  const env = { PATH: process.env['PATH'], HOME: home, FORCE_COLOR: style === 'color' ? '1' : '0', TERM: 'xterm' };
  const options = { env, cwd: home, maxBuffer: 1 << 28 };
  try {
    const { stdout } = await run(process.execPath, [script, stage, ...ids], options);
    return writeIndexed(path.join(stage, 'dist', `help.${style}.txt`), JSON.parse(stdout) as Record<string, string>);
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}

function writeIndexed(file: string, pages: Readonly<Record<string, string>>): PageIndex {
  const index: Record<string, readonly [number, number]> = {};
  const buffers: Buffer[] = [];
  let offset = 0;
  for (const [id, text] of Object.entries(pages)) {
    const bytes = Buffer.from(text);
    index[id] = [offset, bytes.length];
    offset += bytes.length;
    buffers.push(bytes);
  }
  fs.writeFileSync(file, Buffer.concat(buffers));
  return index;
}
