import type { Tracker } from '../../src/lib/tracking/types.ts';

/** When a process ends: at its n-th change of the store, before the change is made or after it. */
export interface Death {
  readonly call: number;
  readonly how: 'before' | 'after';
}

const READS = new Set(['get', 'find', 'search', 'searchVersions', 'history', 'list', 'read', 'locate']);
const PORTS: readonly string[] = ['experiments', 'runs', 'artifacts', 'loggedModels', 'models'];

/**
 * A tracker whose process ends at a change. `die` ends it; where it only throws, the store sees the same as after a
 * kill: nothing that follows reaches it. Without a death the changes are counted.
 */
export function dyingTracker(
  tracker: Tracker,
  death: Death | null,
  die: () => never,
): { tracker: Tracker; changes(): number } {
  let calls = 0;
  let isDead = false;
  const end = (): never => {
    isDead = true;
    return die();
  };
  const watch = (port: object): object =>
    new Proxy(port, {
      get(target, name) {
        const real: unknown = Reflect.get(target, name);
        if (typeof real !== 'function') return real;
        return (...args: unknown[]) => {
          if (isDead) return end();
          if (READS.has(String(name))) return real.apply(target, args);
          calls += 1;
          const isIt = calls === death?.call;
          if (isIt && death?.how === 'before') return end();
          const result: unknown = real.apply(target, args);
          return isIt && result instanceof Promise ? result.then(end) : result;
        };
      },
    });
  const watched = Object.fromEntries(PORTS.map(name => [name, watch(tracker[name as keyof Tracker] as object)]));
  return { tracker: { ...tracker, ...watched } as Tracker, changes: () => calls };
}
