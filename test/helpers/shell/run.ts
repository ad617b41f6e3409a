import path from 'node:path';
import { type CliOptions, type CliResult, pinnedNode, runCli } from '../run-cli.ts';
import { openTerminal, type Terminal, type TerminalOptions } from '../terminal.ts';

export const shellFront: string = path.join(import.meta.dirname, 'front.ts');

/** Runs one of the test commands in a process of its own. */
export function runShell(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return runCli(args, { ...options, bin: { file: shellFront } });
}

/** Runs one of the test commands at a pseudo terminal. */
export function openShell(args: readonly string[], options: TerminalOptions = {}): Terminal {
  return openTerminal(pinnedNode(), [shellFront, ...args], options);
}
