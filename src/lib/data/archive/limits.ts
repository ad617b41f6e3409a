import { countNoun } from '../../core/count-noun.ts';
import { SentopsError } from '../../core/errors.ts';
import { groupDigits } from '../../core/group-digits.ts';

/** What an archive may ask of this machine. */
export interface ArchiveLimits {
  readonly entries: number;
  /** Of all files together, unpacked. */
  readonly bytes: number;
  /** How often the archive's own size may come out of it; looked at from `ratioFrom` bytes on. */
  readonly ratio: number;
  readonly ratioFrom: number;
}

/** Deflate cannot pack tighter than 1:1032; tables of text stay below 1:50. */
export const LIMITS: ArchiveLimits = { entries: 100_000, bytes: 2 ** 37, ratio: 300, ratioFrom: 2 ** 27 };

/** Counts what comes out of one archive and stops where it is too much. */
export class Budget {
  written = 0;
  private readonly archive: string;
  private readonly packed: number;
  private readonly limits: ArchiveLimits;
  private readonly onBytes: ((written: number) => void) | undefined;

  constructor(archive: string, packed: number, limits: ArchiveLimits, onBytes?: (written: number) => void) {
    this.archive = archive;
    this.packed = packed;
    this.limits = limits;
    this.onBytes = onBytes;
  }

  checkEntries(entries: number): void {
    const most = this.limits.entries;
    if (entries > most)
      throw refuseArchive(this.archive, `it holds ${groupDigits(entries)} entries, more than ${groupDigits(most)}`);
  }

  /** Of what is announced as well as of what came: the first saves the work, the second trusts nobody. */
  checkBytes(bytes: number): void {
    const { limits, packed } = this;
    if (bytes > limits.bytes)
      throw refuseArchive(this.archive, `it unpacks to more than ${groupDigits(limits.bytes)} bytes`);
    if (bytes >= limits.ratioFrom && bytes > packed * limits.ratio)
      throw refuseArchive(
        this.archive,
        `it unpacks to more than ${limits.ratio} times its ${countNoun(packed, 'byte')}, as a zip bomb does`,
      );
  }

  count(bytes: number): void {
    this.written += bytes;
    this.checkBytes(this.written);
    this.onBytes?.(this.written);
  }
}

export function refuseArchive(archive: string, why: string, cause?: unknown): SentopsError {
  return new SentopsError('DATA_INVALID', `${archive} is not unpacked: ${why}`, {
    hint: 'nothing was written; fetch the archive again, or unpack it by hand if you trust it',
    ...(cause === undefined ? {} : { cause }),
  });
}
