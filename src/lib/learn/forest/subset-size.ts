/** How many columns a node looks at, as Spark's featureSubsetStrategy says. Throws RangeError for what it does not know. */
export function subsetSize(strategy: string, columns: number, trees: number): number {
  const named: Readonly<Record<string, number>> = {
    auto: trees === 1 ? columns : Math.ceil(Math.sqrt(columns)),
    all: columns,
    sqrt: Math.ceil(Math.sqrt(columns)),
    log2: Math.max(1, Math.ceil(Math.log2(columns))),
    onethird: Math.ceil(columns / 3),
  };
  const size = Object.hasOwn(named, strategy) ? named[strategy] : undefined;
  if (size !== undefined) return size;
  if (/^[1-9]\d*$/.test(strategy)) return Math.min(Number(strategy), columns);
  const share = /^(0?\.\d+|1\.0*)$/.test(strategy) ? Number(strategy) : 0;
  if (share > 0) return Math.ceil(share * columns);
  throw new RangeError(
    `randomforest: featureSubsetStrategy must be auto, all, sqrt, log2, onethird, a number of columns or a share of them such as 0.5, not "${strategy}"`,
  );
}
