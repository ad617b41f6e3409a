import type { Project } from '../../config/types.ts';
import { type ErrorCode, SentopsError } from '../../core/errors.ts';
import type { World } from '../../extend/world.ts';
import { openStorages, type StorageProject } from '../open-storage.ts';
import type { Bucket, Buckets, LifecycleRule, Storage } from '../types.ts';
import { bucketsAt } from './look-at-buckets.ts';
import { type BucketsProject, type RoleBucket, roleBuckets } from './role-buckets.ts';

export interface EnsureBucketsRequest extends World {
  readonly project: StorageProject & BucketsProject & Pick<Project, 'config'>;
  readonly dryRun: boolean;
}

export interface EnsuredBucket {
  readonly uri: string;
  readonly roles: readonly string[];
  /** What was done, or with --dry-run would be. */
  readonly action: 'created' | 'updated' | 'kept' | 'failed';
  readonly location: string | null;
  readonly lifecycle: readonly LifecycleRule[];
  /** Worth knowing, and no reason to stop. */
  readonly notes: readonly string[];
  readonly problem: { readonly code: ErrorCode; readonly message: string; readonly hint: string } | null;
}

export interface EnsuredBuckets {
  readonly buckets: readonly EnsuredBucket[];
  readonly created: number;
  readonly updated: number;
  readonly failed: number;
  readonly dryRun: boolean;
}

/** Makes the buckets of the project that are not there; running it again changes nothing. */
export async function ensureBuckets(request: EnsureBucketsRequest): Promise<EnsuredBuckets> {
  const { project, dryRun, cwd } = request;
  const storages = openStorages(project, request);
  const call: Call = { ...request, open: uri => storages.at(uri), ours: namesOf(request, uri => storages.at(uri)) };
  const buckets = await Promise.all(roleBuckets(project, cwd).map(bucket => ensure(bucket, call)));
  const count = (action: EnsuredBucket['action']) => buckets.filter(bucket => bucket.action === action).length;
  return { buckets, created: count('created'), updated: count('updated'), failed: count('failed'), dryRun };
}

interface Call extends EnsureBucketsRequest {
  open(uri: string): Promise<Storage>;
  /** The buckets of the cloud project; null where we may not list them. */
  ours(): Promise<ReadonlySet<string> | null>;
}

async function ensure(bucket: RoleBucket, call: Call): Promise<EnsuredBucket> {
  const { uri, roles } = bucket;
  try {
    const buckets = await bucketsAt(uri, call.open);
    const found = await describe(buckets, uri, call);
    if (found === 'hidden') return { ...unknown(bucket), action: 'kept', notes: [HIDDEN] };
    return found === null ? await create(bucket, buckets, call) : await update(bucket, found, buckets, call);
  } catch (error) {
    call.signal.throwIfAborted();
    if (!(error instanceof SentopsError) || error.code === 'AUTH_FAILED' || error.code === 'CONFIG_INVALID')
      throw error;
    const { code, message, hint } = error;
    return { uri, roles, action: 'failed', location: null, lifecycle: [], notes: [], problem: { code, message, hint } };
  }
}

const HIDDEN = 'it can be used, but its settings cannot be seen: that needs storage.buckets.get';

/** Who may only use the objects of a bucket is not told its settings; neither is who may do nothing at all. */
async function describe(buckets: Buckets, uri: string, { signal, open }: Call): Promise<Bucket | null | 'hidden'> {
  try {
    return await buckets.describe(uri, { signal });
  } catch (error) {
    if (!(error instanceof SentopsError) || error.code !== 'PERMISSION_DENIED') throw error;
    const storage = await open(uri);
    try {
      for await (const _ of storage.list(`${uri}/`, { recursive: false, signal })) break;
      return 'hidden';
    } catch {
      throw new SentopsError('PERMISSION_DENIED', `${error.message}; the name is taken`, {
        hint: `if it is yours, ${error.hint}. If it is somebody else's, choose another prefix: --var bucket=NAME`,
        details: error.details,
        cause: error,
      });
    }
  }
}

async function create(bucket: RoleBucket, buckets: Buckets, call: Call): Promise<EnsuredBucket> {
  const { uri, roles, lifecycle, scheme } = bucket;
  const { project, signal, dryRun } = call;
  const isCloud = scheme !== 'file';
  const location = isCloud ? project.config.storage.location.toUpperCase() : null;
  if (dryRun) return { ...unknown(bucket), action: 'created', location };
  try {
    const made = await buckets.create(uri, {
      signal,
      ...(isCloud ? { location: project.config.storage.location, lifecycle, labels: labelsOf(project) } : {}),
    });
    return { uri, roles, action: 'created', location: made.location, lifecycle, notes: [], problem: null };
  } catch (error) {
    // Somebody of ours was faster.
    const isOurs = error instanceof SentopsError && error.code === 'CONFLICT' && error.details['owner'] !== 'other';
    const found = isOurs ? await buckets.describe(uri, { signal }) : null;
    if (found === null) throw error;
    return await update(bucket, found, buckets, call);
  }
}

async function update(bucket: RoleBucket, found: Bucket, buckets: Buckets, call: Call): Promise<EnsuredBucket> {
  const { uri, roles, lifecycle, scheme } = bucket;
  const { project, signal, dryRun, ours } = call;
  const notes: string[] = [];
  if (scheme !== 'file') {
    const wanted = project.config.storage.location.toUpperCase();
    if (found.location !== null && wanted !== '' && found.location.toUpperCase() !== wanted)
      notes.push(`it is in ${found.location}, storage.location says ${wanted}; a bucket does not move`);
    const names = await ours();
    if (names !== null && !names.has(uri)) notes.push('it belongs to another project, and is used as it is');
  }
  const missing = lifecycle.filter(rule => !found.lifecycle.some(other => isSame(rule, other)));
  const kept = { uri, roles, location: found.location, notes, problem: null };
  if (missing.length === 0) return { ...kept, action: 'kept', lifecycle: found.lifecycle };
  // Rules of other prefixes are somebody's, and stay.
  const others = found.lifecycle.filter(({ prefix }) => !missing.some(rule => rule.prefix === prefix));
  const rules = [...others, ...missing];
  if (!dryRun) await buckets.setLifecycle(uri, rules, { signal });
  return { ...kept, action: 'updated', lifecycle: rules };
}

function isSame(a: LifecycleRule, b: LifecycleRule): boolean {
  return a.prefix === b.prefix && a.days === b.days;
}

function unknown({ uri, roles, lifecycle }: RoleBucket) {
  return { uri, roles, location: null, lifecycle, notes: [], problem: null };
}

/** Asked for once, and only where a bucket is there already. */
function namesOf({ signal }: EnsureBucketsRequest, open: Call['open']): Call['ours'] {
  let names: Promise<ReadonlySet<string> | null> | undefined;
  const list = async () => {
    const { buckets } = await open('gs://');
    if (buckets === undefined) return null;
    const found = new Set<string>();
    for await (const { uri } of buckets.list({ signal })) found.add(uri);
    return found;
  };
  return () => {
    names ??= list().catch(() => null);
    return names;
  };
}

/** What Cloud Storage takes as the value of a label: small letters, digits, hyphens and underscores. */
function labelsOf({ config }: EnsureBucketsRequest['project']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(config.project.labels).map(([key, value]) => [
      key,
      String(value)
        .toLowerCase()
        .replace(/[^a-z0-9_-]/g, '-')
        .slice(0, 63),
    ]),
  );
}
