import { SentopsError } from '../core/errors.ts';
import { searchText } from '../runs/search-terms.ts';
import { allPages } from '../tracking/all-pages.ts';
import type { ModelVersion } from '../tracking/entities.ts';
import type { Tracker } from '../tracking/types.ts';

/** So many versions are asked for at once. */
const PAGE = 1000;

/** Every version of a registered model, newest first, with its aliases; nothing where there is no such model. */
export async function listVersions(tracker: Tracker, name: string): Promise<ModelVersion[]> {
  const quoted = searchText(name);
  if (quoted === null)
    throw new SentopsError('FLAG_INVALID', `MLflow cannot search for the name ${name}: it holds both kinds of quotes`, {
      hint: 'give the model another name',
    });
  const filter = `name = ${quoted}`;
  const all = await allPages(pageToken =>
    tracker.models.searchVersions({ filter, limit: PAGE, ...(pageToken === undefined ? {} : { pageToken }) }),
  );
  return all.sort((a, b) => b.version - a.version);
}
