import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { repositoryRoot, runCli } from '../helpers/run-cli.ts';

const readme = fs.readFileSync(path.join(repositoryRoot, 'README.md'), 'utf8');

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-readme-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

/** The text of every block of this language. */
function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, text = '']) => text,
  );
}

test('the console block of README does what it says, line by line', async () => {
  const lines = blocks('console').flatMap(text => text.trim().split('\n'));
  expect(lines.length).toBeGreaterThan(3);
  let cwd = dir;
  for (const line of lines) {
    const [, program, ...args] = line.split(' ');
    if (program === 'cd') cwd = path.join(cwd, args[0] ?? '');
    else expect(await runCli(args, { cwd, home: dir }), line).toMatchObject({ code: 0 });
  }
});

test('the project file of README has no problem, for any target', async () => {
  const [yaml = ''] = blocks('yaml');
  fs.writeFileSync(path.join(dir, 'sentops.yaml'), yaml);
  for (const target of [[], ['--target', 'production']]) {
    const { stdout, code } = await runCli(['config', 'validate', '--strict', '--json', ...target], {
      cwd: dir,
      env: { GCP_PROJECT_ID: 'my-project' },
    });
    expect((JSON.parse(stdout) as { problems: unknown[] }).problems).toEqual([]);
    expect(code).toBe(0);
  }
});

test('every file that README links to is there', () => {
  const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, link = '']) => link);
  expect(links.filter(link => !fs.existsSync(path.join(repositoryRoot, link)))).toEqual([]);
  expect(links.length).toBeGreaterThan(5);
});
