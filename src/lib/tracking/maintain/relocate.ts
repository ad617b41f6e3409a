import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { SentopsError } from '../../core/errors.ts';
import type { World } from '../../extend/world.ts';
import { schemeOf } from '../artifacts/local-folder.ts';
import { findBeside, type Move, recordedRoots } from '../embedded/misplaced-artifacts.ts';
import type { Store } from '../embedded/store.ts';
import type { TrackingProject } from '../open-tracker.ts';
import { moveLocation } from './move-location.ts';
import { withProjectStore } from './open-project-store.ts';

export interface RelocateRequest extends World {
  readonly project: TrackingProject;
  /** Where artifacts were said to be: a URI or a folder. */
  readonly from?: string;
  /** Where they are: a URI or a folder. Both found out where absent. */
  readonly to?: string;
  readonly dryRun: boolean;
}

export interface Relocation {
  readonly file: string;
  readonly moves: readonly Move[];
  readonly changes: readonly LocationChange[];
  /** Rows changed, or that would be. */
  readonly rows: number;
  readonly written: boolean;
}

interface LocationChange {
  readonly table: string;
  readonly column: string;
  readonly rows: number;
  readonly example: Move;
}

/** Everything that says where files are, with a condition where a column holds other things too. */
const LOCATIONS: readonly (readonly [table: string, column: string, where?: string])[] = [
  ['experiments', 'artifact_location'],
  ['runs', 'artifact_uri'],
  ['logged_models', 'artifact_location'],
  ['model_versions', 'source'],
  ['model_versions', 'storage_location'],
  ['trace_tags', 'value', '"key" = \'mlflow.artifactLocation\''],
];

/** Rewrites where the artifacts of a store are said to be, after its folder was moved or copied. All or nothing. */
export async function relocate({ project, from, to, dryRun, ...world }: RelocateRequest): Promise<Relocation> {
  if (from !== undefined && to === undefined)
    throw new SentopsError('USAGE', '--from needs --to', { hint: 'say where the artifacts are now: --to DIR' });
  return withProjectStore(project, world, dryRun ? 'read' : 'write', async store => {
    const work = () => {
      const moves = findMoves(store, locate(from, world.cwd), locate(to, world.cwd));
      const changes = rewrite(store, moves, dryRun);
      return { file: store.file, moves, changes, rows: changes.reduce((sum, { rows }) => sum + rows, 0) };
    };
    const result = await (dryRun ? store.read(work) : store.write(work));
    return { ...result, written: !dryRun };
  });
}

function locate(place: string | undefined, cwd: string): string | undefined {
  return place === undefined || schemeOf(place) !== null ? place : pathToFileURL(path.resolve(cwd, place)).href;
}

function findMoves(store: Store, from: string | undefined, to: string | undefined): Move[] {
  if (from !== undefined && to !== undefined) return [{ from, to }];
  const roots = recordedRoots(store);
  if (to !== undefined) {
    const [only, other] = roots.filter(root => root !== to);
    if (only === undefined) return [];
    if (other === undefined) return [{ from: only, to }];
    throw new SentopsError('USAGE', `artifacts of ${store.file} are in several places: ${roots.join(', ')}`, {
      hint: `say which of them moved: --from ${only} --to ${to}`,
      details: { roots },
    });
  }
  return roots.flatMap(root => findBeside(store.file, root));
}

function rewrite(store: Store, moves: readonly Move[], dryRun: boolean): LocationChange[] {
  const changes: LocationChange[] = [];
  for (const [table, column, where] of LOCATIONS) {
    if (store.get('SELECT 1 FROM pragma_table_info(?) WHERE name = ?', table, column) === undefined) continue;
    const condition = `${column} IS NOT NULL${where === undefined ? '' : ` AND ${where}`}`;
    const rows = store.all<{ id: number; location: string }>(
      `SELECT rowid AS id, ${column} AS location FROM ${table} WHERE ${condition}`,
    );
    const moved = rows.flatMap(({ id, location }) => {
      const to = firstMove(location, moves);
      return to === null ? [] : [{ id, from: location, to }];
    });
    if (!dryRun) for (const { id, to } of moved) store.run(`UPDATE ${table} SET ${column} = ? WHERE rowid = ?`, to, id);
    const [example] = moved;
    if (example !== undefined)
      changes.push({ table, column, rows: moved.length, example: { from: example.from, to: example.to } });
  }
  return changes;
}

function firstMove(location: string, moves: readonly Move[]): string | null {
  for (const { from, to } of moves) {
    const moved = moveLocation(location, from, to);
    if (moved !== null) return moved;
  }
  return null;
}
