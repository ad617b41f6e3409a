import { SentopsError } from '../core/errors.ts';
import { suggest } from '../core/suggest.ts';
import type { SourceFile } from './source-file.ts';
import { childOf, isMap, type JsonMap } from './tree.ts';
import type { Layer } from './types.ts';

/** Keys of a target that are about the target itself; the others lie over the sections of the file. */
const OWN_KEYS: ReadonlySet<string> = new Set(['default', 'mode', 'profile']);

/** What a target says about itself, merged over the files that name it. */
export interface ChosenTarget {
  readonly name: string;
  readonly mode: 'development' | 'production' | null;
  readonly profile: string | null;
}

/** The target asked for, the one marked `default: true`, or null; `merged` is the tree of all files. */
export function chooseTarget(
  merged: JsonMap,
  asked: string | undefined,
  sources: readonly SourceFile[],
): ChosenTarget | null {
  const targets = isMap(merged['targets']) ? merged['targets'] : {};
  const names = Object.keys(targets).filter(name => targets[name] !== null);
  const name = asked ?? defaultTarget(targets, names, sources);
  if (name === null) return null;
  if (!names.includes(name)) throw unknownTarget(name, names, Object.hasOwn(targets, name));
  const target = targets[name] ?? {};
  const mode = childOf(target, 'mode');
  const profile = childOf(target, 'profile');
  return {
    name,
    mode: mode === 'development' || mode === 'production' ? mode : null,
    profile: typeof profile === 'string' ? profile : null,
  };
}

/** One layer for each file that says something about the target, strongest first. */
export function targetLayer(source: SourceFile, target: string): Layer | null {
  const overlay = childOf(source.values['targets'], target);
  if (!isMap(overlay)) return null;
  const values = Object.fromEntries(Object.entries(overlay).filter(([key]) => !OWN_KEYS.has(key)));
  return {
    kind: 'target',
    name: `targets.${target} in ${source.name}`,
    values,
    place: (path, part) => source.place(['targets', target, ...path], part),
  };
}

function defaultTarget(targets: JsonMap, names: readonly string[], sources: readonly SourceFile[]): string | null {
  const marked = names.filter(name => childOf(targets[name], 'default') === true);
  if (marked.length < 2) return marked[0] ?? null;
  const path = ['targets', marked[1] ?? '', 'default'];
  const place = sources.find(source => source.has(path))?.place(path);
  throw new SentopsError('CONFIG_INVALID', `more than one target is marked default: true: ${marked.join(', ')}`, {
    hint: 'keep the mark on one of them',
    ...(place === undefined ? {} : { place }),
  });
}

function unknownTarget(name: string, names: readonly string[], isDeleted: boolean): SentopsError {
  const meant = suggest(name, names);
  const list = names.length === 0 ? 'the project has no targets' : `the targets are ${names.join(', ')}`;
  return new SentopsError('CONFIG_INVALID', `there is no target ${name}`, {
    hint: isDeleted
      ? `a key without a value deletes: write ${name}: {} for a target that changes nothing`
      : meant === undefined
        ? list
        : `did you mean ${meant}? ${list}`,
    details: { target: name, targets: names },
  });
}
