import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../helpers/source.ts';

const read = (file: string) => fs.readFileSync(path.join(root, file), 'utf8');
const tableRows = (text: string) =>
  [...text.matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)].map(([, name = '', cells = '']) => ({
    name,
    cells: cells.split('|').map(cell => cell.trim()),
  }));

describe('the figures that README quotes', () => {
  const quoted = tableRows(/<!-- bench:startup -->(.*)<!-- \/bench:startup -->/s.exec(read('README.md'))?.[1] ?? '');
  const measured = new Map(tableRows(read('docs/startup.md')).map(({ name, cells }) => [name, cells]));

  test('are there, with bare Node and a peer beside ours', () => {
    const names = quoted.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['node -e 0', 'sentops --version', 'sentops config show']));
    expect(names.some(name => name.startsWith('dvc'))).toBe(true);
  });

  test('are those of the last saved run: smallest time and ratio', () => {
    for (const { name, cells } of quoted) {
      const [min, , ratio] = measured.get(name) ?? [];
      expect([name, ...cells]).toEqual([name, min, ratio]);
    }
  });
});
