import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isAlive } from '../../core/is-alive.ts';
import { listAbandoned } from '../../core/temporary.ts';
import type { World } from '../../extend/world.ts';
import { findMisplaced } from '../embedded/misplaced-artifacts.ts';
import type { Store } from '../embedded/store.ts';
import type { TrackingProject } from '../open-tracker.ts';
import { failModels, findDeadRuns, findPendingModels, killRuns, type StillAlive } from './dead-writers.ts';
import { findStaleMetrics, refreshLatestMetrics } from './latest-metrics.ts';
import { findMissingFolders, findMissingSources } from './missing-files.ts';
import { withProjectStore } from './open-project-store.ts';

export interface StoreCheckRequest extends World {
  readonly project: TrackingProject;
  /** Mend what can be mended; nothing is changed otherwise. */
  readonly fix: boolean;
  readonly now?: number;
  /** The name of this machine and which of its processes run. */
  readonly host?: string;
  readonly alive?: StillAlive;
}

type CheckName =
  | 'integrity'
  | 'references'
  | 'latest-metrics'
  | 'dead-runs'
  | 'pending-models'
  | 'locations'
  | 'model-sources'
  | 'artifact-folders'
  | 'temporary-files';

interface Finding {
  readonly check: CheckName;
  /** The run, model or file that it is about. */
  readonly subject: string;
  readonly problem: string;
  /** What --fix does; null where a person has to decide. */
  readonly fix: string | null;
  readonly fixed: boolean;
}

export interface StoreCheck {
  readonly file: string;
  /** The schema revision of MLflow that the database has. */
  readonly revision: string;
  /** Those that were done: in a damaged database only the first. */
  readonly checks: readonly { readonly name: CheckName; readonly findings: number }[];
  readonly findings: readonly Finding[];
  /** Nothing was found, or everything found was mended. */
  readonly ok: boolean;
  /** The database itself is damaged. */
  readonly damaged: boolean;
}

/** Problems that one step mends, or nobody but a person. */
interface Batch {
  readonly check: CheckName;
  readonly problems: readonly { readonly subject: string; readonly problem: string }[];
  readonly fix: string | null;
  readonly mend?: () => void | Promise<void>;
}

/** Looks whether a store holds together. With `fix` what is safe to mend is mended, each kind in one transaction. */
export async function checkStore({ project, fix, ...rest }: StoreCheckRequest): Promise<StoreCheck> {
  const { now = Date.now(), host = os.hostname(), alive = isAlive, ...world } = rest;
  return withProjectStore(project, world, fix ? 'write' : 'read', async store => {
    const findings: Finding[] = [];
    const batches = [
      () => store.read(() => checkIntegrity(store)),
      () => store.read(() => checkReferences(store)),
      () => store.read(() => checkLatest(store)),
      () => store.read(() => checkRuns(store, { host, alive, now })),
      () => store.read(() => checkModels(store, now)),
      () => store.read(() => manual('locations', checkLocations(store))),
      () => store.read(() => manual('model-sources', findMissingSources(store))),
      () => store.read(() => manual('artifact-folders', findMissingFolders(store))),
      async () => checkTemporary(store.file),
    ];
    const done: CheckName[] = [];
    for (const find of batches) {
      world.signal?.throwIfAborted();
      const batch = await find();
      done.push(batch.check);
      const mends = fix && batch.mend !== undefined && batch.problems.length > 0;
      if (mends) await batch.mend?.();
      for (const problem of batch.problems)
        findings.push({ check: batch.check, ...problem, fix: batch.fix, fixed: mends });
      // A damaged page makes every other answer worthless.
      if (batch.check === 'integrity' && batch.problems.length > 0) break;
    }
    return {
      file: store.file,
      revision: store.get<{ revision: string }>('SELECT version_num AS revision FROM alembic_version')?.revision ?? '',
      checks: done.map(name => ({ name, findings: findings.filter(({ check }) => check === name).length })),
      findings,
      ok: findings.every(({ fixed }) => fixed),
      damaged: findings.some(({ check }) => check === 'integrity'),
    };
  });
}

function manual(check: CheckName, problems: Batch['problems']): Batch {
  return { check, problems, fix: null };
}

function checkIntegrity(store: Store): Batch {
  const rows = store.all<{ integrity_check: string }>('PRAGMA integrity_check(20)');
  const problems = rows.flatMap(({ integrity_check: problem }) =>
    problem === 'ok' ? [] : [{ subject: store.file, problem }],
  );
  return manual('integrity', problems);
}

function checkReferences(store: Store): Batch {
  const rows = store.all<{ table: string; rowid: number | null; parent: string }>('PRAGMA foreign_key_check');
  const problems = rows.map(({ table, rowid, parent }) => ({
    subject: rowid === null ? table : `${table} row ${rowid}`,
    problem: `refers to something that is not in ${parent}`,
  }));
  return manual('references', problems);
}

function checkLatest(store: Store): Batch {
  const stale = findStaleMetrics(store);
  return {
    check: 'latest-metrics',
    problems: stale.map(({ runId, key }) => ({
      subject: `run ${runId}`,
      problem: `the value shown for metric ${JSON.stringify(key)} is not the last of its history`,
    })),
    fix: 'write the values shown anew from the history, and one without a history into it',
    mend: () => store.write(() => refreshLatestMetrics(store, findStaleMetrics(store))),
  };
}

interface Machine {
  readonly host: string;
  readonly alive: StillAlive;
  readonly now: number;
}

function checkRuns(store: Store, { host, alive, now }: Machine): Batch {
  const dead = findDeadRuns(store, host, alive);
  return {
    check: 'dead-runs',
    problems: dead.map(({ runId, name, pid }) => ({
      subject: `run ${runId}`,
      problem: `${name === '' ? 'it' : name} says RUNNING, and process ${pid} that wrote it is gone`,
    })),
    fix: 'mark it KILLED, ended when its last metric was logged',
    mend: () =>
      store.write(() =>
        killRuns(
          store,
          dead.map(({ runId }) => runId),
          now,
        ),
      ),
  };
}

function checkModels(store: Store, now: number): Batch {
  const pending = findPendingModels(store);
  return {
    check: 'pending-models',
    problems: pending.map(({ modelId, runId }) => ({
      subject: `logged model ${modelId}`,
      problem: `its files were never complete, and run ${runId} has ended`,
    })),
    fix: 'mark it as failed to upload',
    mend: () =>
      store.write(() =>
        failModels(
          store,
          pending.map(({ modelId }) => modelId),
          now,
        ),
      ),
  };
}

function checkLocations(store: Store): Batch['problems'] {
  return findMisplaced(store).map(({ from, to }) => ({
    subject: to,
    problem: `the store was moved or copied: it still keeps its files in ${from}; run sentops store relocate`,
  }));
}

function checkTemporary(file: string): Batch {
  const root = path.dirname(file);
  const left = [root, ...listFolders(path.join(root, 'artifacts'))].flatMap(folder =>
    listAbandoned(folder).map(name => path.join(folder, name)),
  );
  return {
    check: 'temporary-files',
    problems: left.map(subject => ({ subject, problem: 'was left by a process that is gone' })),
    fix: 'remove it',
    mend: () => {
      for (const place of left) fs.rmSync(place, { recursive: true, force: true });
    },
  };
}

/** The folder and all below it, links left out. */
function listFolders(folder: string): string[] {
  if (!fs.lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  const entries = fs.readdirSync(folder, { withFileTypes: true, recursive: true });
  return [folder, ...entries.flatMap(entry => (entry.isDirectory() ? [path.join(entry.parentPath, entry.name)] : []))];
}
