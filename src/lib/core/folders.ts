import path from 'node:path';

/** What the folders of a user hang on. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

/** Where `sentops plugins` keeps plugins: the same folder as the framework computes (Config.dataDir). */
export function dataFolder({ env, platform }: Machine): string {
  return env['SENTOPS_DATA_DIR'] || userFolder({ env, platform }, 'XDG_DATA_HOME', '.local/share');
}

export function configFolder({ env, platform }: Machine): string {
  return env['SENTOPS_CONFIG_DIR'] || userFolder({ env, platform }, 'XDG_CONFIG_HOME', '.config');
}

/** What can be made again at any time: whoever empties it loses nothing but time. */
export function cacheFolder({ env, platform }: Machine): string {
  return env['SENTOPS_CACHE_DIR'] || userFolder({ env, platform }, 'XDG_CACHE_HOME', '.cache');
}

export function homeFolder({ env, platform }: Machine): string {
  const windows = platform === 'win32';
  const drive = windows && env['HOMEDRIVE'] && env['HOMEPATH'] && path.join(env['HOMEDRIVE'], env['HOMEPATH']);
  return env['HOME'] || drive || (windows && env['USERPROFILE']) || systemHome();
}

function userFolder(machine: Machine, variable: string, below: string): string {
  const { env, platform } = machine;
  const local = platform === 'win32' && env['LOCALAPPDATA'];
  return path.join(env[variable] || local || path.join(homeFolder(machine), below), 'sentops');
}

/**
 * Asking throws for a user id without an entry in passwd, as containers have. The module is asked for only here: the
 * start of a command comes this way, and nearly always has a HOME.
 */
function systemHome(): string {
  const os = process.getBuiltinModule('node:os');
  try {
    return os.homedir() || os.tmpdir();
  } catch {
    return os.tmpdir();
  }
}
