import type { Stage } from '../../stages.ts';
import type { StageFormat } from './stage-format.ts';
import { concatTokens } from './stages/concat-tokens.ts';
import { countVectorizer } from './stages/count-vectorizer.ts';
import { gbt } from './stages/gbt.ts';
import { hashingTF } from './stages/hashing-tf.ts';
import { idf } from './stages/idf.ts';
import { linearSVC } from './stages/linear-svc.ts';
import { logisticRegression } from './stages/logistic-regression.ts';
import { nGram } from './stages/n-gram.ts';
import { naiveBayes } from './stages/naive-bayes.ts';
import { oneVsRest } from './stages/one-vs-rest.ts';
import { randomForest } from './stages/random-forest.ts';
import { regexTokenizer } from './stages/regex-tokenizer.ts';
import { stopWordsRemover } from './stages/stop-words-remover.ts';
import { tokenizer } from './stages/tokenizer.ts';
import { vectorAssembler } from './stages/vector-assembler.ts';

type Written = Exclude<Stage['kind'], 'Plugin'>;
export type StageFormats = { readonly [K in Written]: StageFormat<Extract<Stage, { kind: K }>> };

/** Every stage that Spark and we have in common. */
export const STAGE_FORMATS: StageFormats = {
  Tokenizer: tokenizer,
  RegexTokenizer: regexTokenizer,
  StopWordsRemover: stopWordsRemover,
  NGram: nGram,
  ConcatTokens: concatTokens,
  HashingTF: hashingTF,
  CountVectorizer: countVectorizer,
  IDF: idf,
  VectorAssembler: vectorAssembler,
  LogisticRegression: logisticRegression,
  LinearSVC: linearSVC,
  RandomForest: randomForest,
  GBT: gbt,
  NaiveBayes: naiveBayes,
  OneVsRest: oneVsRest,
};
