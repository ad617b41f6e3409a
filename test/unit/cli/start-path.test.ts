import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { cleanEnv, pinnedNode, repositoryRoot } from '../../helpers/run-cli.ts';
import { shellFront } from '../../helpers/shell/run.ts';

/** The files of the shell and of packages that a command line loads, relative to the repository. */
function loadsOf(args: readonly string[]): string[] {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-loads-'));
  const target = path.join(folder, 'loads');
  const hook = path.join(repositoryRoot, 'test/helpers/shell/watch-loads.ts');
  spawnSync(pinnedNode(), ['--import', hook, shellFront, ...args], {
    env: { ...cleanEnv(folder), SHELL_LOADS: target },
  });
  const loads = fs.readFileSync(target, 'utf8').trim().split('\n');
  fs.rmSync(folder, { recursive: true });
  return loads.map(file => path.relative(repositoryRoot, file).replaceAll(path.sep, '/'));
}

const HEAVY = /^node_modules\/(ora|cli-table3|string-width|@inquirer|js-yaml|yaml)\//;
const LATE = [
  /^src\/cli\/(failure|parse-failure|system-failure|print-failure|problems|field-flags)\.ts$/,
  /^src\/cli\/progress\/(?!reporter\.ts)/,
  /^src\/cli\/prompt\/(?!prompter\.ts)/,
  /^src\/cli\/ci\/(?!detect\.ts)/,
  /^src\/cli\/output\/(canvas|table|facts|ruler|wrap|fit-widths|cell|style)\.ts$/,
  /^src\/cli\/output\/list\//,
  /^src\/cli\/output\/formats\/(?!json\.ts)/,
  /^src\/lib\/core\/suggest\.ts$/,
];

test('a plain command loads no heavy package and nothing of the shell that it does not use', () => {
  const loads = loadsOf(['big', '--json']);
  expect(loads).toContain('src/cli/base-command.ts');
  expect(loads.filter(file => HEAVY.test(file))).toEqual([]);
  expect(loads.filter(file => LATE.some(pattern => pattern.test(file)))).toEqual([]);
});

test('text without a table loads no table library', () => {
  const loads = loadsOf(['big']);
  expect(loads).toContain('src/cli/output/canvas.ts');
  expect(loads.filter(file => HEAVY.test(file))).toEqual([]);
});

test('a table of ASCII loads no tables of Unicode', () => {
  const heavy = loadsOf(['jobs']).filter(file => HEAVY.test(file));
  expect(heavy.some(file => file.startsWith('node_modules/cli-table3/'))).toBe(true);
  expect(heavy.filter(file => /^node_modules\/(string-width|ora|@inquirer)\//.test(file))).toEqual([]);
});

test('progress without a terminal loads no spinner', () => {
  const loads = loadsOf(['progress']);
  expect(loads).toContain('src/cli/progress/lines.ts');
  expect(loads.filter(file => HEAVY.test(file))).toEqual([]);
});
