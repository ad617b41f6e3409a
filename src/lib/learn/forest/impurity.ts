/** How mixed the classes are whose weights stand at `from`; `total` is their sum. */
export type Impurity = (weights: Float64Array, from: number, classes: number, total: number) => number;

export const IMPURITIES: Readonly<Record<string, Impurity>> = {
  gini(weights, from, classes, total) {
    if (total === 0) return 0;
    let impurity = 1;
    for (let klass = 0; klass < classes; klass++) {
      const share = (weights[from + klass] as number) / total;
      impurity -= share * share;
    }
    return impurity;
  },
  /** In bits. */
  entropy(weights, from, classes, total) {
    if (total === 0) return 0;
    let impurity = 0;
    for (let klass = 0; klass < classes; klass++) {
      const weight = weights[from + klass] as number;
      if (weight === 0) continue;
      const share = weight / total;
      impurity -= share * (Math.log(share) / Math.LN2);
    }
    return impurity;
  },
};
