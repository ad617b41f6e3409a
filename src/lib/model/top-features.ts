import { compileClassifier, isClassifier } from './compile/compile-classifier.ts';
import { compileFeatureColumn } from './compile/features.ts';
import { mathOf } from './compile/hotspot-math.ts';
import type { Stage } from './stages.ts';
import type { FittedModel } from './types.ts';

interface TopFeature {
  /** Its place in the feature vector. */
  index: number;
  /** What one occurrence adds to the score of the class; the weight of idf is in it. */
  weight: number;
  /** Tokens found to have this place: several where their hashes meet, none where nobody named it. */
  tokens: string[];
}

export interface TopFeatures {
  label: string;
  features: TopFeature[];
}

/**
 * The features that speak most for each class; null for models whose score is no weighted sum. Features of a
 * vocabulary have names, hashed ones only where a text with the token is given.
 */
export function findTopFeatures(model: FittedModel, count: number, texts: readonly string[]): TopFeatures[] | null {
  const last = model.stages.at(-1);
  if (last === undefined || !isClassifier(last) || last.kind === 'Plugin') return null;
  const stages = model.stages.slice(0, -1);
  const classifier = compileClassifier(last, mathOf('fdlibm'));
  const features = compileFeatureColumn(last.featuresCol, stages);
  const scale = scaleOf(stages, last.featuresCol);
  const groups: { label: string; picked: { index: number; weight: number }[] }[] = [];
  for (const [klass, label] of model.labels.entries()) {
    const isBinary = classifier.classes === 2;
    const form = classifier.linearForm(isBinary ? 1 : klass);
    if (form === null) return null;
    const sign = isBinary && klass === 0 ? -1 : 1;
    const weightOf = (index: number) => sign * form.weight(index) * (scale?.[index] ?? 1);
    groups.push({ label, picked: pickLargest(features.columns, weightOf, count) });
  }
  const wanted = new Set(groups.flatMap(({ picked }) => picked.map(({ index }) => index)));
  const names = nameFeatures(stages, last.featuresCol, wanted, texts);
  return groups.map(({ label, picked }) => ({
    label,
    features: picked.map(feature => ({ ...feature, tokens: [...(names.get(feature.index) ?? [])] })),
  }));
}

/** The idf by which counts are multiplied before the classifier sees them. */
function scaleOf(stages: readonly Stage[], column: string): Float64Array | null {
  const stage = stages.find(each => each.kind === 'IDF' && each.outputCol === column);
  return stage?.kind === 'IDF' ? stage.idf : null;
}

/** The few largest above zero, the largest first: one pass, since there may be millions. */
function pickLargest(
  columns: number,
  weightOf: (index: number) => number,
  count: number,
): { index: number; weight: number }[] {
  const best: { index: number; weight: number }[] = [];
  for (let index = 0; index < columns; index += 1) {
    const weight = weightOf(index);
    const least = best.length < count ? 0 : (best.at(-1)?.weight ?? Number.POSITIVE_INFINITY);
    if (!(weight > least)) continue;
    let at = best.length;
    while (at > 0 && (best[at - 1]?.weight as number) < weight) at -= 1;
    best.splice(at, 0, { index, weight });
    if (best.length > count) best.pop();
  }
  return best;
}

function nameFeatures(
  stages: readonly Stage[],
  column: string,
  wanted: ReadonlySet<number>,
  texts: readonly string[],
): Map<number, Set<string>> {
  const names = new Map<number, Set<string>>();
  const add = (index: number, token: string) => {
    if (!wanted.has(index)) return;
    const found = names.get(index) ?? new Set();
    names.set(index, found.add(token));
  };
  const vocabulary = vocabularyOf(stages, column);
  if (vocabulary !== null) {
    for (const [index, token] of vocabulary.entries()) add(index, token);
    return names;
  }
  const features = compileFeatureColumn(column, stages);
  for (const text of texts)
    for (const [index, tokens] of features.tokensOf(text)) for (const token of tokens) add(index, token);
  return names;
}

/** Of a CountVectorizer whose counts are the features, or become them by idf. */
function vocabularyOf(stages: readonly Stage[], column: string): readonly string[] | null {
  const source = stages.find(stage => 'outputCol' in stage && stage.outputCol === column);
  if (source?.kind === 'CountVectorizer') return source.vocabulary;
  return source?.kind === 'IDF' ? vocabularyOf(stages, source.inputCol) : null;
}
