import { SentopsError } from '../core/errors.ts';
import { suggest } from '../core/suggest.ts';
import { allPages } from './all-pages.ts';
import type { Experiment } from './entities.ts';
import type { Tracker } from './types.ts';

/** An experiment by name or, where no name fits, by id. Throws NOT_FOUND with the names that come near. */
export async function findExperiment(tracker: Tracker, nameOrId: string): Promise<Experiment> {
  const byName = await tracker.experiments.find(nameOrId);
  if (byName !== null) return byName;
  const byId = /^\d+$/.test(nameOrId) ? await tracker.experiments.get(nameOrId) : null;
  if (byId !== null) return byId;
  const all = await allPages(pageToken =>
    tracker.experiments.search({ limit: 1000, ...(pageToken === undefined ? {} : { pageToken }) }),
  );
  const names = all.map(({ name }) => name);
  const near = suggest(nameOrId, names);
  throw new SentopsError('NOT_FOUND', `there is no experiment ${JSON.stringify(nameOrId)} in ${tracker.uri}`, {
    hint: near === undefined ? 'list them with: sentops experiment list' : `did you mean ${near}?`,
    details: { experiment: nameOrId, experiments: names.slice(0, 100) },
  });
}

/** The experiment of a name, which is made where there is none and brought back where it was deleted. */
export async function ensureExperiment(tracker: Tracker, name: string): Promise<Experiment> {
  const found = (await tracker.experiments.find(name)) ?? (await createOrFind(tracker, name));
  if (found.lifecycle === 'deleted') await restoreOnce(tracker, found.experimentId);
  return { ...found, lifecycle: 'active' };
}

/** Another process that brings it back at the same time may have been quicker: then none that is deleted is there. */
async function restoreOnce(tracker: Tracker, experimentId: string): Promise<void> {
  try {
    await tracker.experiments.restore(experimentId);
  } catch (error) {
    if (!(error instanceof SentopsError) || error.code !== 'NOT_FOUND') throw error;
    if ((await tracker.experiments.get(experimentId))?.lifecycle !== 'active') throw error;
  }
}

/** Two processes may make it at once: one is told that the name is taken, and takes what the other one made. */
async function createOrFind(tracker: Tracker, name: string): Promise<Experiment> {
  let id: string | undefined;
  try {
    id = await tracker.experiments.create({ name });
  } catch (error) {
    if (!(error instanceof SentopsError) || error.code !== 'CONFLICT') throw error;
  }
  const made = id === undefined ? await tracker.experiments.find(name) : await tracker.experiments.get(id);
  if (made !== null) return made;
  throw new SentopsError('REMOTE_UNAVAILABLE', `experiment ${name} was made and is not there`, {
    hint: 'run the command again',
  });
}
