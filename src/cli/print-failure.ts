import type { Failure } from './failure.ts';
import type { OutputSettings } from './output/settings.ts';

export async function printFailure(failure: Failure, settings: OutputSettings, proc: NodeJS.Process): Promise<void> {
  if (settings.json) {
    proc.stdout.write(`${JSON.stringify({ error: failure.json }, null, 2)}\n`);
    return;
  }
  const place = failure.place ? `${[failure.place.file, failure.place.line, failure.place.column].filter(part => part !== undefined).join(':')}: ` : '';
  proc.stderr.write(`error: ${place}${failure.json.message}\n  hint: ${failure.json.hint}\n`);
  if (settings.verbose && failure.stack) proc.stderr.write(`${failure.stack}\n`);
}
