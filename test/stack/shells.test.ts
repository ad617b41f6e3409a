import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanEnv, pinnedNode, repositoryRoot } from '../helpers/run-cli.ts';
import { findShell, type ShellProgram } from '../helpers/shells.ts';
import { openTerminal, type Terminal } from '../helpers/terminal.ts';

/** Real shells, the printed scripts, a real Tab key. `sentops` is the built package on PATH. */
let home: string;
let env: Record<string, string>;

beforeAll(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-shells-'));
  const bin = path.join(home, 'bin');
  fs.mkdirSync(bin);
  const start = path.join(repositoryRoot, 'bin', 'run.js');
  fs.writeFileSync(path.join(bin, 'sentops'), `#!/bin/sh\nexec "${pinnedNode()}" "${start}" "$@"\n`, { mode: 0o755 });
  fs.writeFileSync(path.join(home, 'sentops.yaml'), 'targets:\n  staging: {}\n  production: {}\n');
  fs.writeFileSync(path.join(home, 'unique-file.txt'), '');
  env = { ...cleanEnv(home), PATH: `${bin}${path.delimiter}${cleanEnv(home)['PATH']}` };
  for (const shell of ['bash', 'zsh', 'fish']) {
    fs.writeFileSync(
      path.join(home, `completion.${shell}`),
      execFileSync('sentops', ['autocomplete', shell], { env, encoding: 'utf8' }),
    );
  }
});
afterAll(() => fs.rmSync(home, { recursive: true, force: true }));

function need(name: 'bash' | 'zsh' | 'fish'): ShellProgram {
  const shell = findShell(name);
  if (!shell) throw new Error(`${name} is neither installed nor to be had from Debian's packages`);
  return shell;
}

/** Types a line, presses Tab until the screen shows what is expected, and clears the line again. */
async function expectTab(terminal: Terminal, line: string, expected: string | RegExp): Promise<void> {
  terminal.type(line);
  terminal.press('tab');
  terminal.press('tab');
  await terminal.waitFor(expected);
  terminal.press('ctrl-u');
}

describe('bash', () => {
  test('completes commands, flags, enum values, targets and files', async () => {
    const { program } = need('bash');
    const terminal = openTerminal(program, ['--norc', '--noprofile', '-i'], {
      cwd: home,
      env: { ...env, PS1: 'ready> ' },
      cols: 100,
      rows: 40,
    });
    try {
      await terminal.waitFor('ready>');
      terminal.type('source completion.bash; bind "set bell-style none"; echo sour""ced\r');
      await terminal.waitFor('sourced');
      await expectTab(terminal, 'sentops con', /sentops config /);
      await expectTab(terminal, 'sentops config sh', /sentops config show /);
      await expectTab(terminal, 'sentops doctor --target pro', /--target production /);
      await expectTab(terminal, 'sentops doctor --format=jsonl', /--format=jsonl /);
      terminal.type('sentops doctor --set train.see');
      terminal.press('tab');
      await terminal.waitFor('train.seed=');
      // No space was added: the value goes on behind the equals sign.
      terminal.type('9');
      await terminal.waitFor('train.seed=9');
      terminal.press('ctrl-u');
      await expectTab(terminal, 'sentops doctor --config uniq', /unique-file\.txt /);
    } finally {
      await terminal.close();
    }
  });
});

describe('zsh', () => {
  test('completes commands, flags, targets and files', async () => {
    const { program, setup } = need('zsh');
    const dots = path.join(home, 'zsh');
    fs.mkdirSync(dots);
    fs.writeFileSync(path.join(dots, '.zshenv'), setup);
    fs.writeFileSync(
      path.join(dots, '.zshrc'),
      `autoload -Uz compinit && compinit -u -d ${dots}/dump\nsource ${home}/completion.zsh\nPS1='ready> '\n`,
    );
    const terminal = openTerminal(program, ['-i'], { cwd: home, env: { ...env, ZDOTDIR: dots }, cols: 100, rows: 40 });
    try {
      await terminal.waitFor('ready>');
      await expectTab(terminal, 'sentops con', /sentops config /);
      await expectTab(terminal, 'sentops config sh', /sentops config show /);
      await expectTab(terminal, 'sentops doctor --target pro', /--target production /);
      await expectTab(terminal, 'sentops doctor --config uniq', /unique-file\.txt/);
    } finally {
      await terminal.close();
    }
  });
});

describe('fish', () => {
  test('completes commands, flags and targets with their descriptions', () => {
    const { program, env: own, setup } = need('fish');
    const ask = (line: string) =>
      execFileSync(
        program,
        ['--no-config', '-c', `${setup}source ${home}/completion.fish; complete -C ${JSON.stringify(line)}`],
        {
          cwd: home,
          env: { ...env, ...own },
          encoding: 'utf8',
        },
      ).split('\n');
    expect(ask('sentops config sh')).toContainEqual(expect.stringMatching(/^show\t\S/));
    expect(ask('sentops doctor --target ')).toEqual(
      expect.arrayContaining([expect.stringMatching(/^production/), expect.stringMatching(/^staging/)]),
    );
    expect(ask('sentops doctor --format j')).toEqual(
      expect.arrayContaining([expect.stringMatching(/^json/), expect.stringMatching(/^jsonl/)]),
    );
    expect(ask('sentops doctor --config uniq')).toContainEqual(expect.stringMatching(/^unique-file\.txt/));
  });
});
