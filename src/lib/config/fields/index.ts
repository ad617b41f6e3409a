import { backend, profiles, secrets } from './access.ts';
import { buckets } from './buckets.ts';
import { boolean, map, oneOf, overlay, section, string } from './build.ts';
import { cluster } from './cluster.ts';
import { dataset } from './dataset.ts';
import { kafka } from './kafka.ts';
import { mlflow } from './mlflow.ts';
import { monitor, notify, retention } from './monitor.ts';
import { include, project, requires, version } from './project.ts';
import { rollout } from './rollout.ts';
import { serve } from './serve.ts';
import { storage } from './storage.ts';
import { train } from './train.ts';
import type { Infer } from './types.ts';
import { variables } from './variables.ts';

/** What a target may change: everything that is not about the files themselves. */
const sections = {
  project,
  variables,
  backend,
  profiles,
  secrets,
  buckets,
  storage,
  dataset,
  cluster,
  mlflow,
  train,
  kafka,
  serve,
  rollout,
  monitor,
  notify,
  retention,
};

const targets = map(
  overlay('One target.', {
    default: boolean({ doc: 'Used where --target is not given.', literal: true }),
    mode: oneOf(['development', 'production'], {
      doc: 'development: names get the user as prefix, schedules are paused, nothing is deployed for real. production: needs a clean git tree and --yes or CI.',
      literal: true,
    }),
    profile: string({ doc: 'Profile of this target.', literal: true }),
    ...sections,
  }),
  {
    fileOnly: true,
    doc: 'Environments chosen by --target, each merged over the file; null deletes a value, a list replaces one.',
    keys: '^[A-Za-z][A-Za-z0-9_-]*$',
    keysDoc: 'letters, digits, hyphens and underscores, beginning with a letter',
    default: {},
  },
);

/**
 * The project file. Every key is optional; the defaults are those of the reference pipeline, and without a project
 * file they describe one that runs on this machine alone.
 */
export const FIELDS = section('A sentops project.', { version, requires, include, ...sections, targets });

/** A resolved project. */
export type Config = Infer<typeof FIELDS>;
