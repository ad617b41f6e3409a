import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { SentopsError } from '../../core/errors.ts';
import { isUri } from '../../core/is-uri.ts';
import { createOutputFile, type OutputFile } from '../../core/output-file.ts';
import type { Storages } from '../../storage/open-storage.ts';
import type { TableKind } from './table-kind.ts';

export interface OutputRequest {
  /** A path, a URI, or `-` for the stream. */
  readonly location: string;
  readonly compression: TableKind['compression'];
  /** What is read, which must not be overwritten. */
  readonly input: string;
  readonly force: boolean;
  readonly cwd: string;
  readonly signal: AbortSignal;
  storages(): Promise<Storages>;
  stream(bytes: Uint8Array): Promise<void>;
}

/** The location with a path made absolute. */
function placeOf(location: string, cwd: string): string {
  if (location === '-') return location;
  if (/^file:/i.test(location)) return fileURLToPath(location);
  return isUri(location) ? location : path.resolve(cwd, location);
}

/** Says no before anything is read: the place is taken, or is that of the input. */
export async function checkOutput(request: OutputRequest): Promise<void> {
  const { location, input, cwd, force, signal } = request;
  const place = placeOf(location, cwd);
  if (place === '-') return;
  if (isSame(place, placeOf(input, cwd)))
    throw new SentopsError('CONFLICT', `${location} is the input: it would be lost`, { hint: 'write to another file' });
  if (force) return;
  const isTaken = isUri(place)
    ? (await (await request.storages()).at(place).then(storage => storage.stat(place, { signal }))) !== null
    : fs.statSync(place, { throwIfNoEntry: false })?.isFile() === true;
  if (isTaken)
    throw new SentopsError('CONFLICT', `${location} is there already`, {
      hint: 'give another name, or --force to replace it',
    });
}

export async function openOutput(request: OutputRequest): Promise<OutputFile> {
  const { location, compression, cwd, force, signal, stream } = request;
  const place = placeOf(location, cwd);
  if (place === '-') return { write: stream, finish: async () => {}, discard: async () => {} };
  if (!isUri(place)) return createOutputFile(place, compression);
  const storage = await (await request.storages()).at(place);
  const { createRemoteFile } = await import('./remote-file.ts');
  return createRemoteFile({ uri: place, storage, compression, force, signal });
}

function isSame(one: string, other: string): boolean {
  if (one === other) return true;
  if (isUri(one) || isUri(other)) return false;
  const [a, b] = [one, other].map(file => fs.statSync(file, { throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.isFile() && a.ino === b.ino && a.dev === b.dev;
}
