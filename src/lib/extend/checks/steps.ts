import { describeCause } from '../failure.ts';

/** One thing that was tried with an extension. */
export interface CheckStep {
  title: string;
  status: 'ok' | 'fail';
  /** What came of it, or why it failed. */
  detail: string;
}

/** Runs one step and notes what came of it. Throws what the work throws, after noting it. */
export type Step = (title: string, work: () => unknown) => Promise<void>;

export function createStep(notes: CheckStep[]): Step {
  return async (title, work) => {
    try {
      const detail = await work();
      notes.push({ title, status: 'ok', detail: typeof detail === 'string' ? detail : '' });
    } catch (error) {
      notes.push({ title, status: 'fail', detail: describeCause(error) });
      throw error;
    }
  };
}

export function must(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}
