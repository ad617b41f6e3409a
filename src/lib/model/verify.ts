import type { Table } from '../data/rows.ts';
import { compileModel } from './compile/compile.ts';
import type { MathFlavor, Scorer } from './compile/types.ts';
import { describeStage, type StageFacts } from './describe-stage.ts';
import { createParityTally, type Parity } from './parity/compare-scores.ts';
import type { StoredScore } from './parity/stored-score.ts';
import type { FittedModel } from './types.ts';

export interface Verification {
  path: string;
  stages: StageFacts[];
  /** What the scores were compared with: a file, or `Spark 4.3.0`. */
  against: string;
  parity: Parity;
}

/** Texts for Spark to score where none are given: words, signs and the characters that are easily got wrong. */
export const SAMPLE_TEXTS: readonly string[] = [
  'I love this, it is wonderful!',
  'What a waste of money.',
  "I don't think it's bad; I'd buy it again",
  '@user check https://example.com/a?b=c #tag :-)',
  'GREAT great Great gReAt',
  '',
  '   ',
  ' leading and  double   spaces ',
  'tabs\tand\nlines\r\nand more\u000b\f',
  'no\u00a0break\u2003em\u0085next\u2028line',
  '\ufeffbyte order mark',
  'İstanbul IĞDIR ısı',
  'ΟΔΟΣ ΣΑΣ Σ',
  'straße STRASSE ﬁne',
  'naïve café Ünal Ångström',
  'emoji 😀 👨‍👩‍👧 🇩🇪',
  'half a pair \ud83d here',
  'русский текст 日本語 한국어 العربية',
  'a1 b2 3.14 1,000 100%',
  'x'.repeat(1000),
];

/** Holds the scores of a model against those that somebody else computed, bit by bit. */
export async function compareScores(
  model: FittedModel,
  stored: AsyncIterable<StoredScore> | Iterable<StoredScore>,
  math: MathFlavor,
): Promise<Parity> {
  const scorer: Scorer = compileModel(model, { math });
  const tally = createParityTally();
  let row = 0;
  for await (const score of stored) {
    tally.add(row, score, score.text === null ? null : scorer.score(score.text));
    row += 1;
  }
  return tally.result();
}

export function describeStages(model: FittedModel): StageFacts[] {
  return model.stages.map(describeStage);
}

/** The texts of a table, at most so many: Spark is given them as a whole. */
export async function readTexts(table: Table, most: number, signal: AbortSignal): Promise<string[]> {
  const { textColumn } = table.layout;
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const texts: string[] = [];
  for await (const { rows, columns } of table.batches([textColumn], signal)) {
    const [column] = columns;
    for (let row = 0; row < rows && column !== undefined; row += 1) {
      const start = column.starts[row] as number;
      if (start >= 0) texts.push(decoder.decode(column.bytes.subarray(start, column.ends[row])));
      if (texts.length === most) return texts;
    }
  }
  return texts;
}
