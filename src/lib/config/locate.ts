import type { SourcePlace } from '../core/errors.ts';
import type { Finding } from './findings.ts';
import { formatProblem, toProblem } from './format-problem.ts';
import { formatPath, type Path } from './path.ts';
import { childOf, getAt, isMap } from './tree.ts';
import type { Json, Layer, Problem } from './types.ts';

export interface Saying {
  readonly layer: Layer;
  /** The path itself, or the value around it that the layer gives as a whole (a list, a deleted section). */
  readonly path: Path;
  /** What the layer says there; null where it deletes. */
  readonly value: Json;
}

/** Every layer that says something about a path, strongest first; the first one wins. */
export function sayingsAbout(layers: readonly Layer[], path: Path): Saying[] {
  return layers.flatMap(layer => {
    const said = deepest(layer.values, path);
    const isExact = said.path.length === path.length;
    // A map that lacks the next key says nothing about it; a list, a scalar or a null hides what is below.
    return isExact || !isMap(said.value) ? [{ layer, path: said.path, value: said.value }] : [];
  });
}

/** `--num-features`, `SENTOPS_TRAIN_NUM_FEATURES` or the name of the file. */
export function nameOfSaying(saying: Saying): string {
  return saying.layer.nameOf?.(saying.path) ?? saying.layer.name;
}

export function placeOfSaying(saying: Saying): SourcePlace | undefined {
  return saying.layer.place(saying.path);
}

/** Says where the value stands that a finding is about: in a file, or given by a flag or a variable. */
export function locateFinding(finding: Finding, layers: readonly Layer[]): Problem {
  return locate(toProblem(finding, null), finding.segments, layers, finding.at);
}

export function locate(problem: Problem, path: Path, layers: readonly Layer[], part?: 'key' | 'value'): Problem {
  const saying = sayingsAbout(layers, path)[0] ?? sayingsAbout(layers, path.slice(0, -1))[0];
  if (saying === undefined || saying.layer.kind === 'default') return problem;
  const place = saying.layer.place(saying.path, part);
  if (place !== undefined) return { ...problem, place };
  return { ...problem, message: `${problem.message} (given by ${nameOfSaying(saying)})` };
}

/** `sentops.yaml:12` for a value that a file holds. */
export function placeNameOf(layers: readonly Layer[], path: Path): string | undefined {
  for (const layer of layers) {
    if (getAt(layer.values, path) === undefined) continue;
    const place = layer.place(path);
    if (place !== undefined) return place.line === undefined ? place.file : `${place.file}:${place.line}`;
  }
  return undefined;
}

function deepest(values: Json, path: Path): { readonly path: Path; readonly value: Json } {
  let value: Json = values;
  for (const [depth, key] of path.entries()) {
    const child = childOf(value, key) as Json | undefined;
    if (child === undefined) return { path: path.slice(0, depth), value };
    value = child;
  }
  return { path, value };
}

/** Two problems that say the same of the same place are one. */
export function uniqueProblems(problems: readonly Problem[]): Problem[] {
  const seen = new Map<string, Problem>();
  for (const problem of problems) {
    const key = `${formatProblem(problem)} ${problem.place === null ? formatPath([problem.path ?? '']) : ''}`;
    if (!seen.has(key)) seen.set(key, problem);
  }
  return [...seen.values()];
}
