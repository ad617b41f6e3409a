import type { Report } from '../../core/report.ts';
import type { SessionStore } from '../types.ts';

/** What all transfers of a command share. */
export interface TransferOptions {
  readonly signal: AbortSignal;
  readonly sessions: SessionStore;
  /** Fails with CONFLICT unless what is there has this generation; null: unless nothing is there. */
  readonly ifGeneration?: string | null;
  readonly contentType?: string;
  readonly parallelThreshold?: number;
  /** Called with the bytes that came along since the last call; negative where some have to go again. */
  readonly onBytes?: (bytes: number) => void;
  readonly report?: Report;
}

/** One object or file that has arrived, with what was checked. */
export interface Transferred {
  /** As the user wrote it: a URI or a path. */
  readonly to: string;
  readonly bytes: number;
  /** Base64 of the big-endian CRC-32C of the bytes as they were sent or received, and of the object there. */
  readonly crc32c: string;
  /** Of an object; null of a file. */
  readonly generation: string | null;
  /** Bytes that an earlier attempt had brought already. */
  readonly resumedFrom: number;
}
