/**
 * What plugin authors import as `sentops/plugin`. The types are the contract. The few values are a convenience and
 * a plugin may do without them: it then needs sentops for its compiler and its tests only.
 */

import { silent } from './lib/core/report.ts';
import type { CheckReport, CheckWorld } from './lib/extend/check.ts';
import { checkExtension as check } from './lib/extend/check.ts';
import type { ExtensionOptions, Factory, Kind } from './lib/extend/contract.ts';
import { toExtension } from './lib/extend/instantiate.ts';
import { tryProject } from './lib/extend/try-project.ts';

export type { Config } from './lib/config/fields/index.ts';
export type { Secret } from './lib/config/secret-type.ts';
export type { Json, Project, ProjectRequest } from './lib/config/types.ts';
export type { FileToWrite } from './lib/core/atomic.ts';
export type { ErrorCode, ErrorOptions, SourcePlace } from './lib/core/errors.ts';
export { SentopsError } from './lib/core/errors.ts';
export type { Report, ReportEvent } from './lib/core/report.ts';
export type * from './lib/data/types.ts';
export type * from './lib/doctor/types.ts';
export type { CheckReport, CheckWorld } from './lib/extend/check.ts';
export type { CheckStep } from './lib/extend/checks/steps.ts';
export type {
  ExtensionApi,
  ExtensionContext,
  ExtensionMeta,
  ExtensionModule,
  ExtensionOptions,
  Factory,
  Kind,
  Kinds,
  Loader,
} from './lib/extend/contract.ts';
export { CONTRACT_VERSION } from './lib/extend/contract.ts';
export { defineExtensions } from './lib/extend/define.ts';
export type * from './lib/generate/types.ts';
export type * from './lib/jobs/types.ts';
export type * from './lib/learn/types.ts';
export type * from './lib/model/types.ts';
export type * from './lib/monitor/types.ts';
export type * from './lib/storage/types.ts';
export type * from './lib/stream/types.ts';
export type * from './lib/tracking/entities.ts';
export type * from './lib/tracking/types.ts';

/**
 * The contract suite that `sentops plugin check` runs, for a plugin's own tests: what failed stands in `steps`. The
 * world is that of this process, the project the one that is found from its folder; `world` replaces any of it.
 */
export async function checkExtension<K extends Kind>(
  kind: K,
  factory: Factory<K>,
  options: ExtensionOptions = {},
  world: Partial<CheckWorld> = {},
): Promise<CheckReport> {
  const { env, stdin, stdout } = process;
  const cwd = process.cwd();
  const request = { cwd, env, home: env['HOME'] };
  const { signal } = new AbortController();
  const project = world.project === undefined ? await tryProject(request) : world.project;
  const extension = toExtension(kind, {
    kind,
    name: 'under-test',
    plugin: 'under-test',
    summary: '',
    load: async () => factory,
  });
  return check(extension, options, { cwd, env, signal, report: silent, stdin, stdout, request, ...world, project });
}
