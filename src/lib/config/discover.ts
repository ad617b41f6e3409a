import fs from 'node:fs';
import path from 'node:path';
import { SentopsError } from '../core/errors.ts';
import { displayPath } from './display-path.ts';
import type { ProjectRequest } from './types.ts';

const FILE_NAMES = ['sentops.yaml', 'sentops.yml'] as const;
export const LOCAL_NAME = 'sentops.local.yaml';
export const DOTENV_NAME = '.env';

/** The project file: the one that --config names, or the nearest one upward; null where there is none. */
export function findProjectFile(request: ProjectRequest): string | null {
  if (request.configFile !== undefined) return namedFile(request.cwd, request.configFile);
  let folder = path.resolve(request.cwd);
  for (;;) {
    for (const name of FILE_NAMES) {
      const file = path.join(folder, name);
      if (fs.existsSync(file)) return file;
    }
    const parent = path.dirname(folder);
    if (parent === folder) break;
    folder = parent;
  }
  if (request.requireFile === true) {
    throw new SentopsError('PROJECT_NOT_FOUND', `no ${FILE_NAMES[0]} in ${request.cwd} or any folder above it`, {
      hint: 'create one with: sentops init, or name one with --config FILE',
    });
  }
  return null;
}

/** The user's own settings for all projects; null without a home folder. */
export function userFile(request: Pick<ProjectRequest, 'env' | 'home'>): string | null {
  const base = request.env['XDG_CONFIG_HOME'];
  if (base !== undefined && path.isAbsolute(base)) return path.join(base, 'sentops', 'config.yaml');
  return request.home ? path.join(request.home, '.config', 'sentops', 'config.yaml') : null;
}

function namedFile(cwd: string, name: string): string {
  const file = path.resolve(cwd, name);
  if (fs.existsSync(file)) return file;
  throw new SentopsError('CONFIG_UNREADABLE', `${displayPath(file, cwd)} does not exist`, {
    hint: 'check the path given to --config, or create the file with: sentops init',
    place: { file: displayPath(file, cwd) },
  });
}
