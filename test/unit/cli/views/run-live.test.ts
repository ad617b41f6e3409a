import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openLiveScreen } from '../../../../src/cli/views/run-live.ts';

/** A process with a terminal that keeps what is written to it. */
function fakeProcess() {
  const written: string[] = [];
  const stderr = Object.assign(new EventEmitter(), {
    columns: 20,
    rows: 5,
    write: (text: string) => written.push(text) > 0,
  });
  const proc = Object.assign(new EventEmitter(), { stderr });
  return { proc: proc as unknown as NodeJS.Process, stderr, written, events: proc };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('openLiveScreen', () => {
  test('frames are written over each other, as a whole, and only when something changed', () => {
    const { proc, written } = fakeProcess();
    const screen = openLiveScreen(proc, { width: 80, height: 24 });
    expect(written.splice(0)).toEqual(['\x1b[?1049h\x1b[?25l']);
    let text = 'one';
    screen.show(({ width, height }) => [text, `${width}x${height}`]);
    expect(written.splice(0)).toEqual(['\x1b[?2026h\x1b[Hone\x1b[K\r\n20x5\x1b[K\x1b[J\x1b[?2026l']);
    vi.advanceTimersByTime(3000);
    expect(written).toEqual([]);
    text = 'two';
    vi.advanceTimersByTime(1000);
    expect(written.splice(0)).toHaveLength(1);
    screen.close();
  });

  test('a change of size is drawn at once on an empty screen', () => {
    const { proc, stderr, written } = fakeProcess();
    const screen = openLiveScreen(proc, { width: 80, height: 24 });
    screen.show(({ width }) => [`${width}`]);
    written.length = 0;
    stderr.columns = 10;
    stderr.emit('resize');
    expect(written).toEqual(['\x1b[?2026h\x1b[2J\x1b[H10\x1b[K\x1b[J\x1b[?2026l']);
    screen.close();
  });

  test('never more lines than the terminal has, and the usual size where it does not say', () => {
    const { proc, stderr, written } = fakeProcess();
    Object.assign(stderr, { columns: 0, rows: 0 });
    const screen = openLiveScreen(proc, { width: 80, height: 2 });
    screen.show(({ width }) => ['a', 'b', `${width}`]);
    expect(written.at(-1)).toContain('a\x1b[K\r\nb\x1b[K\x1b[J');
    screen.close();
  });

  test('gives the terminal back once, also when the process ends, and then stays silent', () => {
    const { proc, stderr, events, written } = fakeProcess();
    const screen = openLiveScreen(proc, { width: 80, height: 24 });
    screen.show(() => ['x']);
    written.length = 0;
    events.emit('exit');
    screen.close();
    screen.show(() => ['y']);
    stderr.emit('resize');
    vi.advanceTimersByTime(5000);
    expect(written).toEqual(['\x1b[?25h\x1b[?1049l']);
    expect([stderr.listenerCount('resize'), events.listenerCount('exit')]).toEqual([0, 0]);
  });
});
