import path from 'node:path';
import { writeFileAtomic } from '../core/atomic.ts';
import { SentopsError, type SourcePlace } from '../core/errors.ts';
import { withLock } from '../core/lock-file.ts';
import { suggest } from '../core/suggest.ts';
import { knownPath, listAround, withDefaultKey } from './assignments.ts';
import { checkValues } from './check.ts';
import { findProjectFile, LOCAL_NAME } from './discover.ts';
import { displayPath } from './display-path.ts';
import { errorFrom } from './error-from.ts';
import type { Finding } from './findings.ts';
import { toProblem } from './format-problem.ts';
import { fieldAt } from './names.ts';
import { normalizeKeys } from './normalize.ts';
import { editText } from './parse/edit-text.ts';
import { type ParsedDocument, parseDocument } from './parse/parse-document.ts';
import { parseValue } from './parse-value.ts';
import { formatPath, type Path, parsePath } from './path.ts';
import { readText } from './read-text.ts';
import { getAt, isMap } from './tree.ts';
import type { Json, ProjectRequest } from './types.ts';

interface Setting {
  /** Dotted, or as keys. */
  readonly path: string | Path;
  /** Null removes the key from the file. */
  readonly value: Json;
}

export interface SetOptions {
  readonly request: ProjectRequest;
  readonly settings: readonly Setting[];
  /** Write into `targets.<target>`, so that the values hold for it only. */
  readonly target?: string;
  /** Write into sentops.local.yaml beside the project file. */
  readonly local?: boolean;
  /** Check and tell, write nothing. */
  readonly dryRun?: boolean;
}

export interface Change {
  readonly path: string;
  readonly before: Json;
  readonly after: Json;
  /** Where the value stands in the new text; null where it was removed. */
  readonly place: SourcePlace | null;
}

export interface SetResult {
  /** As messages call it. */
  readonly file: string;
  readonly changes: readonly Change[];
  /** The whole new text. */
  readonly text: string;
  /** False where the file said all of this already, and on a dry run. */
  readonly written: boolean;
}

/** Turns `path` and a text of the command line into a setting: `null` removes, other texts get the field's type. */
export function parseSetting(dotted: string, text: string): Setting {
  const at = withDefaultKey(knownPath(parsePath(dotted)));
  if (text === 'null') return { path: at, value: null };
  const node = fieldAt(at);
  const type = node === undefined ? { kind: 'any' as const } : node.node === 'field' ? node.type : node;
  return { path: at, value: parseValue(type, text, formatPath(at)) };
}

/** Sets one value of the project file; see `setValues`. */
export async function setValue(options: Omit<SetOptions, 'settings'> & Setting): Promise<SetResult> {
  const { path: at, value, ...others } = options;
  return setValues({ ...others, settings: [{ path: at, value }] });
}

/**
 * Edits the project file in place: comments, order and quoting stay. All settings are made or none, the result is
 * checked before it is written, and a second writer waits for the first.
 */
export async function setValues(options: SetOptions): Promise<SetResult> {
  const file = fileToEdit(options);
  const name = displayPath(file, options.request.cwd);
  if (options.dryRun === true) return { ...(await edit(file, name, options)), written: false };
  return withLock(file, async () => {
    const edited = await edit(file, name, options);
    if (edited.text === edited.before) return { ...edited, written: false };
    // An editor does not know our lock: what it saved meanwhile must not be lost.
    if ((readText(file, name) ?? '') !== edited.before) {
      throw new SentopsError('CONFLICT', `${name} was changed by another program meanwhile`, {
        hint: 'run the command again',
      });
    }
    writeFileAtomic(file, edited.text, options.local === true ? { mode: 0o600 } : {});
    return { ...edited, written: true };
  });
}

function fileToEdit({ request, local }: SetOptions): string {
  const file = findProjectFile({ ...request, requireFile: true });
  if (file === null) throw new SentopsError('PROJECT_NOT_FOUND');
  return local === true ? path.join(path.dirname(file), LOCAL_NAME) : file;
}

async function edit(file: string, name: string, options: SetOptions) {
  const before = readText(file, name) ?? '';
  const original = await parseDocument(before, name);
  if (original.problems.length > 0) throw errorFrom(original.problems);
  refuseMistypedTarget(original.values, options.target);
  let text = before;
  const places: { readonly at: Path; readonly setting: Setting }[] = [];
  for (const setting of options.settings) {
    const { values } = await parseDocument(text, name);
    const target = targetOf(values, setting, options.target);
    text = await editText(text, target.at, target.value);
    places.push({ at: target.at, setting });
  }
  const result = await parseDocument(text, name);
  refuseNewProblems(original, result);
  const changes = places.map(({ at, setting }) => ({
    path: typeof setting.path === 'string' ? setting.path : formatPath(setting.path),
    before: getAt(original.values, at) ?? null,
    after: getAt(result.values, at) ?? null,
    place: result.has(at) ? result.place(at) : null,
  }));
  return { file: name, before, text, changes };
}

/** A new target may be begun here; one that is nearly the name of another was meant to be it. */
function refuseMistypedTarget(values: Json, target: string | undefined): void {
  const targets = isMap(values) && isMap(values['targets']) ? Object.keys(values['targets']) : [];
  if (target === undefined || targets.includes(target)) return;
  const meant = suggest(target, targets);
  if (meant === undefined) return;
  throw new SentopsError('CONFIG_INVALID', `there is no target ${target}`, {
    hint: `did you mean ${meant}? To begin a new target, write it into the file first`,
    details: { target, targets },
  });
}

/** The keys as this file spells them; a variable that it does not define yet is written in the short form. */
function targetOf(
  values: Json,
  setting: Setting,
  target: string | undefined,
): { readonly at: Path; readonly value: Json } {
  const given = typeof setting.path === 'string' ? withDefaultKey(knownPath(parsePath(setting.path))) : setting.path;
  const prefix = target === undefined || given[0] === 'targets' ? [] : ['targets', target];
  const at = normalizeKeys(values).writtenPath([...prefix, ...given]);
  const isShort =
    given[0] === 'variables' &&
    given.length === 3 &&
    at.at(-1) === 'default' &&
    getAt(values, at.slice(0, -1)) === undefined;
  if (isShort && !isMap(setting.value)) return { at: at.slice(0, -1), value: setting.value };
  const list = listAround(given);
  const listAt = list === undefined ? undefined : [...prefix, ...list];
  if (list === undefined || listAt === undefined || getAt(values, listAt) !== undefined || setting.value === null)
    return { at, value: setting.value };
  // The first item of a list that the file does not have yet.
  const item = given.slice(list.length + 1).reduceRight<Json>((inner, key) => ({ [key]: inner }), setting.value);
  return { at: listAt, value: [item] };
}

/** What was wrong before is not this command's business; what it would make wrong is. */
function refuseNewProblems(before: ParsedDocument, after: ParsedDocument): void {
  if (after.problems.length > 0) throw errorFrom(after.problems);
  const known = new Set(errorsOf(before).map(finding => finding.message));
  const fresh = errorsOf(after).filter(finding => !known.has(finding.message));
  const problems = fresh.map(finding => toProblem(finding, after.place(finding.segments, finding.at)));
  if (problems.length > 0) throw errorFrom(problems);
}

function errorsOf(document: ParsedDocument): Finding[] {
  return checkValues(document.values, { stage: 'raw', allowPartial: true }).filter(
    finding => finding.severity === 'error',
  );
}
