import type { ImportEdge } from './source.ts';

/** Packages that are imported in exactly one folder, and which. */
const OWNERS: Readonly<Record<string, string>> = {
  '@oclif/core': 'src/cli',
  '@inquirer/prompts': 'src/cli/prompt',
  ora: 'src/cli/progress',
  'cli-table3': 'src/cli/output',
  'string-width': 'src/cli/output',
  execa: 'src/lib/core',
  'js-yaml': 'src/lib/config/parse',
  yaml: 'src/lib/config/parse',
  'google-auth-library': 'src/lib/gcp',
  yauzl: 'src/lib/data/archive',
  hyparquet: 'src/lib/parquet',
  'hyparquet-writer': 'src/lib/parquet',
  'hyparquet-compressors': 'src/lib/parquet',
};

/** Who may touch whom. Returns a sentence for an edge that is not allowed. */
export function judgeEdge(edge: ImportEdge): string | undefined {
  return edge.external ? judgePackage(edge) : judgeRoom(edge);
}

function judgePackage({ from, to, dynamic, typeOnly }: ImportEdge): string | undefined {
  const name = to
    .split('/')
    .slice(0, to.startsWith('@') ? 2 : 1)
    .join('/');
  if (isPure(from)) return `${from} imports ${to}: text and learn are pure, not even node: is allowed`;
  // Types of the framework are part of how a command or a hook is written; its values come through src/cli.
  if (name === '@oclif/core' && typeOnly && (isCommand(from) || isIn(from, 'src/hooks'))) return undefined;
  if (isCommand(from)) return `${from} imports ${to}: a command touches no package and no node: module`;
  if (to.startsWith('node:')) return undefined;
  const owner = OWNERS[name];
  if (!owner) return `${from} imports ${to}: say in the layer test which folder owns this package`;
  if (!isIn(from, owner)) return `${from} imports ${to}: only ${owner} does`;
  if (name !== '@oclif/core' && !dynamic && !typeOnly)
    return `${from} imports ${to} at the top: heavy packages are loaded by await import()`;
  return undefined;
}

function judgeRoom({ from, to, dynamic, typeOnly }: ImportEdge): string | undefined {
  if (to === 'package.json') return undefined;
  if (isPure(from))
    return isIn(to, roomOf(from)) ? undefined : `${from} imports ${to}: text and learn touch nothing else`;
  if (isCommand(from)) {
    if (isIn(to, 'src/cli')) return undefined;
    if (isIn(to, 'src/lib'))
      return typeOnly || dynamic ? undefined : `${from} imports ${to}: values of lib only through await import()`;
    return `${from} imports ${to}: a command touches cli and lib only`;
  }
  if (isIn(from, 'src/cli') || isIn(from, 'src/hooks')) {
    const allowed = ['src/cli', 'src/lib/core', 'src/lib/config'];
    return allowed.some(room => isIn(to, room)) || typeOnly
      ? undefined
      : `${from} imports ${to}: cli touches the framework, lib/core and lib/config`;
  }
  if (isIn(from, 'src/lib') && !isIn(to, 'src/lib')) return `${from} imports ${to}: lib knows nothing above it`;
  return judgePorts(from, to, typeOnly);
}

/** jobs, stream and serving reach concrete adapters through extend's registry only. */
function judgePorts(from: string, to: string, typeOnly: boolean): string | undefined {
  const rooms = ['src/lib/storage', 'src/lib/tracking', 'src/lib/data', 'src/lib/jobs', 'src/lib/stream'];
  const bound = ['src/lib/jobs', 'src/lib/stream', 'src/lib/serving'].find(room => isIn(from, room));
  if (!bound || typeOnly) return undefined;
  const target = rooms.find(room => isIn(to, room));
  if (!target || target === bound) return undefined;
  return `${from} imports ${to}: ${bound} knows ports; adapters come through extend's registry`;
}

function isPure(file: string): boolean {
  return isIn(file, 'src/lib/text') || isIn(file, 'src/lib/learn');
}

function isCommand(file: string): boolean {
  return isIn(file, 'src/commands');
}

function isIn(file: string, folder: string): boolean {
  return file.startsWith(`${folder}/`);
}

function roomOf(file: string): string {
  return file.split('/').slice(0, 3).join('/');
}

/** Paths that close a circle, each as the list of its files; type imports count. */
export function findCycles(edges: readonly ImportEdge[]): string[][] {
  const graph = new Map<string, string[]>();
  for (const edge of edges) if (!edge.external) graph.set(edge.from, [...(graph.get(edge.from) ?? []), edge.to]);
  const cycles: string[][] = [];
  const state = new Map<string, 'open' | 'closed'>();
  const visit = (file: string, trail: readonly string[]) => {
    if (state.get(file) === 'closed') return;
    if (state.get(file) === 'open') {
      cycles.push([...trail.slice(trail.indexOf(file)), file]);
      return;
    }
    state.set(file, 'open');
    for (const next of graph.get(file) ?? []) visit(next, [...trail, file]);
    state.set(file, 'closed');
  };
  for (const file of graph.keys()) visit(file, []);
  return cycles;
}
