import type { Hook } from '@oclif/core';
import { describeError } from '../cli/failure.ts';
import { explainUnknown } from '../cli/help/explain-unknown.ts';
import { resolveOutput } from '../cli/output/settings.ts';
import { printFailure } from '../cli/print-failure.ts';
import { scanOutputFlags } from '../cli/scan.ts';

/** Called by the framework for words that name no command: the one error that no command can report. */
export const reportUnknownCommand: Hook<'command_not_found'> = async function ({ id, argv = [], config }) {
  const failure = describeError(explainUnknown(id, config));
  await printFailure(failure, resolveOutput(scanOutputFlags([id, ...argv]), process), process);
  this.exit(failure.exit);
};
