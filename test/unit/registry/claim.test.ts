import { execFileSync } from 'node:child_process';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SentopsError } from '../../../src/lib/core/errors.ts';
import { type Claim, withClaim } from '../../../src/lib/registry/claim.ts';
import { thisMachine } from '../../../src/lib/registry/this-machine.ts';
import type { Tracker } from '../../../src/lib/tracking/types.ts';

type Pause = () => Promise<void>;

/** The tags of one registered model, each call as slow as it likes before and after it has its effect. */
class Registry {
  readonly tags = new Map<string, string>();
  readonly #pause: Pause;

  constructor(pause: Pause = async () => {}) {
    this.#pause = pause;
  }

  get tracker(): Tracker {
    const during = async <T>(work: () => T) => {
      await this.#pause();
      const result = work();
      await this.#pause();
      return result;
    };
    const models = {
      get: () => during(() => ({ name: 'm', tags: Object.fromEntries(this.tags), aliases: {}, latest: [] })),
      setTag: (_: string, key: string, value: string) => during(() => void this.tags.set(key, value)),
      deleteTag: (_: string, key: string) => during(() => void this.tags.delete(key)),
    };
    return { uri: 'memory:', models } as unknown as Tracker;
  }
}

const never = new AbortController().signal;

interface Claimed {
  readonly what?: string;
  readonly now?: () => number;
  readonly patienceMs?: number;
}

function claim<T>(registry: Registry, work: (claim: Claim) => Promise<T>, more: Claimed = {}): Promise<T> {
  return withClaim(
    { tracker: registry.tracker, name: 'm', what: 'promotion', by: 'ann', signal: never, ...more },
    work,
  );
}

/** A process number that nobody has any more. */
function deadPid(): number {
  return Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
}

function holder(more: Record<string, unknown>): string {
  const at = Date.now();
  return JSON.stringify({ at, machine: 'other', host: 'node7', pid: 1, what: 'rollback', by: 'bob', ...more });
}

const key = (at: number, id = 'aaaa') => `sentops.claim.${String(at).padStart(15, '0')}-${id}`;

describe('a claim', () => {
  test('is there while the work goes on, and gone after it, whatever becomes of it', async () => {
    const registry = new Registry();
    const during = await claim(registry, async () => [...registry.tags.keys()]);
    expect(during).toEqual([expect.stringMatching(/^sentops\.claim\.\d{15}-[0-9a-f]{12}$/)]);
    expect(registry.tags.size).toBe(0);
    await expect(claim(registry, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(registry.tags.size).toBe(0);
  });

  test('turns away who comes while another one works, and says who that is', async () => {
    const registry = new Registry();
    registry.tags.set(key(Date.now() - 1000), holder({}));
    const failure = claim(registry, async () => 'inside');
    await expect(failure).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringMatching(/^a rollback of m by bob on node7 is under way since /),
    });
    expect([...registry.tags.keys()], 'its own tag is gone').toHaveLength(1);
  });

  test('of the one who came first waits until the later one has withdrawn', async () => {
    const registry = new Registry();
    const later = key(Date.now() + 60_000);
    registry.tags.set(later, holder({}));
    const [inside] = await Promise.all([
      claim(registry, async () => registry.tags.has(later)),
      turn().then(() => registry.tags.delete(later)),
    ]);
    expect(inside).toBe(false);
  });

  test('does not wait for ever', async () => {
    const registry = new Registry();
    registry.tags.set(key(Date.now() + 60_000), holder({}));
    await expect(claim(registry, async () => 'inside', { patienceMs: 1 })).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('of a process of this machine that is gone counts no more', async () => {
    const registry = new Registry();
    registry.tags.set(key(Date.now() - 10), holder({ machine: thisMachine(), pid: deadPid() }));
    expect(await claim(registry, async () => [...registry.tags.keys()].length)).toBe(1);
  });

  test('of a living process of this machine counts', async () => {
    const registry = new Registry();
    registry.tags.set(key(Date.now() - 10), holder({ machine: thisMachine(), pid: process.pid }));
    await expect(claim(registry, async () => 0)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('of another machine counts for two and a half minutes, whatever its process number says', async () => {
    const registry = new Registry();
    const at = Date.now();
    registry.tags.set(key(at), holder({ at, pid: deadPid() }));
    await expect(claim(registry, async () => 0, { now: () => at + 149_000 })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    expect(await claim(registry, async () => 'inside', { now: () => at + 151_000 })).toBe('inside');
  });

  test('that cannot be read counts by the time in its key', async () => {
    const registry = new Registry();
    const at = Date.now();
    registry.tags.set(key(at), 'scribbled over');
    await expect(claim(registry, async () => 0, { now: () => at + 1000 })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await claim(registry, async () => 1, { now: () => at + 160_000 })).toBe(1);
  });

  test('that somebody took away stops the work before its next step', async () => {
    const registry = new Registry();
    const work = claim(registry, async held => {
      await held.confirm();
      registry.tags.clear();
      await held.confirm();
    });
    await expect(work).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringMatching(/took too long/) });
  });

  test('ends with the command that holds it', async () => {
    const registry = new Registry();
    registry.tags.set(key(Date.now() + 60_000), holder({}));
    const stop = new AbortController();
    const { tracker } = registry;
    const waiting = withClaim({ tracker, name: 'm', what: 'x', by: 'ann', signal: stop.signal }, async () => 0);
    stop.abort(new SentopsError('INTERRUPTED'));
    await expect(waiting).rejects.toBeDefined();
    expect(registry.tags.size, 'only that of the other one').toBe(1);
  });
});

test('two are never inside at once, whatever the order of their reads and writes; one of them gets in', async () => {
  const delays = fc.array(fc.nat(6), { minLength: 20, maxLength: 60 });
  const claimants = fc.array(fc.record({ clock: fc.integer({ min: -500, max: 500 }), late: fc.nat(30) }), {
    minLength: 2,
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(delays, claimants, async (waits, all) => {
      let step = 0;
      const registry = new Registry(async () => {
        const turns = waits[step++ % waits.length] as number;
        for (let count = 0; count < turns; count += 1) await turn();
      });
      let inside = 0;
      let most = 0;
      const outcomes = await Promise.all(
        all.map(async ({ clock, late }) => {
          for (let count = 0; count < late; count += 1) await turn();
          // Clocks differ: who is first by the key need not be first in the world.
          const now = () => Date.now() + clock;
          return claim(
            registry,
            async held => {
              inside += 1;
              most = Math.max(most, inside);
              await held.confirm();
              inside -= 1;
              return 'in';
            },
            { now },
          ).catch((error: SentopsError) => error.code);
        }),
      );
      expect(most).toBe(1);
      expect(outcomes).toContain('in');
      expect(outcomes.filter(outcome => outcome !== 'in').every(code => code === 'CONFLICT')).toBe(true);
      expect(registry.tags.size).toBe(0);
    }),
    { numRuns: 60 },
  );
}, 30_000);
