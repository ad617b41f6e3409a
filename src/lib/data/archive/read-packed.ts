import type { FileHandle } from 'node:fs/promises';
import { prepend, readHead, unpack } from '../read/stored-bytes.ts';
import { EntryPaths } from './entry-paths.ts';
import type { Budget } from './limits.ts';
import type { PackedFile } from './packed-file.ts';
import { isTar, readTar } from './read-tar.ts';

const CHUNK = 512 * 1024;
const HEAD = 512;

/**
 * The files of a tar archive, packed or not, or else the one file behind .gz or .zst, by the archive's name: the one
 * that may stand inside is not asked.
 */
export async function* readPacked(archive: string, handle: FileHandle, budget: Budget): AsyncGenerator<PackedFile> {
  const stored = handle.createReadStream({ start: 0, autoClose: false, highWaterMark: CHUNK });
  const { bytes } = await unpack(stored, archive);
  const head = await readHead(bytes, HEAD);
  const all = prepend(head, bytes);
  if (isTar(Buffer.concat(head))) {
    yield* readTar(archive, all, budget);
    return;
  }
  const stem = archive.replace(/\.(?:gz|gzip|zst|zstd)$/i, '');
  const path = new EntryPaths(archive).add(stem === archive ? `${archive}.unpacked` : stem, false);
  yield { path, chunks: all };
}
