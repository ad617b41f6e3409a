import type { Counts, Vocabulary } from './vocabulary.ts';

/**
 * How fast the weight of each feature moves: its naive-Bayes log-count ratio |log((a + α) / (b + α)) − log(A / B)|, a
 * and b the rows with the feature inside and outside the class, A and B all features there (S. Wang, C. D. Manning,
 * Baselines and Bigrams, ACL 2012). There the ratio r is the value of the feature and w its weight. AdaGrad steps by
 * η · g · r / √Σ(g · r)², so the product v = r · w, the coefficient, moves by η · |r| · g / √Σg²: it is enough to
 * keep v and |r|, and folding the ratios into the coefficients is no step of its own.
 */
export function ratioRates(
  counts: Pick<Counts, 'rows' | 'features'>,
  vocabulary: Vocabulary,
  alpha: number,
): Float32Array {
  const classes = counts.rows.length;
  const models = modelsOf(classes);
  const size = vocabulary.features.length;
  const rates = new Float32Array(size * models);
  const total = counts.features.reduce((sum, many) => sum + many, 0);
  const shift = Float64Array.from({ length: models }, (_, model) => {
    const own = counts.features[models === 1 ? 1 : model] as number;
    return Math.log((own + 1) / (total - own + 1));
  });
  const logs = Float64Array.from({ length: 4096 }, (_, many) => Math.log(many + alpha));
  const log = (many: number) => (many < logs.length ? (logs[many] as number) : Math.log(many + alpha));
  for (let number = 0; number < size; number++) {
    const base = number * classes;
    let rows = 0;
    for (let i = base; i < base + classes; i++) rows += vocabulary.counts[i] as number;
    for (let model = 0; model < models; model++) {
      const own = vocabulary.counts[base + (models === 1 ? 1 : model)] as number;
      rates[number * models + model] = Math.abs(log(own) - log(rows - own) - (shift[model] as number));
    }
  }
  return rates;
}

/** Two classes need one weight vector, more need one each. */
export function modelsOf(classes: number): number {
  return classes === 2 ? 1 : classes;
}

/** Where the intercepts start: log-odds of the positive class, or the logarithm of each class's share. */
export function startIntercepts(rows: Float64Array): Float64Array {
  if (rows.length === 2) return Float64Array.of(Math.log((rows[1] as number) / (rows[0] as number)));
  const total = rows.reduce((sum, many) => sum + many, 0);
  return rows.map(many => Math.log(many / total));
}
