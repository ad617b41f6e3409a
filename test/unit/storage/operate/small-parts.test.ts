import { describe, expect, test } from 'vitest';
import { SentopsError } from '../../../../src/lib/core/errors.ts';
import { compareNames } from '../../../../src/lib/storage/compare-names.ts';
import { type Choice, compileChoice } from '../../../../src/lib/storage/operate/choice.ts';
import { contentTypeOf } from '../../../../src/lib/storage/operate/content-type.ts';
import { itemError, verdictOf } from '../../../../src/lib/storage/operate/failed-item.ts';
import { createMeter } from '../../../../src/lib/storage/operate/meter.ts';
import { asFolder, baseName, isRoot, parentOf } from '../../../../src/lib/storage/operate/names.ts';
import { parseBytes } from '../../../../src/lib/storage/operate/parse-bytes.ts';
import { runAll } from '../../../../src/lib/storage/operate/run-all.ts';

describe('names', () => {
  test.each([
    ['gs://b/a/b.csv', 'b.csv'],
    ['gs://b/a/', 'a'],
    ['gs://b/', 'b'],
    ['gs://b', 'b'],
    ['a.csv', 'a.csv'],
    ['./', ''],
    ['a/..', ''],
    ['/', ''],
    ['file:///x/ü %', 'ü %'],
  ])('the copy of %s is called %j', (uri, name) => {
    expect(baseName(uri)).toBe(name);
  });

  test('folders, roots and what is above', () => {
    expect(['a', 'a/', 'gs://b'].map(asFolder)).toEqual(['a/', 'a/', 'gs://b/']);
    const roots = ['gs://b', 'gs://b/', 'gs://b/x', 'gs://'];
    expect(roots.map(uri => isRoot({ uri, isLocal: false }))).toEqual([true, true, false, true]);
    expect(['/', 'file:///', '/a', ''].map(uri => isRoot({ uri, isLocal: true }))).toEqual([true, true, false, false]);
    expect(['gs://b/a/b', 'gs://b/a/', 'a', 'a/b'].map(parentOf)).toEqual(['gs://b/a/', 'gs://b/', '', 'a/']);
  });

  test('are in the order of their UTF-8 bytes', () => {
    const names = ['', 'B', 'a', 'a-', 'a/', 'a0', 'aa', 'ü', '～', '😀'];
    expect([...names].reverse().sort(compareNames)).toEqual(names);
    const bytes = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(bytes).toEqual(names);
  });

  test('tell the content type where they can', () => {
    expect(['a.CSV', 'gs://b/x.jsonl', 'a.csv.gz', 'README', 'x.unknown'].map(contentTypeOf)).toEqual([
      'text/csv',
      'application/x-ndjson',
      'application/gzip',
      undefined,
      undefined,
    ]);
  });
});

describe('a number of bytes', () => {
  test.each([
    ['0', 0],
    ['4096', 4096],
    ['4096B', 4096],
    ['150MB', 150_000_000],
    ['150 M', 150_000_000],
    ['1GiB', 1 << 30],
    ['1.5KiB', 1536],
    ['2kB', 2000],
  ])('%s', (text, bytes) => {
    expect(parseBytes(text, '--parallel-threshold')).toBe(bytes);
  });

  test.each(['', 'many', '-1', '1XB', '1e3', '1 GiB 2'])('%j is none', text => {
    expect(() => parseBytes(text, '--parallel-threshold')).toThrow(/--parallel-threshold: .* is no number of bytes/);
  });
});

describe('a choice by time', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  const object = (updated: string, uri = 'gs://b/x') => ({ uri, bytes: 1, updated, generation: '1' });
  const [old, recent] = [object('2026-11-19T12:00:00Z'), object('2026-11-21T11:00:00Z')];

  const chosenBy = (choice: Choice) => {
    const choose = compileChoice(choice, now);
    if (choose === null) throw new Error('no choice');
    return choose;
  };

  test('none lets everything through without a look', () => {
    expect(compileChoice({})).toBeNull();
  });

  test.each(['1d', '90m', '2026-11-20', '2026-11-21T10:59:59Z'])('--newer %s', newer => {
    expect([old, recent].map(chosenBy({ newer }))).toEqual([false, true]);
  });

  test('--date is the folder of the partition, or else the day of the last change', () => {
    const choose = chosenBy({ date: '2026-11-19' });
    expect([old, recent].map(choose)).toEqual([true, false]);
    expect(choose(object('2026-11-21T11:00:00Z', 'gs://b/date=2026-11-19/part-0'))).toBe(true);
    expect(choose(object('2026-11-19T11:00:00Z', 'gs://b/date=2026-11-18/part-0'))).toBe(false);
  });

  test.each([
    [{ newer: 'yesterday' }, /--newer: "yesterday" is no time/],
    [{ newer: '2026-13-01' }, /--newer/],
    [{ date: '2026-02-31' }, /--date/],
    [{ date: 'today' }, /--date/],
  ])('%j is a mistake', (choice, message) => {
    expect(() => compileChoice(choice, now)).toThrow(message);
  });
});

describe('work on many objects', () => {
  const signal = new AbortController().signal;
  const states = (outcomes: readonly { readonly state: string }[]) => outcomes.map(({ state }) => state).join(' ');
  const fail = (code: 'NOT_FOUND' | 'AUTH_FAILED' | 'REMOTE_UNAVAILABLE') => Promise.reject(new SentopsError(code));

  test('one that fails does not keep the others from their turn', async () => {
    const work = (item: number) => (item === 1 ? fail('NOT_FOUND') : Promise.resolve(item));
    expect(states(await runAll([0, 1, 2, 3], { atOnce: 2, signal }, work))).toBe('done failed done done');
  });

  test('what the next would meet as well ends it', async () => {
    const work = (item: number) => (item === 1 ? fail('AUTH_FAILED') : Promise.resolve(item));
    expect(states(await runAll([0, 1, 2, 3], { atOnce: 1, signal }, work))).toBe('done failed left left');
  });

  test('a store that stays silent for five in a row is not asked for all of a thousand', async () => {
    let asked = 0;
    const work = () => {
      asked += 1;
      return fail('REMOTE_UNAVAILABLE');
    };
    await runAll(Array.from({ length: 1000 }), { atOnce: 1, signal }, work);
    expect(asked).toBe(5);
  });

  test('one that answers in between starts the count anew', async () => {
    const work = (item: number) => (item % 4 === 3 ? Promise.resolve(item) : fail('REMOTE_UNAVAILABLE'));
    const outcomes = await runAll(
      Array.from({ length: 20 }, (_, index) => index),
      { atOnce: 1, signal },
      work,
    );
    expect(outcomes.filter(({ state }) => state === 'left')).toEqual([]);
  });

  test('never more at once than asked, and all are waited for when it is stopped', async () => {
    const controller = new AbortController();
    let running = 0;
    let most = 0;
    const work = async (item: number) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(resolve => setTimeout(resolve, 5));
      running -= 1;
      if (item === 5) controller.abort(new SentopsError('INTERRUPTED'));
      return item;
    };
    const items = Array.from({ length: 50 }, (_, index) => index);
    await expect(runAll(items, { atOnce: 3, signal: controller.signal }, work)).rejects.toThrow('interrupted');
    expect([most, running]).toEqual([3, 0]);
  });

  test('a mistake of ours is not taken for a failure of one object', async () => {
    const work = () => Promise.reject(new TypeError('ours'));
    await expect(runAll([1, 2], { atOnce: 1, signal }, work)).rejects.toThrow('ours');
  });

  test('the verdict names the first failure, how many there were, and what was not begun', () => {
    const error = itemError(new SentopsError('PERMISSION_DENIED', 'you may not', { hint: 'ask' }));
    const bad = { state: 'failed', error };
    const [good, left] = [
      { state: 'copied', error: null },
      { state: 'left', error: null },
    ];
    expect(verdictOf([good], 'copied')).toBeUndefined();
    expect(verdictOf([bad], 'copied')).toMatchObject({
      code: 'PERMISSION_DENIED',
      message: 'you may not',
      hint: 'ask',
    });
    expect(verdictOf([good, bad, left], 'copied')).toMatchObject({
      message: '1 of 3 objects was not copied, 1 more not begun; the first: you may not',
      exit: 4,
    });
    expect(verdictOf([bad, bad, left, left], 'deleted')?.message).toBe(
      '2 of 4 objects were not deleted, 2 more not begun; the first: you may not',
    );
  });

  test('what takes no time is not reported', () => {
    const events: unknown[] = [];
    const count = createMeter(event => void events.push(event), { id: 'a', label: 'b', total: 2 });
    count(1);
    count(1);
    expect(events).toEqual([]);
  });
});
