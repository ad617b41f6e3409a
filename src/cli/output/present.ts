import type { OutputSettings } from './settings.ts';
import type { View } from './view.ts';

export interface Presentation {
  render(view: View): void | Promise<void>;
  ids(): readonly string[];
}

/** Prints a result in the format that was asked for. JSON is printed by the framework after the command returned. */
export async function present(_result: object, settings: OutputSettings, proc: NodeJS.Process, how: Presentation): Promise<void> {
  if (settings.json) return;
  if (settings.quiet) {
    for (const id of how.ids()) proc.stdout.write(`${id}\n`);
    return;
  }
  const same = (text: string) => text;
  await how.render({
    width: settings.width,
    line: (text = '') => void proc.stdout.write(`${text}\n`),
    heading: text => void proc.stdout.write(`${text}\n`),
    table: (rows, columns) => {
      for (const row of rows) proc.stdout.write(`${columns.map(column => String(column.value(row))).join('  ')}\n`);
    },
    facts: pairs => {
      for (const [key, value] of Object.entries(pairs)) proc.stdout.write(`${key}: ${String(value)}\n`);
    },
    next: commands => void proc.stdout.write(`next: ${commands.join('; ')}\n`),
    style: { ok: same, warn: same, bad: same, dim: same, bold: same },
  });
}
