import { describe, expect, test } from 'vitest';
import { loadUnicodeRuler } from '../../../../src/cli/output/ruler.ts';
import { resolveOutput } from '../../../../src/cli/output/settings.ts';
import { formatAmount, formatTime } from '../../../../src/cli/progress/amounts.ts';
import { drawItems } from '../../../../src/cli/progress/bars.ts';
import { createLines } from '../../../../src/cli/progress/lines.ts';
import { createMeter, describeReading } from '../../../../src/cli/progress/meter.ts';
import type { ProgressEvent } from '../../../../src/cli/progress/sink.ts';
import { createThrottle } from '../../../../src/cli/progress/throttle.ts';

/** A clock that the test turns. */
function createClock() {
  let time = 0;
  return {
    now: () => time,
    pass(ms: number) {
      time += ms;
    },
  };
}

const event = (done: number, more: Partial<ProgressEvent> = {}): ProgressEvent => ({
  type: 'progress',
  id: 'x',
  label: 'Loading',
  done,
  ...more,
});

describe('amounts', () => {
  test.for([
    [0, 'bytes', '0 B'],
    [999, 'bytes', '999 B'],
    [1000, 'bytes', '1.0 kB'],
    [999_600, 'bytes', '1.0 MB'],
    [123_456_789, 'bytes', '123 MB'],
    [1_234_567_890_123, 'bytes', '1.2 TB'],
    [1_234_567, 'rows', '1,234,567 rows'],
    [12, 'items', '12'],
    [1000, undefined, '1,000'],
  ] as const)('%i %s is %s', ([amount, unit, text]) => {
    expect(formatAmount(amount, unit)).toBe(text);
  });

  test.for([
    [0, '0 ms'],
    [999, '999 ms'],
    [1000, '1s'],
    [59_400, '59s'],
    [59_600, '1m00s'],
    [185_000, '3m05s'],
    [3_599_999, '1h00m'],
    [7_800_000, '2h10m'],
  ] as const)('%i ms is %s', ([ms, text]) => {
    expect(formatTime(ms)).toBe(text);
  });
});

describe('a meter', () => {
  test('tells share, rate and time left', () => {
    const clock = createClock();
    const meter = createMeter(event(0, { total: 10_000_000, unit: 'bytes' }), clock.now);
    clock.pass(2000);
    meter.update(event(4_000_000, { total: 10_000_000, unit: 'bytes' }));
    expect(describeReading(meter.read())).toBe('40% 4.0 MB of 10.0 MB, 2.0 MB/s, 3s left');
  });

  test('says nothing about the rate before there is something to tell', () => {
    const clock = createClock();
    const meter = createMeter(event(0, { total: 10 }), clock.now);
    clock.pass(10);
    meter.update(event(5, { total: 10 }));
    expect(meter.read()).toMatchObject({ rate: undefined, timeLeft: undefined });
  });

  test('forgets a slow start', () => {
    const clock = createClock();
    const meter = createMeter(event(0, { unit: 'rows' }), clock.now);
    clock.pass(60_000);
    for (let done = 0; done <= 20_000; done += 1000) {
      meter.update(event(done, { unit: 'rows' }));
      clock.pass(1000);
    }
    expect(meter.read().rate).toMatch(/^(8|9)\d\d rows\/s$|^1,0\d\d rows\/s$/);
  });

  test('does not divide by zero, pass the end or go back below it', () => {
    const { now } = createClock();
    expect(createMeter(event(0, { total: 0 }), now).read().fraction).toBe(1);
    expect(createMeter(event(20, { total: 10 }), now).read().fraction).toBe(1);
    expect(createMeter(event(-5, { total: 10 }), now).read().fraction).toBe(0);
    expect(createMeter(event(5), now)).toMatchObject({ complete: false });
    expect(createMeter(event(0, { total: 0 }), now).complete).toBe(true);
  });
});

describe('a throttle', () => {
  test('lets one through every five seconds for each id, and always the last', () => {
    const clock = createClock();
    const throttle = createThrottle(clock.now);
    const told: string[] = [];
    const say = (id: string, done: number, total?: number) =>
      throttle.progress({ ...event(done), id, ...(total ? { total } : {}) }, () => told.push(`${id}${done}`));
    for (let done = 0; done < 12; done += 1) {
      say('a', done);
      clock.pass(1000);
    }
    expect(told).toEqual(['a5', 'a10']);
    say('b', 3, 3);
    expect(told).toEqual(['a5', 'a10', 'b3']);
    throttle.flush();
    expect(told).toEqual(['a5', 'a10', 'b3', 'a11']);
    throttle.flush();
    expect(told).toHaveLength(4);
  });

  test('does not say the same thing twice when the last was let through', () => {
    const clock = createClock();
    const throttle = createThrottle(clock.now);
    const told: number[] = [];
    throttle.progress(event(1), () => told.push(1));
    clock.pass(6000);
    throttle.progress(event(2), () => told.push(2));
    throttle.flush('x');
    expect(told).toEqual([2]);
  });
});

describe('lines', () => {
  const collect = (env: Record<string, string> = {}) => {
    const written: string[] = [];
    const stderr = { write: (text: string) => written.push(text), on: () => {} };
    const proc = {
      ...process,
      env,
      platform: 'linux',
      stderr,
      cwd: () => '/',
      getBuiltinModule: process.getBuiltinModule,
    } as unknown as NodeJS.Process;
    const clock = createClock();
    return { sink: createLines(resolveOutput({}, proc), proc, clock.now), clock, written };
  };

  test('a step that ends says the last progress before', () => {
    const { sink, written } = collect({ LANG: 'C.UTF-8' });
    sink.take({ type: 'step', id: 'x', label: 'Load', state: 'start' });
    sink.take(event(1, { unit: 'rows' }));
    sink.take(event(2, { unit: 'rows' }));
    sink.take({ type: 'step', id: 'x', label: 'Load', state: 'done' });
    sink.stop();
    expect(written).toEqual(['… Load\n', 'Loading: 2 rows\n', '✔ Load\n']);
  });

  test('a label cannot smuggle escape sequences into a log', () => {
    const { sink, written } = collect();
    sink.take({ type: 'note', level: 'info', message: 'evil \x1b[31m\x1b[2J' });
    expect(written.join('')).toBe('evil \\x1b[2J\n');
  });
});

describe('bars', () => {
  test('never fill more than the terminal, in any width and any language', async () => {
    const ruler = await loadUnicodeRuler();
    const meter = createMeter(event(5_000_000, { total: 12_000_000, unit: 'bytes' }), () => 0);
    for (let width = 10; width <= 120; width += 1) {
      for (const label of ['Fetching', '日本語のラベル', '👨‍👩‍👧‍👦', 'a\nb', 'x'.repeat(200)]) {
        const text = drawItems(
          [
            { label, since: 0, isStep: false, meter },
            { label, since: 0, isStep: true, meter: undefined },
          ],
          { width, unicode: true, ruler, now: 9000 },
        );
        const lines = text.split('\n');
        expect(lines).toHaveLength(2);
        for (const [index, line] of lines.entries())
          expect(ruler.width(line) + (index === 0 ? 2 : 0)).toBeLessThan(width);
      }
    }
  });

  test('show bar, share and amount where there is room', async () => {
    const ruler = await loadUnicodeRuler();
    const meter = createMeter(event(5, { total: 10 }), () => 0);
    const draw = (width: number, unicode = true) =>
      drawItems([{ label: 'Load', since: 0, isStep: false, meter }], { width, unicode, ruler, now: 0 });
    expect(draw(80)).toBe(`Load  ${'━'.repeat(15)}${'╌'.repeat(15)}  50%  5 of 10`);
    expect(draw(80, false)).toBe(`Load  ${'#'.repeat(15)}${'.'.repeat(15)}  50%  5 of 10`);
    expect(draw(28)).toBe('Load  50%  5 of 10');
  });
});
