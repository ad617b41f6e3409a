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

describe('the figures of training, scoring and tracking that README quotes', () => {
  const rowsOf = (text: string) => text.split('\n').filter(line => line.startsWith('| ') && !line.startsWith('| ---'));
  const block = (file: string, name: string) =>
    new RegExp(`<!-- bench:${name} -->(.*?)<!-- /bench:${name} -->`, 's').exec(read(file))?.[1] ?? '';

  test.each([
    ['train', /Vowpal/],
    ['fit', /Spark/],
    ['score', /Spark/],
    ['tracking', /mlflow CLI(.|\n)*Python client/],
    ['transfer', /gsutil/],
  ])('those of bench:%s are rows of its last saved run, a peer among them', (name, peer) => {
    const quoted = rowsOf(block('README.md', name));
    expect(quoted.length).toBeGreaterThan(2);
    expect(rowsOf(block('docs/benchmarks.md', name))).toEqual(expect.arrayContaining(quoted));
    expect(quoted.join('\n')).toMatch(peer);
  });
});
