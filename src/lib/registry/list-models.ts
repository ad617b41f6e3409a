import type { World } from '../extend/world.ts';
import { type TrackingProject, withTracker } from '../tracking/open-tracker.ts';
import { type ModelRow, toModelRow } from './model-row.ts';

export interface ListModelsRequest extends World {
  readonly project: TrackingProject;
  /** In MLflow's language: `name LIKE 'twitter%' and tags.team = 'a'`. */
  readonly filter: string | undefined;
  /** By name where absent. */
  readonly orderBy: readonly string[] | undefined;
  readonly limit: number;
  readonly pageToken: string | undefined;
}

export interface ModelList {
  items: ModelRow[];
  nextPageToken: string | null;
}

/** MLflow answers with at most so many at once. */
const PAGE = 1000;

export function listModels(request: ListModelsRequest): Promise<ModelList> {
  const { project, filter, orderBy = ['name ASC'], limit, pageToken } = request;
  return withTracker(project, request, 'read', async tracker => {
    const items: ModelRow[] = [];
    let token = pageToken;
    do {
      const page = await tracker.models.search({
        limit: Math.min(PAGE, limit - items.length),
        orderBy,
        ...(filter === undefined ? {} : { filter }),
        ...(token === undefined ? {} : { pageToken: token }),
      });
      items.push(...page.items.map(toModelRow));
      token = page.nextPageToken ?? undefined;
    } while (token !== undefined && items.length < limit);
    return { items, nextPageToken: token ?? null };
  });
}
