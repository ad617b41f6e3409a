import type { Trainer } from '../../learn/types.ts';

const TRAINERS: Readonly<Record<string, () => Promise<{ default: () => Trainer }>>> = {
  logisticregression: () => import('../../learn/trainers/logisticregression.ts'),
  linearsvc: () => import('../../learn/trainers/linearsvc.ts'),
  naivebayes: () => import('../../learn/trainers/naivebayes.ts'),
  randomforest: () => import('../../learn/trainers/randomforest.ts'),
};

/** Whether a fit by this name runs in a thread: it is one of ours, which threads can load. */
export function isOwnTrainer(name: string): boolean {
  return Object.hasOwn(TRAINERS, name);
}

export async function loadOwnTrainer(name: string): Promise<Trainer> {
  const load = isOwnTrainer(name) ? TRAINERS[name] : undefined;
  if (!load) throw new RangeError(`there is no trainer ${name}; there are ${Object.keys(TRAINERS).join(', ')}`);
  const { default: create } = await load();
  return create();
}
