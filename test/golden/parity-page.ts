import type { LargestErrors } from '../helpers/score-bits.ts';
import { type LiveParity, type LiveVersion, livePlan } from './live-parity.ts';

export const KINDS = ['ordinary', 'nasty'] as const;
export type Kind = (typeof KINDS)[number];

interface Measured extends LargestErrors {
  readonly rows: number;
  /** Rows in which any bit differs. */
  readonly differing: number;
}

/** What one model gave; predictions were found to be the same in all rows. */
export interface ParityRow extends Readonly<Record<Kind, Measured>> {
  readonly name: string;
}

type LiveRuns = Readonly<Partial<Record<LiveVersion, LiveParity>>>;

/** docs/parity.md: what the parity suite measured, and what the live comparison stored when it last ran. */
export function renderParity(models: readonly ParityRow[], live: LiveRuns): string {
  const isExact = (model: ParityRow) => KINDS.every(kind => model[kind].differing === 0);
  const exact = models.filter(isExact);
  const others = models.filter(model => !isExact(model));
  return `# Parity with Spark

sentops reads models that Spark ML saved and computes what Spark computes. Of the ${models.length} models below, each with
${KINDS.map(kind => `${models[0]?.[kind].rows} ${kind}`).join(' and ')} rows, \`prediction\` is the same in every row of every model. The scores:

- ${exact.length} models: the same 64 bits of every \`rawPrediction\` and \`probability\`, in all ${sumRows(exact)} rows. They are linear models,
  one-vs-rest, forests and naive Bayes on sparse rows, and boosted trees that are few.
- ${others.length} models: the last bits of \`rawPrediction\` or \`probability\` differ in ${sumDiffering(others)} of ${sumRows(others)} rows. They are boosted trees
  and models with dense rows; why they differ is told [below](#what-can-differ).

\`test/golden/spark\` holds these small models, which real Spark fitted, saved and scored; the test suite scores every row
again and compares. This page is written by that test (\`npx vitest run test/golden -u\`); models are made by
\`node scripts/golden.ts\`. The name of a model begins with the version of Spark.

Ordinary rows are reviews and short messages with names, links, accents and emoji. Nasty rows are made to break things: dotted
and dotless i, final sigma, combining marks, joiners, byte order marks, control characters, halves of surrogate pairs, empty
and white rows, tokens of thousands of characters, random Unicode.

## Last bits differ

The largest error of \`rawPrediction\` is relative to Spark's number; that of \`probability\` is the plain distance.

| model | ordinary rows | differ | nasty rows | differ | rawPrediction | probability |
|---|---|---|---|---|---|---|
${others.map(model => formatOther(model)).join('\n')}

## The same bits

| model | ordinary rows | differ | nasty rows | differ |
|---|---|---|---|---|
${exact.map(model => formatExact(model)).join('\n')}

## Against a live Spark

\`test/stack/spark.test.ts\` goes further: Tokenizer, StopWordsRemover, HashingTF, IDF and LogisticRegression on rows of random
Unicode and rows for every code point. It also has real Spark 4.3 and 3.3 load and score what sentops writes. What follows
is stored in \`test/golden/live-parity.json\` by a run with \`SENTOPS_RECORD_PARITY=1\`.

${(['spark4', 'spark3'] as const).map(version => formatLive(version, live[version])).join('\n')}

## What can differ

- **Boosted trees.** The margin is the product of two dense vectors, the votes and the weights of the trees. Spark leaves
  such products to a BLAS that uses the vector instructions of the processor; the order in which it sums, and whether it
  rounds each product, depend on the version of Spark and on the processor. sentops rounds each product and sums in order.
  With few trees the sums may come out the same: \`4.3-boosted\` has 5, \`4.3-boosted-20\` as many as Spark makes by itself.
- **Dense rows.** Spark stores a row densely where that is smaller, which is where two thirds of the columns or more are not
  zero. VectorAssembler does this; it takes few columns (the models called \`narrow\` have 18) or long texts. The product of
  a dense row with coefficients is summed as above; that of a sparse row in order, as sentops sums both.
- **Naive Bayes of the type bernoulli.** Spark 4 sums the constant of each class in lanes, too (Spark 3.3 in order, as
  sentops does): \`rawPrediction\` may differ by a few units in the last place. The model above was scored with one lane.
- **Processor.** Spark's \`exp\` is the one of its Java machine. The numbers here are those of OpenJDK 17 on x86-64, which
  computes \`exp\` and \`log\` with algorithms of its own. On other processors Java may round the last bit of a probability
  the other way; predictions do not depend on it.
- **Language of the Java machine.** Spark lowers text with the default language of the machine. These models were scored
  with English; Turkish, Azeri and Lithuanian lower a few letters differently.
- **Age of the Java machine.** Lower-casing follows the Unicode version that Java knows: 13 for Java 17. Capitals that are
  younger (95 of them, in scripts such as Vithkuqi and Garay) stay as they are.
- **Final sigma.** Java writes Σ as ς at the end of a word, but looks further and elsewhere less far than Unicode's condition
  Final_Sigma (The Unicode Standard, section 3.13). sentops has rules of its own for this, found by experiments with a Java 17
  machine. Compared with it were 900,000 random texts of 2 to 10 characters, a third of each kind: Greek with punctuation,
  characters chosen to break rules, all characters up to U+1EFFF. 0 differed, nor did 1,310,720 texts with each code point up
  to U+1FFFF in ten places around a sigma. Texts of other kinds, or another Java machine, may still differ.
- **Text that is not valid.** Half a surrogate pair can stand in JSON but not in UTF-8: Spark makes a question mark of it,
  and so does sentops. In a file of bytes such a place is read as U+FFFD, by both.
- **Null text.** Spark stops the whole job; sentops reports and counts the row and goes on.
`;
}

function sumRows(models: readonly ParityRow[]): string {
  return formatCount(models.reduce((sum, model) => sum + model.ordinary.rows + model.nasty.rows, 0));
}

function sumDiffering(models: readonly ParityRow[]): string {
  return formatCount(models.reduce((sum, model) => sum + model.ordinary.differing + model.nasty.differing, 0));
}

function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

function formatExact({ name, ordinary, nasty }: ParityRow): string {
  return `| ${name} | ${ordinary.rows} | ${ordinary.differing} | ${nasty.rows} | ${nasty.differing} |`;
}

function formatOther(model: ParityRow): string {
  const largest = (column: keyof LargestErrors) => Math.max(...KINDS.map(kind => model[kind][column]));
  const error = (value: number) => (value === 0 ? '0' : value.toExponential(1));
  return `${formatExact(model)} ${error(largest('rawPrediction'))} | ${error(largest('probability'))} |`;
}

function formatLive(version: LiveVersion, live: LiveParity | undefined): string {
  const plan = livePlan(version);
  const last = plan.lastCodePoint?.toString(16).toUpperCase();
  const rows = `${formatCount(plan.random)} rows of random Unicode${last ? ` and one for each of U+0000 to U+${last}` : ''}`;
  if (!live) return `- ${version === 'spark4' ? 'Spark 4.3' : 'Spark 3.3'}, ${rows}: no run is stored.`;
  const differing = `${formatCount(live.differing)} of ${formatCount(live.rows)} rows differ`;
  return `- Spark ${live.spark} on Java ${live.java}, ${live.processor}, ${rows}: ${differing}.`;
}
