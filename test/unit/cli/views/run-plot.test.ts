import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stripColor } from '../../../../src/cli/output/cell.ts';
import { loadUnicodeRuler } from '../../../../src/cli/output/ruler.ts';
import { createPaint } from '../../../../src/cli/output/style.ts';
import { drawPlot, type PlotSeries, type PlotStyle } from '../../../../src/cli/views/run-plot.ts';
import { drawScreen, valueLine } from '../../../../src/cli/views/run-screen.ts';
import { bar, sparkline } from '../../../../src/cli/views/spark.ts';
import type { WatchState } from '../../../../src/lib/runs/watch-run.ts';
import { row } from '../../runs/runs-fixture.ts';

const ruler = await loadUnicodeRuler();

function style(more: Partial<PlotStyle> = {}): PlotStyle {
  const color = more.color ?? false;
  return { width: 30, height: 6, unicode: true, color, paint: createPaint(color), ruler, ...more };
}

const rising: PlotSeries = { label: '', points: [0, 1, 2, 3, 4, 5].map(step => [step, step / 5] as const) };
const falling: PlotSeries = { label: 'b', points: [0, 1, 2, 3, 4, 5].map(step => [step, 1 - step / 5] as const) };

describe('drawPlot', () => {
  test('braille dots from the first step to the last', () => {
    expect(drawPlot('accuracy', [rising], style())).toEqual([
      'accuracy  1',
      ' 1│                    ⢀⣀⠤⠤⠒⠒⠉',
      '  │             ⢀⣀⡠⠤⠒⠒⠉⠁',
      '  │      ⢀⣀⡠⠤⠒⠊⠉⠁',
      ' 0│⣀⠤⠤⠒⠒⠉⠁',
      '   0          step           5',
    ]);
  });

  test('marks of their own for several curves without colour', () => {
    expect(drawPlot('f1', [{ ...rising, label: 'a' }, falling], style({ unicode: false }))).toEqual([
      'f1  * a 1  + b 0',
      ' 1|+++                     ***',
      '  |   ++++++++++ **********',
      '  |   ***********++++++++++',
      ' 0|***                     +++',
      '   0          step           5',
    ]);
  });

  test('a colour of their own where there is colour', () => {
    const lines = drawPlot('f1', [{ ...rising, label: 'a' }, falling], style({ color: true }));
    expect(lines[0]).toBe('\x1b[1mf1\x1b[22m\x1b[36m  ● a 1\x1b[39m\x1b[33m  ● b 0\x1b[39m');
    expect(lines[1]).toMatch(/\x1b\[33m⠉.*\x1b\[39m +\x1b\[36m.*⠉\x1b\[39m$/);
  });

  test('one value is a dot in the middle, NaN a gap', () => {
    const dot = drawPlot('f1', [{ label: '', points: [[3, 0.5]] }], style());
    expect(dot[0]).toBe('f1  0.5000');
    expect(
      dot
        .slice(1, 5)
        .join('')
        .replace(/[^⠀-⣿]/g, ''),
    ).toHaveLength(1);
    const points = [
      [0, 0],
      [1, Number.NaN],
      [2, 0],
    ] as const;
    expect(drawPlot('x', [{ label: '', points }], style({ height: 3, width: 20 }))[1]).toMatch(/^ 0│\S {13,}\S$/);
  });

  test('without a number there is the name alone, as high as wanted', () => {
    expect(drawPlot('f1', [{ label: '', points: [[0, Number.NaN]] }], style({ height: 3 }))).toEqual([
      'f1  NaN',
      '',
      '',
    ]);
    expect(drawPlot('f1', [rising], style({ width: 10, height: 2 }))).toEqual(['f1  1', '']);
  });

  test('a name cannot move the cursor', () => {
    expect(drawPlot('a\x1b[2J\nb', [rising], style())[0]).toBe('a\\x1b[2J b  1');
  });

  test('a long last step made the line of steps one wider than asked for', () => {
    const series = [{ label: '', points: [[0, 0] as const, [100_000, 1] as const] }];
    for (let width = 16; width < 40; width++)
      for (const line of drawPlot('', series, style({ width, height: 3, color: false, unicode: false })))
        expect(ruler.width(line)).toBeLessThanOrEqual(width);
  });

  test('never wider or higher than asked for, whatever is drawn', () => {
    const points = fc.array(fc.tuple(fc.integer({ min: 0, max: 1e6 }), fc.double()), { maxLength: 20 });
    const series = fc.array(fc.record({ label: fc.string({ unit: 'grapheme', maxLength: 20 }), points }), {
      maxLength: 8,
    });
    const size = fc.record({ width: fc.integer({ min: 1, max: 60 }), height: fc.integer({ min: 1, max: 12 }) });
    fc.assert(
      fc.property(
        fc.string({ maxLength: 30 }),
        series,
        size,
        fc.boolean(),
        fc.boolean(),
        (title, given, box, color, unicode) => {
          const lines = drawPlot(title, given, style({ ...box, color, unicode }));
          expect(lines).toHaveLength(box.height);
          for (const line of lines) expect(ruler.width(stripColor(line))).toBeLessThanOrEqual(box.width);
        },
      ),
    );
  });
});

describe('drawScreen', () => {
  const points = (values: readonly number[], key: string) =>
    values.map((value, index) => ({ key, value, step: index, timestamp: 0 }));
  const state = (metrics: Readonly<Record<string, readonly number[]>>): WatchState => ({
    run: row({ name: 'nightly', runId: 'abcdef0123456789', status: 'RUNNING', seconds: null, endedAt: null }),
    ended: false,
    series: Object.entries(metrics).map(([metric, values]) => ({
      runId: 'a',
      label: '',
      metric,
      points: points(values, metric),
    })),
  });
  const now = Date.parse('2026-01-02T03:05:05.000Z');
  const draw = (given: WatchState, width: number, height: number) =>
    drawScreen(given, { ...style({ width, height }), now, footer: 'Ctrl-C stops' });

  test('who it is, a plot for what moves, a line for what does not', () => {
    const lines = draw(state({ accuracy: [0.5], loss: [1, 0.5, 0.2] }), 40, 12);
    expect(lines[0]).toBe('nightly abcdef01  running 1m00s');
    expect(lines[1]).toBe('loss  0.2000');
    expect(lines.at(-2)).toBe('accuracy  0.5000');
    expect(lines.at(-1)).toBe('Ctrl-C stops');
  });

  test('two plots stand side by side where there is room', () => {
    const lines = draw(state({ acc: [0, 1], loss: [1, 0] }), 120, 20);
    expect(lines[1]).toMatch(/^acc {2}1 +loss {2}0$/);
  });

  test('what does not fit is told', () => {
    const metrics = Object.fromEntries(['a', 'b', 'c', 'd'].map(key => [key, [0, 1, 2]]));
    const lines = draw(state(metrics), 60, 16);
    expect(lines).toHaveLength(16);
    expect(lines.at(-1)).toBe('2 more with --metric. Ctrl-C stops');
  });

  test('before the first value it says so', () => {
    expect(draw(state({}), 40, 10)).toEqual(['nightly abcdef01  running 1m00s', 'No metric yet.', 'Ctrl-C stops']);
  });

  test('fits every size of window', () => {
    const metrics = fc.dictionary(
      fc.constantFrom('loss', 'f1', 'acc', 'auc', 'x'),
      fc.array(fc.double(), { maxLength: 9 }),
    );
    fc.assert(
      fc.property(
        metrics,
        fc.integer({ min: 1, max: 130 }),
        fc.integer({ min: 1, max: 40 }),
        (given, width, height) => {
          const lines = draw(state(given), width, height);
          expect(lines.length).toBeLessThanOrEqual(height);
          for (const line of lines) expect(ruler.width(line)).toBeLessThanOrEqual(Math.max(width, 4));
        },
      ),
    );
  });

  test('a new value is one line', () => {
    expect(valueLine({ label: 'a\nb', metric: 'loss', step: 3, value: 0.25 })).toBe('a b loss 0.2500 (step 3)');
  });
});

describe('small drawings', () => {
  test('sparkline', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], true)).toBe('▁▂▃▄▅▆▇█');
    expect(sparkline([0, null, 4], false)).toBe('_ ^');
    expect(sparkline([5, 5], true)).toBe('▅▅');
    expect(sparkline([], true)).toBe('');
  });

  test('bar', () => {
    expect([bar(1, 4, true), bar(0.5, 4, true), bar(0.001, 4, true), bar(0, 4, true)]).toEqual(['████', '██', '▏', '']);
    expect([bar(1, 4, false), bar(0.5, 4, false), bar(0.001, 4, false), bar(2, 4, false)]).toEqual([
      '####',
      '##',
      '#',
      '####',
    ]);
  });
});
