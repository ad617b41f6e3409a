import os from 'node:os';
import { VERSION } from '../core/version.ts';
import type { TrainReport } from './result.ts';

/** What a model was made with: part of every report, so that a result can be explained later. */
export function describeEnvironment(): TrainReport['environment'] {
  return {
    sentops: VERSION,
    node: process.versions.node,
    platform: `${os.platform()} ${os.arch()}`,
    cpu: os.cpus()[0]?.model ?? 'unknown',
  };
}
