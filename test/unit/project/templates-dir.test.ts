import fs from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { TEMPLATES } from '../../../src/lib/project/templates.ts';
import { packageRoot, templatesDir } from '../../../src/lib/project/templates-dir.ts';
import { makeFolder } from './fixtures.ts';

let root: string | undefined;
afterEach(() => {
  if (root) fs.rmSync(root, { recursive: true, force: true });
  root = undefined;
});

test('finds the templates from the sources', () => {
  for (const name of Object.keys(TEMPLATES))
    expect(fs.existsSync(path.join(templatesDir(), name, 'dataset.yaml')), name).toBe(true);
});

test('finds the package from a bundle below it, past the manifests of others', () => {
  root = makeFolder();
  const dist = path.join(root, 'node_modules', 'sentops', 'dist', 'chunks');
  fs.mkdirSync(dist, { recursive: true });
  fs.writeFileSync(path.join(root, 'package.json'), '{"name":"an-application"}');
  fs.writeFileSync(path.join(root, 'node_modules', 'sentops', 'package.json'), '{"name":"sentops"}');
  fs.writeFileSync(path.join(root, 'node_modules', 'sentops', 'dist', 'package.json'), '{"type":"commonjs"}');
  expect(packageRoot(dist)).toBe(path.join(root, 'node_modules', 'sentops'));
});

test('a folder outside of the package is a mistake that says so', () => {
  root = makeFolder();
  expect(() => packageRoot(root)).toThrow('no package.json of sentops above');
});
