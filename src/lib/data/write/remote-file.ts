import { pipeline, Readable } from 'node:stream';
import zlib from 'node:zlib';
import type { OutputFile } from '../../core/output-file.ts';
import type { Storage } from '../../storage/types.ts';
import type { TableKind } from './table-kind.ts';

export interface RemoteRequest {
  readonly uri: string;
  readonly storage: Storage;
  readonly compression: TableKind['compression'];
  /** Replace what is there. */
  readonly force: boolean;
  readonly signal: AbortSignal;
}

/** An object of a store that is written as the bytes come: whole, or not at all. */
export function createRemoteFile({ uri, storage, compression, force, signal }: RemoteRequest): OutputFile {
  const pipe = new Handover();
  const body = compression === 'none' ? pipe.read() : pack(pipe.read(), compression);
  const stop = new AbortController();
  const options = { signal: AbortSignal.any([signal, stop.signal]), ...(force ? {} : { ifGeneration: null }) };
  const stored = storage.write(uri, body, options);
  // A store that gives up must not leave the writer waiting for it to take more.
  stored.catch(error => pipe.fail(error));
  return {
    write: chunk => pipe.write(chunk),
    async finish() {
      pipe.end();
      await stored;
    },
    async discard() {
      const reason = new Error('given up');
      pipe.fail(reason);
      stop.abort(reason);
      await stored.catch(() => {});
    },
  };
}

/** Passes chunks from one who writes to one who reads, one at a time. */
class Handover {
  private chunk: Uint8Array | null = null;
  private isEnded = false;
  private failure: { readonly error: unknown } | null = null;
  private wake = Promise.withResolvers<void>();
  private taken = Promise.withResolvers<void>();

  async write(chunk: Uint8Array): Promise<void> {
    if (this.failure) throw this.failure.error;
    // The memory of the chunk is the writer's again once this has ended.
    this.chunk = Uint8Array.prototype.slice.call(chunk);
    this.taken = Promise.withResolvers();
    this.wake.resolve();
    await this.taken.promise;
    if (this.failure) throw (this.failure as { readonly error: unknown }).error;
  }

  end(): void {
    this.isEnded = true;
    this.wake.resolve();
  }

  fail(error: unknown): void {
    this.failure ??= { error };
    this.wake.resolve();
    this.taken.resolve();
  }

  async *read(): AsyncGenerator<Uint8Array> {
    for (;;) {
      await this.wake.promise;
      if (this.failure) throw this.failure.error;
      this.wake = Promise.withResolvers();
      const { chunk } = this;
      this.chunk = null;
      this.taken.resolve();
      if (chunk !== null) yield chunk;
      if (this.isEnded && this.chunk === null) return;
    }
  }
}

async function* pack(chunks: AsyncIterable<Uint8Array>, compression: 'gzip' | 'zstd'): AsyncGenerator<Uint8Array> {
  const packer = compression === 'gzip' ? zlib.createGzip({ level: 6 }) : zlib.createZstdCompress();
  // Errors come out of the loop below as well.
  pipeline(Readable.from(chunks, { objectMode: true, highWaterMark: 1 }), packer, () => {});
  for await (const piece of packer) yield piece as Uint8Array;
}
