import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AuditEvent } from '../../../src/lib/registry/audit.ts';
import { readStanding, servingStack, versionToBeat } from '../../../src/lib/registry/standing.ts';

const TARGET = { stage: 'Production', alias: 'champion' } as const;

function event(
  action: AuditEvent['action'],
  from: number | null,
  to: number | null,
  more: Partial<AuditEvent> = {},
): AuditEvent {
  return {
    id: 'x',
    at: '2026-11-21T17:18:00.123Z',
    action,
    outcome: 'done',
    stage: 'Production',
    alias: 'champion',
    from,
    to,
    forced: false,
    reason: null,
    evidence: null,
    by: 'ann',
    gitCommit: null,
    sentops: '0.1.0',
    ...more,
  };
}

describe('who served', () => {
  const promoted = [event('promote', null, 1), event('promote', 1, 2), event('promote', 2, 3)];

  test.for<[string, readonly AuditEvent[], number | null, readonly number[]]>([
    ['nothing is known', [], null, []],
    ['nothing is recorded of the one that serves', [], 4, [4]],
    ['one promotion after the other', promoted, 3, [1, 2, 3]],
    ['a rollback', [...promoted, event('rollback', 3, 2)], 2, [1, 2]],
    ['a rollback of several steps', [...promoted, event('rollback', 3, 1)], 1, [1]],
    ['a promotion after a rollback', [...promoted, event('rollback', 3, 2), event('promote', 2, 4)], 4, [1, 2, 4]],
    ['a version that is promoted again', [...promoted, event('promote', 3, 1)], 1, [1, 2, 3, 1]],
    ['somebody else set a new version', promoted, 9, [1, 2, 3, 9]],
    ['somebody else went back', promoted, 2, [1, 2]],
    ['an alias that was set by hand', [...promoted, event('alias', 3, 7)], 7, [1, 2, 3, 7]],
    ['an alias that was set back by hand', [...promoted, event('alias', 3, 1)], 1, [1]],
    ['an alias that was deleted', [...promoted, event('alias', 3, null)], null, [1, 2, 3]],
    ['a change by others between two promotions', [...promoted, event('promote', 8, 9)], 9, [1, 2, 3, 8, 9]],
    ['refusals', [...promoted, event('promote', 3, 4, { outcome: 'refused' })], 3, [1, 2, 3]],
    [
      'a promotion that never got anywhere',
      [...promoted, event('promote', 3, 4, { outcome: 'started' })],
      3,
      [1, 2, 3],
    ],
    [
      'what happened to another stage',
      [...promoted, event('promote', 5, 6, { stage: 'Staging', alias: 'x' })],
      3,
      [1, 2, 3],
    ],
    ['what happened to the stage alone', [event('stage', null, 1, { alias: null }), event('promote', 1, 2)], 2, [1, 2]],
  ])('%s', ([, trail, current, expected]) => {
    expect(servingStack(trail, TARGET, current)).toEqual(expected);
  });

  test('a walk of promotions and rollbacks is a stack, whatever the walk', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.constant('back' as const),
            fc.nat(30).map(n => n + 1),
          ),
        ),
        walk => {
          const model: number[] = [];
          const trail: AuditEvent[] = [];
          for (const [index, step] of walk.entries()) {
            const from = model.at(-1) ?? null;
            if (step === 'back') {
              if (model.length < 2) continue;
              model.pop();
              trail.push(event('rollback', from, model.at(-1) ?? null));
            } else {
              // Each promotion is of a version that has not served yet.
              model.push(1000 * (index + 1) + step);
              trail.push(event('promote', from, model.at(-1) ?? null));
            }
          }
          expect(servingStack(trail, TARGET, model.at(-1) ?? null)).toEqual(model);
        },
      ),
    );
  });
});

describe('the version to beat', () => {
  const toBeat = (alias: number | null, stage: number | null, candidate: number, trail: readonly AuditEvent[] = []) => {
    const pointers = { alias, stage };
    return versionToBeat(readStanding(pointers, trail, TARGET), pointers, candidate);
  };

  test('is the champion', () => {
    expect(toBeat(3, 3, 4)).toBe(3);
    expect(toBeat(null, null, 4)).toBe(null);
    expect(toBeat(5, 3, 4), 'the alias counts where the two differ').toBe(5);
  });

  test('is never the candidate itself, whose alias or stage somebody moved by hand', () => {
    expect(toBeat(4, 3, 4)).toBe(3);
    expect(toBeat(null, 4, 4)).toBe(null);
  });

  test('is itself where a rollback to it stopped half-way', () => {
    const back = event('rollback', 2, 1, { outcome: 'started' });
    expect(toBeat(2, 1, 1, [back])).toBe(1);
  });
});

describe('who serves', () => {
  const begun = event('promote', 1, 2, { outcome: 'started' });

  test('is what stage and alias agree on', () => {
    expect(readStanding({ alias: 4, stage: 4 }, [], TARGET)).toEqual({ champion: 4, agrees: true, unfinished: null });
    expect(readStanding({ alias: null, stage: null }, [], TARGET)).toMatchObject({ champion: null, agrees: true });
    expect(readStanding({ alias: undefined, stage: 4 }, [], { ...TARGET, alias: null })).toMatchObject({ champion: 4 });
  });

  test('is what the alias says where they differ, and the stage where there is no alias', () => {
    expect(readStanding({ alias: 4, stage: 3 }, [], TARGET)).toEqual({ champion: 4, agrees: false, unfinished: null });
    expect(readStanding({ alias: null, stage: 3 }, [], TARGET)).toMatchObject({ champion: 3, agrees: false });
  });

  test('is the old one where a promotion stopped half-way', () => {
    expect(readStanding({ alias: 1, stage: 2 }, [begun], TARGET)).toEqual({
      champion: 1,
      agrees: false,
      unfinished: begun,
    });
    expect(readStanding({ alias: 2, stage: 1 }, [begun], TARGET)).toMatchObject({ champion: 1 });
  });

  test('is the one to return to where a rollback stopped half-way', () => {
    const back = event('rollback', 2, 1, { outcome: 'started' });
    expect(readStanding({ alias: 2, stage: 1 }, [back], TARGET)).toEqual({
      champion: 1,
      agrees: false,
      unfinished: back,
    });
  });

  test('is told of what was begun before or after it had an effect', () => {
    expect(readStanding({ alias: 1, stage: 1 }, [begun], TARGET)).toMatchObject({ champion: 1, unfinished: begun });
    expect(readStanding({ alias: 2, stage: 2 }, [begun], TARGET)).toMatchObject({ champion: 2, unfinished: begun });
  });

  test('has nothing to do with what was begun long ago', () => {
    const later = [begun, event('promote', 1, 3)];
    expect(readStanding({ alias: 3, stage: 3 }, later, TARGET).unfinished).toBe(null);
    expect(readStanding({ alias: 7, stage: 8 }, [begun], TARGET)).toEqual({
      champion: 7,
      agrees: false,
      unfinished: null,
    });
  });
});
