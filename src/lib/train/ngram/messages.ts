import type { NgramFit } from '../../learn/ngram/fit.ts';
import type { PackedRows } from '../../learn/ngram/packed-rows.ts';
import type { FitJob } from './fit-job.ts';
import type { TextChunk } from './text-chunk.ts';

/** The thread is started with the hashing options; its first message is the port for what follows. */
export type NgramRequest =
  | { readonly type: 'hash'; readonly id: number; readonly chunk: TextChunk }
  | { readonly type: 'fit'; readonly job: FitJob };

export type NgramReply =
  | { readonly type: 'hashed'; readonly id: number; readonly packed: PackedRows }
  | { readonly type: 'progress'; readonly done: number; readonly total: number; readonly loss: number }
  | { readonly type: 'fitted'; readonly fit: NgramFit }
  /** `code` as errors of the system have it: it does not come along with the error. */
  | { readonly type: 'failed'; readonly error: unknown; readonly code: string | null };
