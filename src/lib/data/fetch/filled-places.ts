import { SentopsError } from '../../core/errors.ts';

interface Filled {
  readonly from: string;
  readonly sha256: string;
}

/** From which file of the source each place of the folder was filled in one run. */
export class FilledPlaces {
  private readonly filled = new Map<string, Filled>();

  /** Throws before anything is written where a place would hold one content after the other: one of them would be lost. */
  fill(files: readonly { readonly path: string; readonly sha256: string }[], from: string): void {
    for (const { path, sha256 } of files) {
      const before = this.filled.get(path);
      if (before !== undefined && before.sha256 !== sha256) throw twoForOne(path, before.from, from);
    }
    for (const { path, sha256 } of files) this.filled.set(path, { from, sha256 });
  }
}

function twoForOne(path: string, first: string, second: string): SentopsError {
  const names = [first, second].map(from => (from === path ? 'the dataset itself' : from)).sort();
  return new SentopsError('CONFLICT', `${names.join(' and ')} both hold ${path}, and not the same`, {
    hint: 'leave archives packed with --no-unzip, or fetch one file of the dataset with --file NAME',
    details: { path, from: [first, second].sort() },
  });
}
