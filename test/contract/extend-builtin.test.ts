import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtin } from '../../src/lib/extend/builtin.ts';
import { checkExtension } from '../../src/lib/extend/check.ts';
import { CONTRACT_VERSION, type ExtensionOptions, KINDS } from '../../src/lib/extend/contract.ts';
import { createRegistry } from '../../src/lib/extend/registry.ts';
import { createTestContext } from '../helpers/extension-context.ts';
import { startServedStore, type TestServer } from '../helpers/served-store.ts';

let dir: string;
let server: TestServer;
beforeAll(async () => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-builtin-'));
  server = await startServedStore();
});
afterAll(async () => {
  await server?.stop();
  fs.rmSync(dir, { recursive: true, force: true });
});

const registry = createRegistry();
builtin.register({ contract: CONTRACT_VERSION, register: registry.register });
const entries = await registry.list();

/** Options without which one of ours cannot be made. */
const OPTIONS: Readonly<Record<string, () => ExtensionOptions>> = {
  'stream-sink jsonl': () => ({ path: 'rows.jsonl' }),
  'tracker http': () => ({ uri: server.url, mode: 'write' }),
  // The name says how plugins and projects find it; whether the connection is a secret one, the address says.
  'tracker https': () => ({ uri: server.url, mode: 'write' }),
  'tracker sqlite': () => ({ uri: '', mode: 'write', file: path.join(dir, 'mlflow.db') }),
};

/** What they do needs data at a place of its own: the suites beside this one and the tests of each source try it. */
const ELSEWHERE: ReadonlySet<string> = new Set(['storage-scheme', 'dataset-source']);

describe('everything that comes with sentops keeps the contract of its kind', () => {
  test('there is something, and no name is taken twice', () => {
    expect(entries.length).toBeGreaterThan(3);
    expect(registry.problems()).toEqual([]);
    expect(entries.filter(entry => entry.plugin !== 'sentops')).toEqual([]);
  });

  test.each(entries.map(entry => [`${entry.kind} ${entry.name}`, entry] as const))(
    '%s',
    async (title, { kind, name }) => {
      const context = createTestContext({
        cwd: dir,
        env: { PATH: '/usr/bin:/bin', HOME: dir },
        input: '{"text":"a"}\nb\n',
      });
      const request = { cwd: dir, env: context.env, home: dir };
      const extension = await registry.resolve(kind, name);
      const report = await checkExtension(extension, OPTIONS[title]?.() ?? {}, { ...context, project: null, request });
      expect(report.steps.filter(step => step.status === 'fail')).toEqual([]);
      expect(report.depth).toBe(ELSEWHERE.has(kind) ? 'shape' : 'contract');
    },
  );
});

/** The pages that list the kinds are written by hand: this is what keeps them right. */
describe('every kind is named', () => {
  const root = path.resolve(import.meta.dirname, '../..');
  test.each(['docs/plugins.md', 'src/commands/plugin/create.ts'])('in %s', file => {
    const text = fs.readFileSync(path.join(root, file), 'utf8');
    expect(Object.keys(KINDS).filter(kind => !text.includes(kind))).toEqual([]);
  });

  test('by a template of the scaffold, and no template is left over', () => {
    const templates = fs.readdirSync(path.join(root, 'templates/plugin/kinds')).sort();
    expect(templates).toEqual(
      Object.keys(KINDS)
        .map(kind => `${kind}.ts`)
        .sort(),
    );
  });
});
