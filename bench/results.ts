import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

/** What a bench has to say: printed as it comes, and with --save put between its two marks in docs/benchmarks.md. */
export interface Results {
  say(text: string): void;
  table(rows: readonly object[]): void;
  save(): void;
}

export function openResults(name: string): Results {
  const parts: string[] = [];
  const say = (text: string) => {
    parts.push(text.trim());
    console.log(`${text.trim()}\n`);
  };
  return {
    say,
    table: rows => say(drawTable(rows)),
    save: () => {
      if (process.argv.includes('--save')) put(name, parts.join('\n\n'));
    },
  };
}

function drawTable(rows: readonly object[]): string {
  const titles = [...new Set(rows.flatMap(row => Object.keys(row)))];
  const cells = rows.map(row => new Map(Object.entries(row)));
  const isNumber = (title: string) => cells.every(row => /^[-\d.,×]*$/.test(String(row.get(title) ?? '')));
  const line = (texts: readonly string[]) => `| ${texts.join(' | ')} |`;
  return [
    line(titles),
    line(titles.map(title => (isNumber(title) ? '---:' : '---'))),
    ...cells.map(row => line(titles.map(title => String(row.get(title) ?? '')))),
  ].join('\n');
}

function put(name: string, text: string): void {
  const file = path.join(root, 'docs/benchmarks.md');
  const page = fs.readFileSync(file, 'utf8');
  const [open, close] = [`<!-- bench:${name} -->\n`, `<!-- /bench:${name} -->`];
  const [from, to] = [page.indexOf(open), page.indexOf(close)];
  if (from === -1 || to < from) throw new Error(`docs/benchmarks.md has no place for bench:${name}`);
  fs.writeFileSync(file, `${page.slice(0, from + open.length)}${text}\n${page.slice(to)}`);
}
