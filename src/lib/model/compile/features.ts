import { SentopsError } from '../../core/errors.ts';
import { decodeJavaUtf8 } from '../../text/decode-utf8.ts';
import type { FeatureStage, Stage } from '../stages.ts';
import { compileFastFeatures } from './fast-features.ts';
import { textColumns, wellFormed } from './token-steps.ts';
import type { FeatureMaker, SparseView } from './types.ts';
import { compileVector, type VectorMaker } from './vector-steps.ts';

/** What a row has of one feature: the tokens behind it (several where their hashes meet) and how many there are. */
interface CountedTokens {
  readonly tokens: readonly string[];
  readonly count: number;
}
export interface ExplainableFeatures extends FeatureMaker {
  countsOf(text: string): ReadonlyMap<number, CountedTokens>;
}

/** The feature stages of a pipeline, ready to run; what the last of them makes is the feature vector. */
export function compileFeatures(stages: readonly FeatureStage[]): FeatureMaker {
  const last = stages.at(-1);
  if (!last) throw new SentopsError('DATA_INVALID', 'the model has no feature stages');
  return compileFeatureColumn(last.outputCol, stages);
}

/**
 * One vector column as a function of the text. Rows of ASCII go the fast way where the stages have one; all others,
 * and all rows of other pipelines, go stage by stage as Spark does.
 */
export function compileFeatureColumn(column: string, stages: readonly Stage[]): ExplainableFeatures {
  const texts = textColumns(column, stages);
  if (texts.size !== 1) {
    throw new SentopsError('DATA_INVALID', `the model reads ${texts.size} text columns: ${[...texts].join(', ')}`, {
      hint: 'only models that read one text column can be scored here',
    });
  }
  const exact = compileVector(column, stages);
  const fast = compileFastFeatures(column, stages);
  const fromText = (text: string): SparseView => fast?.fromText(text) ?? exact.make(wellFormed(text));
  return {
    columns: exact.columns,
    fromText,
    fromBytes: (bytes, start, end) =>
      fast?.fromBytes(bytes, start, end) ?? exact.make(decodeJavaUtf8(bytes, start, end)),
    countsOf: text => countTokens(exact, wellFormed(text)),
    tokensOf: text => new Map([...countTokens(exact, wellFormed(text))].map(([index, { tokens }]) => [index, tokens])),
  };
}

function countTokens(vector: VectorMaker, text: string): ReadonlyMap<number, CountedTokens> {
  const counted = new Map<number, { tokens: string[]; count: number }>();
  for (const { tokens, indexOf } of vector.tokenIndexes) {
    for (const token of tokens(text)) {
      const index = indexOf(token);
      if (index < 0) continue;
      const known = counted.get(index) ?? { tokens: [], count: 0 };
      if (!known.tokens.includes(token)) known.tokens.push(token);
      known.count++;
      counted.set(index, known);
    }
  }
  return counted;
}
