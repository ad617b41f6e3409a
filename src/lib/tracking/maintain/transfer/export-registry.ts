import { allPages } from '../../all-pages.ts';
import type { ModelVersion } from '../../entities.ts';
import type { Tracker } from '../../types.ts';
import type { RecordOf } from './records.ts';

/** What of a store is exported. */
export interface Scope {
  readonly runs: Set<string>;
  readonly loggedModels: Set<string>;
  readonly isWhole: boolean;
}

/** Registered models, each before its versions; of chosen experiments only the versions that came from them. */
export async function readExports(
  tracker: Tracker,
  scope: Scope,
): Promise<(RecordOf<'model'> | RecordOf<'version'>)[]> {
  const paging = (pageToken: string | undefined) => ({
    limit: 1000,
    ...(pageToken === undefined ? {} : { pageToken }),
  });
  const models = await allPages(token => tracker.models.search(paging(token)));
  const all = await allPages(token =>
    tracker.models.searchVersions({ ...paging(token), orderBy: ['name ASC', 'version_number ASC'] }),
  );
  const versions = Map.groupBy(
    all.filter(version => scope.isWhole || isOf(version, scope)),
    ({ name }) => name,
  );
  return models.flatMap(({ latest: _, ...model }) => {
    const own = versions.get(model.name) ?? [];
    if (own.length === 0 && !scope.isWhole) return [];
    return [
      { type: 'model', ...model } as const,
      ...own.map(version => ({ type: 'version', ...version, aliases: aliasesOf(model.aliases, version) }) as const),
    ];
  });
}

function isOf({ runId, source }: ModelVersion, { runs, loggedModels }: Scope): boolean {
  if (runId !== null && runs.has(runId)) return true;
  return loggedModels.has(/^models:\/+(m-[0-9a-f]+)/.exec(source)?.[1] ?? '');
}

function aliasesOf(aliases: Readonly<Record<string, number>>, { version }: ModelVersion): string[] {
  return Object.entries(aliases).flatMap(([alias, target]) => (target === version ? [alias] : []));
}
