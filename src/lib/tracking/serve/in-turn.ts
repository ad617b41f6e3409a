/** Runs the work of one key one after the other. */
export type InTurn = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** Keys are forgotten when nothing of theirs is left to do. */
export function createInTurn(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const before = last.get(key);
    const mine = before === undefined ? work() : before.then(work, work);
    last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (last.get(key) === mine) last.delete(key);
    }
  };
}
