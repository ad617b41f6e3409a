import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { SentopsError } from '../../core/errors.ts';
import { isLocal, localFolder, schemeOf } from '../artifacts/local-folder.ts';

const PROXY = 'mlflow-artifacts';

/**
 * The folder with the artifacts of a store, and its two names: the database says `file:///…/artifacts/1`, as every
 * program on this machine can read; clients are told `mlflow-artifacts:/1`, which they ask this server for.
 */
export class ArtifactRoot {
  /** Absolute. */
  readonly folder: string;

  constructor(folder: string) {
    this.folder = path.resolve(folder);
  }

  /** The path below the folder, with slashes; null for what lies elsewhere. */
  relative(uri: string): string | null {
    if (schemeOf(uri) === PROXY) return proxiedPath(uri);
    const folder = folderOf(uri);
    return folder === null ? null : this.#below(folder);
  }

  /** How a client is told of it. What lies elsewhere keeps its name: a client on this machine can read it. */
  toClient(uri: string): string {
    const below = this.relative(uri);
    return below === null ? uri : `${PROXY}:/${below}`;
  }

  /**
   * How the database is told of what a client names. A folder of this machine outside the root is refused: whoever
   * could name it could have any file of the machine served.
   */
  toStore(uri: string, name: string): string {
    refuseWaysOut(uri, name);
    const scheme = schemeOf(uri);
    if (scheme === 'http' || scheme === 'https') throw refuse(uri, name, 'artifacts behind HTTP cannot be kept here');
    if (scheme !== PROXY && !isLocal(uri)) return uri;
    const below = this.relative(uri);
    if (below === null || below === '')
      throw refuse(uri, name, 'it has to lie in the artifact folder of this server (mlflow-artifacts:/…)');
    return this.uriOf(below);
  }

  uriOf(below: string): string {
    return pathToFileURL(path.join(this.folder, ...below.split('/'))).href;
  }

  #below(folder: string): string | null {
    const back = path.relative(this.folder, folder);
    if (back.split(path.sep)[0] === '..' || path.isAbsolute(back)) return null;
    return back.split(path.sep).join('/');
  }
}

/** The folder of a `file:` URI or an absolute path; null for anything else. */
export function folderOf(uri: string): string | null {
  if (!isLocal(uri)) return null;
  try {
    return localFolder(uri);
  } catch {
    // A relative one, as older clients wrote them: where it lies depends on where they ran.
    return null;
  }
}

/** `mlflow-artifacts:/1/x` and `mlflow-artifacts:///1/x`; one that names a host speaks of that host. */
function proxiedPath(uri: string): string | null {
  const rest = uri.slice(PROXY.length + 1);
  if (/^\/\/[^/]/.test(rest)) return null;
  return rest
    .split('/')
    .filter(segment => segment !== '' && segment !== '.')
    .join('/');
}

/** However often it is encoded: whoever decodes once more than we do must not find a way up either. */
export function refuseWaysOut(text: string, name: string): void {
  const plain = decodeAll(text);
  if (/(^|[/\\:])\.\.([/\\?#]|$)/.test(plain)) throw refuse(text, name, 'it holds ..');
  if (plain.includes('\0')) throw refuse(text, name, 'it holds a zero byte');
  if (plain.includes('\\')) throw refuse(text, name, 'it holds a backslash');
}

function decodeAll(text: string): string {
  let plain = text;
  for (let round = 0; round < 8; round += 1) {
    const next = plain.replace(/%([0-9a-fA-F]{2})/g, (_, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 16)),
    );
    if (next === plain) break;
    plain = next;
  }
  return plain;
}

function refuse(uri: string, name: string, why: string): SentopsError {
  return new SentopsError('FLAG_INVALID', `Invalid ${name} ${JSON.stringify(uri)}: ${why}`, {
    hint: 'name a folder below mlflow-artifacts:/, or a bucket',
    details: { name, value: uri },
  });
}
