import { describe } from 'vitest';
import { describeArtifacts } from './artifacts.ts';
import { describeExperiments } from './experiments.ts';
import { describeLoggedModels } from './logged-models.ts';
import type { Open } from './opened.ts';
import { describeRegistry } from './registry.ts';
import { describeRuns } from './runs.ts';
import { describeSearch } from './search.ts';
import { describeVersions } from './versions.ts';

/** What every tracker owes its users, whatever stores it: run over each adapter, real services included. */
export function describeTracker(name: string, open: Open): void {
  describe(`${name} keeps the contract of a tracker`, () => {
    describeExperiments(open);
    describeRuns(open);
    describeSearch(open);
    describeArtifacts(open);
    describeLoggedModels(open);
    describeRegistry(open);
    describeVersions(open);
  });
}
