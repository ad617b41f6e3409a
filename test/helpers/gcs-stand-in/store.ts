import { ApiError } from './api-error.ts';
import type { Blob } from './blob.ts';

export type Fields = Record<string, unknown>;

export interface HeldObject {
  readonly bucket: string;
  readonly name: string;
  readonly generation: string;
  metageneration: number;
  readonly blob: Blob;
  readonly created: string;
  updated: string;
  /** What the client may choose: contentType, contentEncoding, metadata, … */
  fields: Fields;
  readonly componentCount?: number;
}

export interface HeldBucket {
  readonly name: string;
  readonly project: string;
  readonly created: string;
  metageneration: number;
  fields: Fields;
  readonly objects: Map<string, HeldObject>;
}

export interface Preconditions {
  readonly ifGenerationMatch?: string | undefined;
  readonly ifGenerationNotMatch?: string | undefined;
  readonly ifMetagenerationMatch?: string | undefined;
  readonly ifMetagenerationNotMatch?: string | undefined;
}

/** Buckets and their objects, with the rules of generations. */
export class Store {
  readonly buckets = new Map<string, HeldBucket>();
  /** Names that belong to somebody else. */
  readonly foreign = new Set<string>();
  #lastGeneration = 0;

  bucket(name: string): HeldBucket {
    if (this.foreign.has(name)) {
      const message = `tester@example.com does not have storage.buckets.get access to the Google Cloud Storage bucket. Permission 'storage.buckets.get' denied on resource (or it may not exist).`;
      throw new ApiError(403, 'forbidden', message);
    }
    const bucket = this.buckets.get(name);
    if (bucket === undefined) throw new ApiError(404, 'notFound', 'The specified bucket does not exist.');
    return bucket;
  }

  object(bucket: string, name: string, generation?: string): HeldObject {
    const object = this.bucket(bucket).objects.get(name);
    if (object === undefined || (generation !== undefined && generation !== object.generation)) {
      throw new ApiError(404, 'notFound', `No such object: ${bucket}/${name}`);
    }
    return object;
  }

  createBucket(name: string, project: string, fields: Fields): HeldBucket {
    if (!/^[a-z0-9](?:[a-z0-9._-]{1,220})[a-z0-9]$/.test(name) || (!name.includes('.') && name.length > 63)) {
      throw new ApiError(400, 'invalid', `Invalid bucket name: '${name}'`);
    }
    if (this.foreign.has(name)) {
      const message =
        'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.';
      throw new ApiError(409, 'conflict', message);
    }
    if (this.buckets.has(name)) {
      const message = 'Your previous request to create the named bucket succeeded and you already own it.';
      throw new ApiError(409, 'conflict', message);
    }
    const created = new Date().toISOString();
    const bucket = { name, project, created, metageneration: 1, fields, objects: new Map<string, HeldObject>() };
    this.buckets.set(name, bucket);
    return bucket;
  }

  put(
    bucket: string,
    name: string,
    blob: Blob,
    fields: Fields,
    how: { readonly conditions?: Preconditions; readonly componentCount?: number } = {},
  ): HeldObject {
    const { objects } = this.bucket(bucket);
    checkName(name);
    const old = objects.get(name);
    checkPreconditions(old, how.conditions ?? {});
    const now = new Date().toISOString();
    const { componentCount } = how;
    const object: HeldObject = {
      bucket,
      name,
      generation: this.#nextGeneration(),
      metageneration: 1,
      blob,
      created: now,
      updated: now,
      fields,
      ...(componentCount === undefined ? {} : { componentCount }),
    };
    objects.set(name, object);
    old?.blob.remove();
    return object;
  }

  delete(bucket: string, name: string, generation: string | undefined, conditions: Preconditions): void {
    const object = this.object(bucket, name, generation);
    checkPreconditions(object, conditions);
    this.bucket(bucket).objects.delete(name);
    object.blob.remove();
  }

  /** Microseconds, as Cloud Storage has them, and never the same twice. */
  #nextGeneration(): string {
    this.#lastGeneration = Math.max(this.#lastGeneration + 1, Date.now() * 1000);
    return String(this.#lastGeneration);
  }
}

/** Throws 412 where the object is not as the request wants it; 0 stands for no object. */
export function checkPreconditions(object: HeldObject | undefined, conditions: Preconditions): void {
  const generation = object?.generation ?? '0';
  const metageneration = String(object?.metageneration ?? 0);
  const unless = (value: string | undefined, actual: string, wanted: boolean) => {
    if (value === undefined || (value === actual) === wanted) return;
    throw new ApiError(412, 'conditionNotMet', 'At least one of the pre-conditions you specified did not hold.');
  };
  unless(conditions.ifGenerationMatch, generation, true);
  unless(conditions.ifGenerationNotMatch, generation, false);
  unless(conditions.ifMetagenerationMatch, metageneration, true);
  unless(conditions.ifMetagenerationNotMatch, metageneration, false);
}

function checkName(name: string): void {
  const bytes = Buffer.byteLength(name);
  if (bytes === 0) throw new ApiError(400, 'required', 'Required');
  if (bytes > 1024 || /[\r\n]/.test(name) || name === '.' || name === '..') {
    throw new ApiError(400, 'invalid', `Invalid object name: '${name.slice(0, 80)}'`);
  }
}
