import { afterEach, describe, expect, test } from 'vitest';
import { pinnedNode } from '../helpers/run-cli.ts';
import { openShell, shellFront } from '../helpers/shell/run.ts';
import { openTerminal, type Terminal, type TerminalOptions } from '../helpers/terminal.ts';

let terminal: Terminal | undefined;
afterEach(async () => {
  await terminal?.close();
  terminal = undefined;
});

function open(args: readonly string[], options?: TerminalOptions): Terminal {
  terminal = openShell(args, options);
  return terminal;
}

const CSI_COLOR = /\x1b\[3\dm/;

describe('progress at a terminal', () => {
  test('several items are drawn at once, and what ended stays as a line', async () => {
    const it = open(['progress', 'slow']);
    await it.waitFor(/Preparing\n.*Fetching data\.csv +.*\d+% +\d\.\d MB of 5\.0 MB/);
    expect(it.cursorHidden).toBe(true);
    expect(await it.exit).toEqual({ code: 0, signal: 0 });
    const screen = it.screen();
    expect(screen[0]).toBe('warning: look out');
    expect(screen[1]).toMatch(/^✔ Fetching data\.csv: 5\.0 MB, \d/);
    expect(screen[2]).toMatch(/^✔ Preparing: 5 files, \ds$/);
    expect(screen[3]).toBe('done: true');
    expect(screen).toHaveLength(4);
    expect(it.cursorHidden).toBe(false);
  });

  test('work that is done at once draws nothing that has to be cleared', async () => {
    const it = open(['progress']);
    await it.exit;
    expect(it.raw).not.toContain('\x1b[?25l');
    expect(it.screen().at(-1)).toBe('done: true');
  });

  test('Ctrl-C leaves a whole line and the cursor', async () => {
    const it = open(['progress', 'slow']);
    await it.waitFor('MB of 5.0 MB');
    it.press('ctrl-c');
    expect(await it.exit).toEqual({ code: 130, signal: 0 });
    expect(it.cursorHidden).toBe(false);
    expect(it.screen().slice(-2)).toEqual([
      'error: interrupted',
      'hint: run the command again: no file was left half-written under its name',
    ]);
    expect(it.screen().join('\n')).not.toContain('Reading');
  });

  test('an error leaves a whole line and the cursor', async () => {
    const it = open(['wait', '--spin', '--timeout', '600ms']);
    await it.waitFor('Waiting');
    expect((await it.exit).code).toBe(7);
    expect(it.cursorHidden).toBe(false);
    expect(it.screen()).toEqual(['ready', 'error: not done within 600ms', expect.stringMatching(/^hint: /)]);
  });

  test('a second Ctrl-C ends work that does not listen, still with the cursor', async () => {
    const it = open(['wait', '--spin', '--deaf']);
    await it.waitFor('Waiting');
    it.press('ctrl-c');
    await it.waitFor('press Ctrl-C again');
    expect(it.cursorHidden).toBe(true);
    it.press('ctrl-c');
    expect((await it.exit).code).toBe(130);
    expect(it.cursorHidden).toBe(false);
  });

  test('no line is wider than a narrow terminal, where a wrapped one could not be cleared', async () => {
    const it = open(['progress', 'slow'], { cols: 30 });
    await it.waitFor('Reading');
    await it.exit;
    expect(it.screen().filter(line => line.includes('Fetching'))).toHaveLength(1);
    expect(it.screen().at(-1)).toBe('done: true');
  });

  test('nothing is animated in CI or on a dumb terminal', async () => {
    for (const env of [{ CI: 'true' }, { TERM: 'dumb' }]) {
      const it = open(['progress', 'slow'], { env });
      await it.exit;
      expect(it.raw).not.toContain('\x1b[?25l');
      expect(it.screen().join('\n')).toContain('Reading: 5,000 rows');
      await it.close();
    }
  });
});

describe('colour', () => {
  const colored = async (options: TerminalOptions, ...args: string[]) => {
    const it = open(['fail', '--code', 'LOCKED', ...args], options);
    await it.exit;
    const { raw } = it;
    await it.close();
    return CSI_COLOR.test(raw);
  };

  test('is there at a terminal and gone with --no-color, NO_COLOR, FORCE_COLOR=0 and TERM=dumb', async () => {
    expect(await colored({})).toBe(true);
    expect(await colored({}, '--no-color')).toBe(false);
    expect(await colored({ env: { NO_COLOR: '1' } })).toBe(false);
    expect(await colored({ env: { FORCE_COLOR: '0' } })).toBe(false);
    expect(await colored({ env: { TERM: 'dumb' } })).toBe(false);
    expect(await colored({ env: { NO_COLOR: '1', FORCE_COLOR: '1' } })).toBe(true);
  });
});

describe('tables', () => {
  test('fit the width of the terminal', async () => {
    const it = open(['jobs', '--columns', 'id,created,labels'], { cols: 28 });
    await it.exit;
    expect(it.screen()[0]).toBe('id      created       labels');
    expect(Math.max(...it.screen().map(line => line.length))).toBeLessThanOrEqual(28);
    expect(it.screen().join('')).toContain('0:00Z');
  });

  test('become records where columns cannot be read any more', async () => {
    const it = open(['jobs'], { cols: 20 });
    await it.exit;
    expect(it.screen().slice(0, 3)).toEqual(['id: job-10', 'state: running', 'rows: 5']);
  });
});

describe('questions', () => {
  test('a text with its default, checked again after a wrong answer', async () => {
    const it = open(['ask', 'text']);
    await it.waitFor('Project name? (demo)');
    it.type('bad');
    it.press('enter');
    await it.waitFor('not that one');
    it.press('backspace', 'backspace', 'backspace');
    it.type('mine');
    it.press('enter');
    await it.waitFor('answer: mine');
    expect((await it.exit).code).toBe(0);
  });

  test('a secret is never shown', async () => {
    const it = open(['ask', 'secret']);
    await it.waitFor('Token?');
    it.type('s3cr3t');
    it.press('enter');
    await it.waitFor('answer: 6');
    expect(it.raw).not.toContain('s3cr3t');
  });

  test('a choice, several choices, and a yes', async () => {
    const one = open(['ask', 'select']);
    await one.waitFor('like fire');
    one.press('down', 'enter');
    await one.waitFor('answer: blue');
    await one.close();
    const several = open(['ask', 'checkbox']);
    await several.waitFor('Colours?');
    several.press('space', 'enter');
    await several.waitFor('answer: red, blue');
    await several.close();
    const yes = open(['ask', 'confirm']);
    await yes.waitFor('Go on?');
    yes.type('n');
    yes.press('enter');
    await yes.waitFor('answer: false');
  });

  test('Ctrl-C in a question is exit 130, and so is the end of the input, where the library would wait for ever', async () => {
    for (const key of ['ctrl-c', 'ctrl-d'] as const) {
      const it = open(['ask', 'text']);
      await it.waitFor('Project name?');
      it.press(key);
      expect((await it.exit).code).toBe(130);
      expect(it.screen().join('\n')).toMatch(/error: (interrupted|the input ended)/);
      expect(it.cursorHidden).toBe(false);
      await it.close();
    }
  });

  test('SIGTERM while a question waits is exit 143', async () => {
    const it = open(['ask', 'select']);
    await it.waitFor('Colour?');
    it.signal('SIGTERM');
    expect((await it.exit).code).toBe(143);
    expect(it.cursorHidden).toBe(false);
  });

  test('the spinner makes room for a question', async () => {
    const it = open(['progress', 'ask']);
    await it.waitFor('Your name?');
    await new Promise(resolve => setTimeout(resolve, 400));
    expect(it.screen().at(-1)).toContain('Your name?');
    it.type('Ada');
    expect(it.screen().join('\n')).not.toMatch(/⠋/);
    it.press('enter');
    await it.waitFor('done: true');
    expect((await it.exit).code).toBe(0);
  });

  test('a question is drawn on standard error: the result alone reaches the pipe', async () => {
    const script = `"${pinnedNode()}" "${shellFront}" ask text > out.txt; echo "out: $(cat out.txt)"`;
    terminal = openTerminal('sh', ['-c', script]);
    await terminal.waitFor('Project name?');
    terminal.type('piped');
    terminal.press('enter');
    await terminal.waitFor('out: answer: piped');
  });

  test('a destructive command asks, and does nothing without a yes', async () => {
    const no = open(['ask', 'consent']);
    await no.waitFor('Delete everything?');
    no.press('enter');
    expect((await no.exit).code).toBe(2);
    expect(no.screen().join('\n')).toContain('nothing was changed');
    await no.close();
    const yes = open(['ask', 'consent']);
    await yes.waitFor('Delete everything?');
    yes.type('y');
    yes.press('enter');
    await yes.waitFor('deleted: true');
  });

  test('--no-input asks nothing, also at a terminal', async () => {
    const it = open(['ask', 'text', '--no-input']);
    expect((await it.exit).code).toBe(2);
    expect(it.screen().join('\n')).toContain('give --name');
  });
});
