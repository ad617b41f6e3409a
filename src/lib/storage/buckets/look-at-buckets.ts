import { SentopsError } from '../../core/errors.ts';
import type { LifecycleRule, Storage } from '../types.ts';
import { type BucketsProject, type RoleBucket, roleBuckets } from './role-buckets.ts';

/** How a bucket stands. */
export interface BucketLook {
  readonly uri: string;
  readonly roles: readonly string[];
  readonly state: 'there' | 'missing' | 'denied' | 'failed';
  readonly location: string | null;
  readonly storageClass: string | null;
  /** ISO 8601. */
  readonly created: string | null;
  readonly lifecycle: readonly LifecycleRule[];
  /** Why it cannot be looked at. */
  readonly problem: string | null;
  readonly code: string | null;
}

export interface LookOptions {
  open(uri: string): Promise<Storage>;
  readonly signal: AbortSignal;
}

/** One bucket that cannot be looked at does not hide the others; where none answers, there is nothing to show. */
export async function lookAtBuckets(
  project: BucketsProject,
  cwd: string,
  options: LookOptions,
): Promise<readonly BucketLook[]> {
  const failures: SentopsError[] = [];
  const looks = await Promise.all(roleBuckets(project, cwd).map(bucket => lookAt(bucket, options, failures)));
  const [first] = failures;
  if (first !== undefined && failures.length === looks.length) throw first;
  return looks;
}

async function lookAt(
  { uri, roles }: RoleBucket,
  { open, signal }: LookOptions,
  failures: SentopsError[],
): Promise<BucketLook> {
  const nothing = { uri, roles, location: null, storageClass: null, created: null, lifecycle: [] };
  try {
    const found = (await (await bucketsAt(uri, open)).describe(uri, { signal })) ?? null;
    if (found === null) return { ...nothing, state: 'missing', problem: null, code: null };
    return { ...found, uri, roles, state: 'there', problem: null, code: null };
  } catch (error) {
    signal.throwIfAborted();
    // Without credentials nothing can be said of any of them.
    if (!(error instanceof SentopsError) || error.code === 'AUTH_FAILED') throw error;
    if (error.code !== 'PERMISSION_DENIED') failures.push(error);
    const state = error.code === 'PERMISSION_DENIED' ? 'denied' : 'failed';
    return { ...nothing, state, problem: error.message, code: error.code };
  }
}

export async function bucketsAt(uri: string, open: LookOptions['open']) {
  const { buckets } = await open(uri);
  if (buckets !== undefined) return buckets;
  throw new SentopsError('EXTENSION_UNKNOWN', `the storage of ${uri} cannot make or list buckets`, {
    hint: 'make it with the tool of that store',
  });
}
