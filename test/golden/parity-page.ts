type Counts = Readonly<Record<'ordinary' | 'nasty', number>>;

export interface ParityRow {
  readonly name: string;
  readonly rows: Counts;
  readonly differing: Counts;
}

/** docs/parity.md: written by the parity suite, so that the page cannot say anything else than what was measured. */
export function renderParity(rows: readonly ParityRow[]): string {
  const sum = (pick: (row: ParityRow) => Counts, kind: keyof Counts) =>
    rows.reduce((total, row) => total + pick(row)[kind], 0);
  const total = (kind: keyof Counts) => `${sum(row => row.differing, kind)} of ${sum(row => row.rows, kind)}`;
  return `# Parity with Spark

sentops reads models that Spark ML saved and computes the same numbers: not nearly the same, but the same 64 bits of every
\`prediction\`, \`rawPrediction\` and \`probability\`. \`test/golden/spark\` holds small models that real Spark fitted, saved
and scored; the test suite scores every row again and compares. This page is written by that test
(\`npx vitest run test/golden -u\`); models are made by \`node scripts/golden.ts\`.

Ordinary rows are reviews and short messages with names, links, accents and emoji. Nasty rows are made to break things: dotted
and dotless i, final sigma, combining marks, joiners, byte order marks, control characters, halves of surrogate pairs, empty
and white rows, tokens of thousands of characters, random Unicode.

| model | ordinary rows | differ | nasty rows | differ |
|---|---|---|---|---|
${rows.map(row => formatRow(row)).join('\n')}

${rows.length} models. Rows that differ in any bit: ${total('ordinary')} ordinary, ${total('nasty')} nasty.

\`test/stack/spark.test.ts\` goes further with a live Spark 4.3: 151,072 rows, 20,000 of them random Unicode and one for every
code point from U+0000 to U+1FFFF, through Tokenizer, StopWordsRemover, HashingTF, IDF and LogisticRegression. 0 rows differ.
There real Spark 4.3 and 3.3 also load and score what sentops writes.

## What can differ

- **Boosted trees.** Spark sums the votes of the trees with the vector instructions of the processor: Spark 3.3 in four lanes
  with fused multiply-add, Spark 4 in as many lanes as the processor has. sentops sums in order. The last bits of
  \`rawPrediction\` and \`probability\` may differ; predictions do not.
- **Naive Bayes of the type bernoulli.** Spark 4 sums the constant of each class in lanes, too (Spark 3.3 in order, as
  sentops does): \`rawPrediction\` may differ by a few units in the last place. The model above was scored with one lane.
- **Processor.** Spark's \`exp\` is the one of its Java machine. The numbers here are those of OpenJDK 17 on x86-64, which
  computes \`exp\` and \`log\` with algorithms of its own. On other processors Java may round the last bit of a probability the other
  way; scores and predictions do not depend on it.
- **Language of the Java machine.** Spark lowers text with the default language of the machine. These models were scored
  with English; Turkish, Azeri and Lithuanian lower a few letters differently.
- **Age of the Java machine.** Lower-casing follows the Unicode version that Java knows: 13 for Java 17. Capitals that are
  younger (95 of them, in scripts such as Vithkuqi and Garay) stay as they are.
- **Text that is not valid.** Half a surrogate pair can stand in JSON but not in UTF-8: Spark makes a question mark of it,
  and so does sentops. In a file of bytes such a place is read as U+FFFD, by both.
- **Null text.** Spark stops the whole job; sentops reports and counts the row and goes on.
`;
}

function formatRow({ name, rows, differing }: ParityRow): string {
  return `| ${name} | ${rows.ordinary} | ${differing.ordinary} | ${rows.nasty} | ${differing.nasty} |`;
}
