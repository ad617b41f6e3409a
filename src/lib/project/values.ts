import type { Config } from '../config/fields/index.ts';
import type { ProjectRequest } from '../config/types.ts';
import { silent } from '../core/report.ts';

export interface NamedValue {
  readonly value: string;
  readonly description: string;
}

type Source = (request: ProjectRequest) => Promise<readonly NamedValue[]>;

/** Where the values of a flag or argument come from that are not fixed: looked up only when somebody asks. */
export const SOURCES: Readonly<Record<string, Source>> = {
  'flag:target': request => fromProject(request, config => config.targets),
  'flag:profile': request => fromProject(request, config => config.profiles),
  'flag:var': async request => withEquals(await fromProject(request, config => config.variables)),
  'flag:set': async () => withEquals(await listKeys()),
  'flag:only': request => listCheckIds(request),
  'config explain:key': () => listKeys(),
  'config set:path': () => listKeys(),
  'config show:section': () => listSections(),
  'plugin check:kind': () => listKinds(),
  'flag:kind': () => listKinds(),
};

/** The values for a flag (`flag:target`) or an argument (`config explain:key`); undefined where nothing is known. */
export async function listValues(key: string, request: ProjectRequest): Promise<readonly NamedValue[] | undefined> {
  return Object.hasOwn(SOURCES, key) ? SOURCES[key]?.(request) : undefined;
}

async function fromProject(request: ProjectRequest, pick: (config: Config) => object): Promise<NamedValue[]> {
  const { loadProject } = await import('../config/load.ts');
  try {
    const { config } = await loadProject({ ...request, sections: [] });
    return Object.entries(pick(config)).map(([value, entry]) => ({ value, description: descriptionOf(entry) }));
  } catch {
    // A project that does not load has no names to offer; `config validate` says why.
    return [];
  }
}

function descriptionOf(entry: unknown): string {
  const text = typeof entry === 'object' && entry !== null && 'description' in entry ? entry.description : '';
  return typeof text === 'string' ? text : '';
}

async function listKeys(): Promise<NamedValue[]> {
  const { listFields } = await import('../config/names.ts');
  return listFields().map(({ path, field }) => ({ value: path, description: field.meta.doc }));
}

async function listSections(): Promise<NamedValue[]> {
  const { FIELDS } = await import('../config/fields/index.ts');
  return Object.entries(FIELDS.fields).map(([value, node]) => ({
    value,
    description: node.node === 'section' ? node.doc : node.meta.doc,
  }));
}

async function listKinds(): Promise<NamedValue[]> {
  const { KINDS } = await import('../extend/contract.ts');
  return Object.entries(KINDS).map(([value, { title }]) => ({ value, description: title }));
}

async function listCheckIds(request: ProjectRequest): Promise<NamedValue[]> {
  const { openChecks } = await import('../doctor/examine.ts');
  const checks = await openChecks(request, new AbortController().signal, silent);
  return checks.map(({ id, title }) => ({ value: id, description: title }));
}

function withEquals(values: readonly NamedValue[]): NamedValue[] {
  return values.map(({ value, description }) => ({ value: `${value}=`, description }));
}
