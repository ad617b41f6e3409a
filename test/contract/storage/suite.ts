import { describe } from 'vitest';
import { describeBuckets } from './buckets.ts';
import { describeJoining } from './joining.ts';
import { describeLists } from './lists.ts';
import { describeObjects } from './objects.ts';
import type { Lacking, Open } from './opened.ts';
import { describePreconditions } from './preconditions.ts';
import { describeUploads } from './uploads.ts';
import { describeWatching } from './watching.ts';

/** What every store owes its users, whatever keeps the bytes: run over each adapter, real services included. */
export function describeStorage(name: string, open: Open, lacking: Lacking = {}): void {
  describe(`${name} keeps the contract of storage`, () => {
    describeObjects(open, lacking);
    describeLists(open);
    describePreconditions(open, lacking);
    describeJoining(open, lacking);
    describeUploads(open, lacking);
    describeWatching(open);
    describeBuckets(open, lacking);
  });
}
