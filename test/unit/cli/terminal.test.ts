import { afterEach, expect, test } from 'vitest';
import { pinnedNode } from '../../helpers/run-cli.ts';
import { openTerminal, type Terminal } from '../../helpers/terminal.ts';

let terminal: Terminal | undefined;
afterEach(() => terminal?.close());

function run(code: string): Terminal {
  terminal = openTerminal(pinnedNode(), ['-e', code], { cols: 40, rows: 5 });
  return terminal;
}

test('the program stands at a real terminal of the size asked for', async () => {
  const it = run('console.log(process.stdout.isTTY, process.stdin.isTTY, process.stdout.columns, process.stdout.rows)');
  await it.waitFor('true true 40 5');
  expect(await it.exit).toEqual({ code: 0, signal: 0 });
});

test('keys are typed and the screen is read back as a person sees it', async () => {
  const it = run(`
    process.stdin.setRawMode(true);
    process.stdout.write('name? ');
    let text = '';
    process.stdin.on('data', data => {
      // Keys pressed quickly arrive as one piece.
      for (const key of String(data)) {
        if (key === '\\r') { process.stdout.write('\\rhello ' + text + '\\x1b[K\\n'); process.exit(3); }
        text += key;
      }
    });`);
  await it.waitFor('name?');
  it.type('Ada');
  it.press('enter');
  expect(await it.exit).toEqual({ code: 3, signal: 0 });
  expect(it.screen()).toEqual(['hello Ada']);
});

test('waiting for what never comes fails and shows the screen', async () => {
  const it = run('console.log("something else")');
  await expect(it.waitFor('expected')).rejects.toThrow(/the program ended.*something else/s);
});

test('lines that scrolled away are still read', async () => {
  const it = run('for (let i = 0; i < 20; i++) console.log("row " + i)');
  await it.exit;
  expect(it.screen()).toHaveLength(20);
});

test('a hidden cursor is noticed', async () => {
  const it = run('process.stdout.write("\\x1b[?25l"); console.log("hid")');
  await it.exit;
  expect(it.cursorHidden).toBe(true);
});
