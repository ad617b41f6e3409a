import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { loadProject } from '../../../../src/lib/config/load.ts';
import type { Project } from '../../../../src/lib/config/types.ts';
import { createTestContext } from '../../../helpers/extension-context.ts';
import { type GcsStandIn, type GcsStandInOptions, startGcsStandIn } from '../../../helpers/gcs-stand-in/start.ts';

export const ROLES = ['code', 'raw', 'artifacts', 'models', 'predictions', 'checkpoint', 'streaming-input'] as const;

/** A project file for buckets of the cloud, one for each role. */
export function cloudYaml(more = ''): string {
  const buckets = ROLES.map(role => `  ${role}: gs://me-${role}\n`).join('');
  return `version: 1\nbuckets:\n${buckets}storage: { project: me }\n${more}`;
}

export interface ProjectWorld {
  readonly dir: string;
  readonly project: Project;
  /** What a function of the library is given beside its own options. */
  readonly call: ReturnType<typeof createTestContext> & {
    readonly project: Project;
    readonly platform: NodeJS.Platform;
  };
}

export async function openProject(yaml: string, env: Record<string, string> = {}): Promise<ProjectWorld> {
  const dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-buckets-')));
  onTestFinished(() => fs.rmSync(dir, { recursive: true, force: true }));
  fs.writeFileSync(path.join(dir, 'sentops.yaml'), yaml);
  const world = { HOME: dir, SENTOPS_DATA_DIR: path.join(dir, 'data'), GCE_METADATA_HOST: '127.0.0.1:1', ...env };
  const project = await loadProject({ cwd: dir, env: world, home: dir });
  const call = { ...createTestContext({ cwd: dir, env: world }), project, platform: process.platform };
  return { dir, project, call };
}

/** The project and a server that has none of its buckets yet. */
export async function openCloud(
  options: GcsStandInOptions = {},
  more = '',
): Promise<ProjectWorld & { server: GcsStandIn }> {
  const server = await startGcsStandIn({ project: 'me', ...options });
  onTestFinished(() => server.stop());
  return { server, ...(await openProject(cloudYaml(more), { STORAGE_EMULATOR_HOST: server.uri })) };
}
