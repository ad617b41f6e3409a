import { describe, expect, test } from 'vitest';
import { addLine, noEntries, parseMetric, parsePairs } from '../../../src/lib/runs/read-entries.ts';

const NOW = 1_700_000_000_000;

describe('parseMetric', () => {
  test.for([
    ['accuracy=0.91', 'accuracy', 0.91, 0],
    ['loss=3e-2@12', 'loss', 0.03, 12],
    ['loss=-1@0', 'loss', -1, 0],
    ['val/loss=NaN@3', 'val/loss', Number.NaN, 3],
    ['loss=inf', 'loss', Number.POSITIVE_INFINITY, 0],
    ['loss=-Infinity', 'loss', Number.NEGATIVE_INFINITY, 0],
  ] as const)('%s', ([text, key, value, step]) => {
    expect(parseMetric(text, NOW)).toEqual({ key, value, step, timestamp: NOW });
  });

  test.for(['accuracy', '=1', 'accuracy=', 'accuracy=much', 'accuracy=1@1.5', 'accuracy=1@', 'accuracy=1@x', 'a=1e'])(
    '%j is refused',
    text => expect(() => parseMetric(text, NOW)).toThrow(expect.objectContaining({ code: 'FLAG_INVALID' })),
  );
});

describe('parsePairs', () => {
  test('whatever stands behind the first = is the value, names of objects included', () => {
    const pairs = parsePairs(['a=b=c', 'empty=', '__proto__=x', 'constructor=y'], '--tag');
    expect(Object.entries(pairs)).toEqual([
      ['a', 'b=c'],
      ['empty', ''],
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });

  test.for([[['a']], [['=b']], [['a=1', 'a=2']]])('%j is refused', ([texts]) => {
    expect(() => parsePairs(texts ?? [], '--param')).toThrow(expect.objectContaining({ code: 'FLAG_INVALID' }));
  });
});

describe('addLine', () => {
  function read(...lines: string[]) {
    const entries = noEntries();
    for (const [index, line] of lines.entries()) addLine(entries, line, index + 1, NOW);
    return entries;
  }

  test('many values at one step', () => {
    const line =
      '{"metrics":{"loss":0.3,"acc":"NaN"},"step":12,"params":{"n":5,"on":true},"tags":{"t":"x"},"status":"FINISHED"}';
    expect(read(line)).toEqual({
      metrics: [
        { key: 'loss', value: 0.3, step: 12, timestamp: NOW },
        { key: 'acc', value: Number.NaN, step: 12, timestamp: NOW },
      ],
      params: { n: '5', on: 'true' },
      tags: { t: 'x' },
      status: 'FINISHED',
    });
  });

  test('one value a line, as run export writes them', () => {
    const entries = read(
      '{"runId":"1","run":"a","experiment":"b","kind":"param","key":"n","value":"5","step":null,"timestamp":null}',
      '{"runId":"1","run":"a","experiment":"b","kind":"metric","key":"loss","value":null,"step":3,"timestamp":"2026-01-01T00:00:00.000Z"}',
      '{"kind":"tag","key":"t","value":"x"}',
      '{"key":"loss","value":1}',
    );
    expect(entries.params).toEqual({ n: '5' });
    expect(entries.tags).toEqual({ t: 'x' });
    expect(entries.metrics).toEqual([
      { key: 'loss', value: Number.NaN, step: 3, timestamp: Date.UTC(2026, 0, 1) },
      { key: 'loss', value: 1, step: 0, timestamp: NOW },
    ]);
  });

  test.for([
    ['not JSON', 'line 1: it is not JSON'],
    ['[1]', 'line 1: an object is wanted'],
    ['null', 'line 1: an object is wanted'],
    ['{"metric":"loss"}', 'line 1: what is "metric"?'],
    ['{"metrics":{"loss":"much"}}', 'line 1: loss: "much" is not a number'],
    ['{"metrics":{"loss":{}}}', 'line 1: loss: {} is not a number'],
    ['{"metrics":{"loss":1},"step":1.5}', 'line 1: the step 1.5 is not a whole number'],
    ['{"metrics":{"loss":1},"timestamp":"soon"}', 'line 1: the timestamp "soon" is no time'],
    ['{"params":{"a":null}}', 'line 1: a: null is no text'],
    ['{"status":"DONE"}', 'line 1: status "DONE" is none of RUNNING, SCHEDULED, FINISHED, FAILED, KILLED'],
    ['{"kind":"thing","key":"a","value":1}', 'line 1: kind "thing" is none of metric, param, tag'],
  ])('%s is refused with its line', ([line, message]) => {
    expect(() => read(line ?? '')).toThrow(expect.objectContaining({ code: 'DATA_INVALID', message }));
  });
});
