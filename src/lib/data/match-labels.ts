import { SentopsError } from '../core/errors.ts';
import type { LabelCount } from './label-ids.ts';
import { foldLabel, isMissing } from './label-schemes.ts';
import { type LabelRequest, NO_LABEL, resolveLabels } from './labels.ts';

/** What a model, or a training that is under way, knows of labels. */
export interface KnownLabels {
  /** Names of the classes. */
  readonly labels: readonly string[];
  readonly about: {
    /** Label as written in training → name of its class; null where its rows were dropped. */
    readonly labelMapping?: Readonly<Record<string, string | null>>;
  };
}

/** Which class of a model each label of a file stands for. */
export interface LabelMatch {
  /** How that was found out, for people. */
  readonly scheme: string;
  /** Class of the model for each label id; −1 is dropped. */
  readonly classOf: Int32Array;
  /** Label as written → name of the class; null where its rows are dropped. */
  readonly mapping: Readonly<Record<string, string | null>>;
  readonly dropped: readonly { readonly value: string; readonly rows: number; readonly why: string }[];
}

/**
 * The labels that the model was trained with mean the same again; names of its classes mean themselves; anything else
 * is understood as training would, and has to come out as the classes of the model. Messages name `file`.
 */
export function matchLabels(
  counts: readonly LabelCount[],
  model: KnownLabels,
  columnName: string,
  blank: number,
  file = 'the test file',
): LabelMatch {
  const dropped = blank > 0 ? [{ value: '', rows: blank, why: NO_LABEL }] : [];
  const { labelMapping } = model.about;
  const byTraining = labelMapping ? matchBy(counts, foldKeys(labelMapping), model.labels) : null;
  if (byTraining !== null) return collect('as in training', counts, byTraining, model.labels, dropped);
  const byName = matchBy(counts, foldKeys(Object.fromEntries(model.labels.map(name => [name, name]))), model.labels);
  if (byName !== null) return collect('names of the classes', counts, byName, model.labels, dropped);
  return matchScheme(counts, model.labels, { columnName, blank, testFile: file });
}

function foldKeys(mapping: Readonly<Record<string, string | null>>): Map<string, string | null> {
  return new Map(Object.entries(mapping).map(([label, name]) => [foldLabel(label), name]));
}

/** Null where a label is not in the mapping. */
function matchBy(
  counts: readonly LabelCount[],
  mapping: ReadonlyMap<string, string | null>,
  labels: readonly string[],
): Int32Array | null {
  const classOf = new Int32Array(counts.length).fill(-1);
  for (const [id, { value }] of counts.entries()) {
    const label = foldLabel(value);
    const name = mapping.get(label) ?? (mapping.has(label) || isMissing(label) ? null : undefined);
    if (name === undefined) return null;
    classOf[id] = name === null ? -1 : labels.indexOf(name);
  }
  return counts.length > 0 ? classOf : null;
}

function collect(
  scheme: string,
  counts: readonly LabelCount[],
  classOf: Int32Array,
  labels: readonly string[],
  dropped: LabelMatch['dropped'],
): LabelMatch {
  const gone = counts.filter((_, id) => (classOf[id] as number) < 0);
  return {
    scheme,
    classOf,
    mapping: Object.fromEntries(counts.map(({ value }, id) => [value, labels[classOf[id] as number] ?? null])),
    dropped: [...dropped, ...gone.map(({ value, rows }) => ({ value, rows, why: whyGone(value) }))],
  };
}

function whyGone(label: string): string {
  return isMissing(foldLabel(label)) ? NO_LABEL : 'left out in training too';
}

function matchScheme(
  counts: readonly LabelCount[],
  labels: readonly string[],
  request: LabelRequest & { readonly testFile: string },
): LabelMatch {
  const { columnName, testFile } = request;
  const resolved = resolveLabels(counts, request);
  const toModel = resolved.classes.map((name, index) => placeIn(labels, resolved.classes, name, index));
  if (toModel.includes(-1)) {
    throw new SentopsError(
      'DATA_INVALID',
      `${testFile}: the labels of column ${columnName} (${resolved.classes.join(', ')}) are not the classes of the model (${labels.join(', ')})`,
      {
        hint: 'name the column of the labels with --label-column, or choose a model of these classes',
        details: { column: columnName, labels: resolved.classes, classes: labels },
      },
    );
  }
  const classOf = resolved.classOf.map(klass => (klass < 0 ? -1 : (toModel[klass] as number)));
  return { ...collect(resolved.scheme, counts, classOf, labels, []), dropped: resolved.dropped };
}

/** By name; by number where the model, as one that Spark trained, has nothing but numbers for names. */
function placeIn(labels: readonly string[], classes: readonly string[], name: string, index: number): number {
  const byName = labels.findIndex(label => foldLabel(label) === foldLabel(name));
  if (byName >= 0) return byName;
  const isNumbered = labels.every((label, number) => Number.parseFloat(label) === number);
  return isNumbered && labels.length === classes.length ? index : -1;
}
