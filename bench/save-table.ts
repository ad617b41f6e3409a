import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

/** With --save, puts what a bench printed between its two marks in docs/benchmarks.md. */
export function saveTable(name: string, text: string): void {
  if (!process.argv.includes('--save')) return;
  const file = path.join(root, 'docs/benchmarks.md');
  const page = fs.readFileSync(file, 'utf8');
  const [open, close] = [`<!-- bench:${name} -->\n`, `<!-- /bench:${name} -->`];
  const [from, to] = [page.indexOf(open), page.indexOf(close)];
  if (from === -1 || to < from) throw new Error(`docs/benchmarks.md has no place for bench:${name}`);
  fs.writeFileSync(file, `${page.slice(0, from + open.length)}${text.trim()}\n${page.slice(to)}`);
}
