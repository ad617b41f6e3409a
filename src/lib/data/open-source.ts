import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { SentopsError } from '../core/errors.ts';
import type { Storage } from '../storage/types.ts';
import type { ByteSource } from './rows.ts';
import { openLocal } from './source/local.ts';
import { openStored } from './source/stored.ts';

/** What a location is looked up in. */
export interface SourceWorld {
  readonly cwd: string;
  readonly stdin: AsyncIterable<Uint8Array | string>;
  /** Finds the store of a URI scheme other than file. */
  readonly storage?: (scheme: string) => Promise<Storage>;
  readonly signal?: AbortSignal;
}

/** Finds the bytes behind `-`, a path, a file:// URI or a URI of a store. */
export async function openSource(location: string, world: SourceWorld): Promise<ByteSource> {
  if (location === '-') return standardInput(world.stdin);
  if (location === '')
    throw new SentopsError('FLAG_INVALID', 'the location of the data is empty', {
      hint: 'give a path, a URI, or - for standard input',
    });
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(location)?.[1]?.toLowerCase();
  if (scheme === undefined) return openLocal(path.resolve(world.cwd, location), location);
  if (scheme === 'file') return openLocal(pathOf(location), location);
  if (world.storage) return openStored(location, await world.storage(scheme), world.signal);
  throw new SentopsError('FLAG_INVALID', `${location}: there is no store for ${scheme}:// here`, {
    hint: 'give a path, a file:// URI, or - for standard input',
  });
}

function standardInput(stdin: AsyncIterable<Uint8Array | string>): ByteSource {
  async function* open() {
    for await (const chunk of stdin) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  }
  return { name: 'standard input', bytes: null, repeatable: false, open };
}

function pathOf(uri: string): string {
  try {
    return fileURLToPath(uri);
  } catch (error) {
    throw new SentopsError('FLAG_INVALID', `${uri} is no valid file URI`, {
      hint: 'write file:/// and the absolute path',
      cause: error,
    });
  }
}
