import type { CompiledClassifier } from './classifiers/types.ts';
import type { ExplainableFeatures } from './features.ts';
import type { SparseView, TokenWeight } from './types.ts';

/**
 * The tokens that moved a score most. For weighted sums a token's weight is what it added, exactly: all weights and the
 * intercept add up to the score. Otherwise it is what the raw score loses when the token is left out.
 */
export function explainRow(
  features: ExplainableFeatures,
  classifier: CompiledClassifier,
  text: string,
  limit: number,
): TokenWeight[] {
  const row = copyRow(features.fromText(text));
  const named = features.countsOf(text);
  const raw = new Float64Array(classifier.classes);
  const probabilities = new Float64Array(classifier.classes);
  const predicted = classifier.classify(row, raw, probabilities, 0);
  const cls = classifier.classes === 2 ? 1 : predicted;
  const form = classifier.linearForm(cls);
  const score = raw[cls] as number;
  const found: TokenWeight[] = [];
  for (let at = 0; at < row.count; at++) {
    const index = row.indices[at] as number;
    const value = row.values[at] as number;
    const weight = form ? value * form.weight(index) : score - scoreWithout(classifier, row, at, cls);
    const { tokens, count } = named.get(index) ?? { tokens: [], count: 0 };
    found.push({ token: tokens.join(' | '), weight, count });
  }
  return found.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, limit);
}

function copyRow(view: SparseView): SparseView {
  return { count: view.count, indices: view.indices.slice(0, view.count), values: view.values.slice(0, view.count) };
}

function scoreWithout(classifier: CompiledClassifier, row: SparseView, at: number, cls: number): number {
  const value = row.values[at] as number;
  const raw = new Float64Array(classifier.classes);
  row.values[at] = 0;
  classifier.classify(row, raw, new Float64Array(classifier.classes), 0);
  row.values[at] = value;
  return raw[cls] as number;
}
