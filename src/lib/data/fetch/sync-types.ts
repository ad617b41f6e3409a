import type { DownloadCall, DownloadResult } from './download-dataset.ts';
import type { UploadCall, UploadResult } from './upload-dataset.ts';

export interface SyncCall extends DownloadCall, UploadCall {
  /** From the source to the store without a copy on this machine. */
  readonly stream: boolean;
}

/** What was downloaded, empty where it was streamed through, and what was uploaded. */
export type SyncResult = Omit<DownloadResult, 'outputDir'> &
  Omit<UploadResult, 'dataset' | 'folder' | 'bytes'> & {
    /** Null where nothing was stored on this machine. */
    outputDir: string | null;
    streamed: boolean;
  };
