import type { Gathered } from './gather.ts';
import { projectNames } from './interpolate/project-names.ts';
import { createResolver, type Resolved, type Resolver } from './interpolate/resolver.ts';
import { hasReference } from './interpolate/template.ts';
import { UnresolvedReference } from './interpolate/unresolved-reference.ts';
import { placeNameOf } from './locate.ts';
import type { Path } from './path.ts';
import type { Secret } from './secret-type.ts';
import {
  createSecret,
  readSecret,
  type SecretReaderOptions,
  type SecretSource,
  secretMissing,
  withFallback,
} from './secrets.ts';
import { childOf, isMap, putKey } from './tree.ts';
import type { Json, ProjectRequest } from './types.ts';

/** Read before anything is resolved, or resolved by those who use them. */
const UNRESOLVED: ReadonlySet<string> = new Set(['version', 'requires', 'include', 'targets', 'variables']);

export interface ResolvedTree {
  readonly config: { readonly [key: string]: Resolved };
  readonly faults: readonly Fault[];
  readonly resolver: Resolver;
}

/** Fills in all references; what cannot be resolved is left out and reported. */
export function resolveTree(gathered: Gathered, request: ProjectRequest, profile: string): ResolvedTree {
  const { merged } = gathered;
  const secretNames = isMap(merged['secrets']) ? Object.keys(merged['secrets']) : [];
  const secrets = new SecretShelf(gathered, request, profile);
  const names = projectNames({
    tree: merged,
    definitions: gathered.definitions,
    env: gathered.env,
    dir: gathered.dir,
    cwd: request.cwd,
    target: gathered.target?.name ?? null,
    now: request.now ?? new Date(),
    secret: (name, fallback) => secrets.get(name, fallback),
    secretNames,
    placeName: path => placeNameOf(gathered.layers, path),
  });
  const resolver = createResolver(merged, names);
  secrets.resolver = resolver;
  const faults: Fault[] = [];
  const entries = Object.entries(merged).map(([key, value]): [string, Resolved | undefined] => [
    key,
    UNRESOLVED.has(key) ? value : fillIn(value, [key], resolver, faults),
  ]);
  const config: { [key: string]: Resolved } = {};
  for (const [key, value] of entries) if (value !== undefined) putKey(config, key, value);
  return { config, faults, resolver };
}

/** A broken reference, and the value that met it (perhaps through others): its section decides whether it matters. */
export interface Fault {
  readonly error: UnresolvedReference;
  readonly path: Path;
}

function fillIn(value: Json, path: Path, resolver: Resolver, faults: Fault[]): Resolved | undefined {
  if (typeof value === 'string') return hasReference(value) ? attempt(path, resolver, faults) : value;
  if (Array.isArray(value)) {
    return value
      .map((item, index) => fillIn(item, [...path, String(index)], resolver, faults))
      .filter(item => item !== undefined);
  }
  if (!isMap(value)) return value;
  const filled: { [key: string]: Resolved } = {};
  for (const [key, child] of Object.entries(value)) {
    const resolved = fillIn(child, [...path, key], resolver, faults);
    if (resolved !== undefined) putKey(filled, key, resolved);
  }
  return filled;
}

function attempt(path: Path, resolver: Resolver, faults: Fault[]): Resolved | undefined {
  try {
    return resolver.resolveAt(path);
  } catch (error) {
    if (!(error instanceof UnresolvedReference)) throw error;
    faults.push({ error, path });
    return undefined;
  }
}

/** One secret object for each name, so that each is read once; the sources are resolved when they are read. */
class SecretShelf {
  resolver: Resolver | undefined;
  readonly #gathered: Gathered;
  readonly #request: ProjectRequest;
  readonly #profile: string;
  readonly #made = new Map<string, Secret>();

  constructor(gathered: Gathered, request: ProjectRequest, profile: string) {
    this.#gathered = gathered;
    this.#request = request;
    this.#profile = profile;
  }

  get(name: string, fallback?: string | Secret): Secret | undefined {
    const definition = childOf(this.#gathered.merged['secrets'], name);
    if (definition === undefined || definition === null) return undefined;
    if (fallback !== undefined) return withFallback(name, () => this.#read(name), fallback);
    const known = this.#made.get(name);
    if (known !== undefined) return known;
    const made = createSecret(name, async () => {
      const value = await this.#read(name);
      if (value === undefined) throw secretMissing(name, this.#source(name));
      return value;
    });
    this.#made.set(name, made);
    return made;
  }

  async #read(name: string): Promise<string | undefined> {
    return readSecret(name, this.#source(name), this.#options());
  }

  #source(name: string): SecretSource {
    const text = (key: 'env' | 'file' | 'gcp') => {
      const value = this.#resolve(['secrets', name, key]);
      return typeof value === 'string' && value !== '' ? { [key]: value } : {};
    };
    return { ...text('env'), ...text('file'), ...text('gcp') };
  }

  #options(): SecretReaderOptions {
    const { env, dir } = this.#gathered;
    const keyfile = this.#resolve(['profiles', this.#profile, 'gcp', 'keyfile']);
    const auth = this.#resolve(['profiles', this.#profile, 'gcp', 'auth']);
    const endpoint = env('SENTOPS_SECRETMANAGER_ENDPOINT');
    return {
      env,
      dir,
      ...(this.#request.report === undefined ? {} : { report: this.#request.report }),
      ...(endpoint ? { secretManagerEndpoint: endpoint } : {}),
      ...(auth === 'keyfile' && typeof keyfile === 'string' && keyfile !== '' ? { identity: { keyfile } } : {}),
    };
  }

  #resolve(path: Path): Resolved | undefined {
    try {
      return this.resolver?.resolveAt(path);
    } catch (error) {
      if (!(error instanceof UnresolvedReference)) throw error;
      throw error.toSentopsError(placeNameOf(this.#gathered.layers, path));
    }
  }
}
