import { createCanvas } from '../../../../src/cli/output/canvas.ts';
import type { OutputSettings } from '../../../../src/cli/output/settings.ts';
import type { View } from '../../../../src/cli/output/view.ts';

/** What a person sees of a result, on a terminal of this width. */
export async function draw<Result>(
  render: (result: Result, view: View) => void,
  result: Result,
  width = 100,
): Promise<{ readonly text: string; readonly asides: string; readonly lines: string[] }> {
  const { view, compose } = createCanvas(settingsOf(width));
  render(result, view);
  const { text, asides } = await compose();
  return { text, asides, lines: text.split('\n') };
}

/** The longest line, in characters: these tests hold no wide ones. */
export function widthOf(lines: readonly string[]): number {
  return Math.max(...lines.map(line => [...line].length));
}

function settingsOf(width: number): OutputSettings {
  const stream = { terminal: true, color: false, width };
  return {
    ...stream,
    format: 'table',
    json: false,
    quiet: false,
    verbose: false,
    stderr: stream,
    unicode: true,
    interactive: false,
    animated: false,
    ci: undefined,
    logFormat: 'text',
    logLevel: 'info',
    list: {},
  } as OutputSettings;
}
