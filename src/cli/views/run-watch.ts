import type { FreshValue, WatchedRun, WatchState } from '../../lib/runs/watch-run.ts';
import type { Context } from '../base-command.ts';
import { loadUnicodeRuler } from '../output/ruler.ts';
import { createPaint } from '../output/style.ts';
import type { View } from '../output/view.ts';
import { formatSeconds, shortId, showStatus } from './run-format.ts';
import { openLiveScreen } from './run-live.ts';
import { drawPlot } from './run-plot.ts';
import { drawScreen, valueLine } from './run-screen.ts';

export interface WatchOutput {
  /** What it told stands on standard output. */
  readonly streams: boolean;
  readonly onChange: (state: WatchState, fresh: readonly FreshValue[]) => Promise<void>;
  readonly onTrouble: (message: string) => void;
  readonly close: () => void;
}

const ROWS = 24;
const FOOTER = 'Ctrl-C stops watching; the run goes on.';

/** Where the news of a run go: a screen at a terminal, events for jsonl, lines for a pipe, nowhere for other formats. */
export async function openWatchOutput(
  { output, stream, report }: Pick<Context, 'output' | 'stream' | 'report'>,
  once: boolean,
): Promise<WatchOutput> {
  const onTrouble = (message: string) => report({ type: 'note', level: 'warn', message: `${message}; trying again` });
  const silent = { streams: false, onChange: async () => {}, onTrouble, close: () => {} };
  if (output.quiet) return silent;
  if (output.format === 'jsonl')
    return { ...silent, streams: true, onChange: (state, fresh) => stream(events(state, fresh)) };
  if (output.format !== 'table' || once) return silent;
  if (output.animated && output.terminal) return openScreen(output);
  return { ...silent, streams: true, onChange: (_, fresh) => streamLines(stream, fresh) };
}

async function openScreen(settings: Context['output']): Promise<WatchOutput> {
  const ruler = await loadUnicodeRuler();
  const { color, width } = settings.stderr;
  const screen = openLiveScreen(process, { width, height: ROWS });
  let footer = FOOTER;
  let last: WatchState | undefined;
  const show = () => {
    const state = last;
    if (state === undefined) return;
    const paint = createPaint(color);
    screen.show(size =>
      drawScreen(state, { ...size, unicode: settings.unicode, color, paint, ruler, footer, now: Date.now() }),
    );
  };
  return {
    streams: false,
    async onChange(state) {
      last = state;
      footer = FOOTER;
      show();
    },
    onTrouble(message) {
      footer = `${message}; trying again. ${FOOTER}`;
      show();
    },
    close: () => screen.close(),
  };
}

/** Of what was there before the first look, only the latest values: a pipe wants news. */
async function streamLines(stream: Context['stream'], fresh: readonly FreshValue[]): Promise<void> {
  const latest = new Map(fresh.map(value => [`${value.runId} ${value.metric}`, value]));
  const told = fresh.filter(value => !value.old || latest.get(`${value.runId} ${value.metric}`) === value);
  told.sort((a, b) => a.timestamp - b.timestamp || a.step - b.step);
  if (told.length > 0) await stream(new TextEncoder().encode(told.map(value => `${valueLine(value)}\n`).join('')));
}

function events({ run, ended }: WatchState, fresh: readonly FreshValue[]): Uint8Array {
  const values = fresh.map(({ runId, metric, step, value, timestamp }) => ({
    event: 'value',
    runId,
    metric,
    step,
    value: Number.isNaN(value) ? null : value,
    timestamp: new Date(timestamp).toISOString(),
  }));
  const status = { event: ended ? 'end' : 'status', runId: run.runId, name: run.name, status: run.status };
  const lines = [...values, status].map(event => `${JSON.stringify(event)}\n`);
  return new TextEncoder().encode(lines.join(''));
}

/** How it stands in the end. */
export async function renderWatchedRun(
  result: WatchedRun,
  view: View,
  settings: Context['output'],
  streamed: boolean,
): Promise<void> {
  const { run, series, ended } = result;
  const state = `${run.name} (${shortId(run.runId)}): ${showStatus(run.status, view)}${run.seconds === null ? '' : `, ${formatSeconds(run.seconds)}`}`;
  if (streamed) {
    view.aside(state);
    return;
  }
  view.line(state);
  const ruler = await loadUnicodeRuler();
  const { color, unicode } = settings;
  const style = { width: Math.min(view.width, 100), unicode, color, paint: createPaint(color), ruler };
  for (const metric of new Set(series.map(one => one.metric))) {
    const some = series.filter(one => one.metric === metric);
    const isPlot = some.some(({ values }) => values.length > 1);
    const drawn = some.map(({ run: label, values }) => ({
      label: some.length > 1 ? label : '',
      points: values.map(({ step, value }) => [step, value ?? Number.NaN] as const),
    }));
    if (isPlot) view.line();
    for (const line of drawPlot(metric, drawn, { ...style, height: isPlot ? 10 : 1 })) view.line(line);
  }
  if (series.length === 0) view.line('It has no metric.');
  view.next(ended ? [`sentops run describe ${shortId(run.runId)}`] : [`sentops run watch ${shortId(run.runId)}`]);
}
