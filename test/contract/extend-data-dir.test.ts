import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { pinnedNode, repositoryRoot } from '../helpers/run-cli.ts';

const run = promisify(execFile);

/** Both answers from one process: without HOME they come from the account, and an empty HOME changes that one too. */
const script = `
import { Config } from '@oclif/core';
import { dataFolder } from './src/lib/core/folders.ts';
const { dataDir } = await Config.load(${JSON.stringify(repositoryRoot)});
process.stdout.write(JSON.stringify([dataFolder({ env: process.env, platform: process.platform }), dataDir]));`;

/** Plugins are installed by the framework and read by us: both have to look into the same folder. */
test.each([
  { HOME: '/tmp/home-of-nobody' },
  { HOME: '/tmp/home-of-nobody', XDG_DATA_HOME: '/tmp/xdg' },
  { HOME: '/tmp/home-of-nobody', XDG_DATA_HOME: '/tmp/xdg', SENTOPS_DATA_DIR: '/tmp/own' },
  { HOME: '', XDG_DATA_HOME: '' },
  {},
])('the data folder is the one that the framework computes: %j', async env => {
  const options = { cwd: repositoryRoot, env: { PATH: path.dirname(pinnedNode()), ...env } };
  const { stdout } = await run(pinnedNode(), ['--input-type=module', '-e', script], options);
  const [ours, theirs] = JSON.parse(stdout) as [string, string];
  expect(ours).toBe(theirs);
  expect(path.isAbsolute(ours)).toBe(true);
});
