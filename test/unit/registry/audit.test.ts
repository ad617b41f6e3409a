import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AuditEvent, auditTag, concerns, nextMoment, readTrail } from '../../../src/lib/registry/audit.ts';

const EVENT: AuditEvent = {
  id: '0123456789ab',
  at: '2026-11-21T17:18:00.123Z',
  action: 'promote',
  outcome: 'done',
  stage: 'Production',
  alias: 'champion',
  from: 3,
  to: 4,
  forced: false,
  reason: null,
  evidence: null,
  by: 'ann',
  gitCommit: null,
  sentops: '0.1.0',
};

const nullable = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null });
const events: fc.Arbitrary<AuditEvent> = fc.record({
  id: fc.stringMatching(/^[0-9a-f]{12}$/),
  at: fc
    .date({ min: new Date('2001-01-01'), max: new Date('2099-01-01'), noInvalidDate: true })
    .map(date => date.toISOString()),
  action: fc.constantFrom('promote', 'rollback', 'alias', 'stage'),
  outcome: fc.constantFrom('started', 'done', 'refused'),
  stage: nullable(fc.constantFrom('Production', 'Staging')),
  alias: nullable(fc.string()),
  from: nullable(fc.nat()),
  to: nullable(fc.nat()),
  forced: fc.boolean(),
  reason: nullable(fc.string()),
  evidence: nullable(
    fc.record({
      kind: fc.constantFrom('evaluated', 'recorded'),
      metric: fc.string(),
      candidate: nullable(fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => value + 0)),
      champion: nullable(fc.nat()),
      delta: nullable(fc.nat()),
      pValue: nullable(fc.nat()),
      rows: nullable(fc.nat()),
      data: nullable(fc.string()),
    }),
  ),
  by: fc.string(),
  gitCommit: nullable(fc.stringMatching(/^[0-9a-f]{40}$/)),
  sentops: fc.string(),
});

describe('the trail', () => {
  test('gives back what was written, oldest first', () => {
    fc.assert(
      fc.property(fc.uniqueArray(events, { selector: ({ id }) => id }), trail => {
        const tags = Object.fromEntries(trail.map(event => auditTag(event)).map(({ key, value }) => [key, value]));
        const sorted = trail.toSorted((a, b) => (`${a.at}${a.id}` < `${b.at}${b.id}` ? -1 : 1));
        expect(readTrail(tags)).toEqual(sorted);
      }),
    );
  });

  test('has keys that MLflow takes and values that its column holds', () => {
    const { key, value } = auditTag({ ...EVENT, reason: 'because '.repeat(2000) });
    expect(key).toBe('sentops.audit.20261121T171800.123Z-0123456789ab');
    expect(key).toMatch(/^[\w\-. :/]{1,250}$/);
    expect(value.length).toBeLessThan(5000);
  });

  test('passes over tags that somebody spoilt, and over those of others', () => {
    const { key, value } = auditTag(EVENT);
    const tags = {
      [key]: value,
      'sentops.audit.20261121T171801.000Z-a': 'not JSON',
      'sentops.audit.20261121T171802.000Z-b': '[]',
      'sentops.audit.20261121T171803.000Z-c': '{"at":"yesterday","action":"promote","outcome":"done"}',
      'sentops.audit.20261121T171804.000Z-d': JSON.stringify({ ...EVENT, action: 'explode' }),
      'sentops.audited': value,
      team: 'search',
    };
    expect(readTrail(tags)).toEqual([EVENT]);
  });

  test('reads an event of a later version, which may say more, or less', () => {
    const text = JSON.stringify({ v: 2, at: EVENT.at, action: 'rollback', outcome: 'done', weather: 'fine' });
    expect(readTrail({ 'sentops.audit.x-1': text })).toEqual([
      {
        ...EVENT,
        id: '1',
        action: 'rollback',
        stage: null,
        alias: null,
        from: null,
        to: null,
        by: 'unknown',
        sentops: 'unknown',
      },
    ]);
  });

  test('goes on after its last event, also where the clock of this machine is behind', () => {
    const behind = Date.parse(EVENT.at) - 60_000;
    expect(nextMoment([], behind)).toBe('2026-11-21T17:17:00.123Z');
    expect(nextMoment([EVENT], behind)).toBe('2026-11-21T17:18:00.124Z');
    expect(nextMoment([EVENT], behind + 120_000)).toBe('2026-11-21T17:19:00.123Z');
  });
});

test('an event concerns a target that it has the stage or the alias of', () => {
  expect(concerns(EVENT, { stage: 'Production', alias: null })).toBe(true);
  expect(concerns(EVENT, { stage: null, alias: 'champion' })).toBe(true);
  expect(concerns(EVENT, { stage: 'Staging', alias: 'champion' })).toBe(true);
  expect(concerns(EVENT, { stage: 'Staging', alias: 'challenger' })).toBe(false);
  expect(concerns({ ...EVENT, stage: null, alias: null }, { stage: 'Staging', alias: null })).toBe(false);
});
