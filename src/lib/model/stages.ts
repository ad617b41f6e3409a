import type { FittedStage } from '../learn/types.ts';

/**
 * The stages of a fitted pipeline as plain data (numbers, texts, typed arrays, nothing else), named and shaped as
 * Spark ML names and shapes them, so that a stage read from a Spark model loses nothing on the way back. Plain data
 * can be sent to a worker as it is. What a stage computes stands in model/compile, how it is stored in model/formats.
 */
interface StageBase<Kind extends string> {
  readonly kind: Kind;
  /** Spark's unique id of the stage: the one of the estimator that fitted it. */
  readonly uid: string;
  /** Parameters of the format that change nothing about scoring (regParam, seed …), kept for a look and for writing back. */
  readonly extras?: Readonly<Record<string, ExtraValue>>;
}
export type ExtraValue = string | number | boolean | null | readonly ExtraValue[];

interface TransformerBase<Kind extends string> extends StageBase<Kind> {
  readonly inputCol: string;
  readonly outputCol: string;
}

export interface TokenizerStage extends TransformerBase<'Tokenizer'> {}

export interface RegexTokenizerStage extends TransformerBase<'RegexTokenizer'> {
  /** A regular expression as Java writes them. */
  readonly pattern: string;
  /** True: the pattern matches what stands between tokens; false: the tokens themselves. */
  readonly gaps: boolean;
  readonly minTokenLength: number;
  readonly toLowercase: boolean;
}

export interface StopWordsRemoverStage extends TransformerBase<'StopWordsRemover'> {
  readonly stopWords: readonly string[];
  readonly caseSensitive: boolean;
  readonly locale: string;
}

export interface NGramStage extends TransformerBase<'NGram'> {
  readonly n: number;
}

/** An SQLTransformer of the one form that joins token columns: SELECT *, concat(a, b) AS c FROM __THIS__. */
export interface ConcatTokensStage extends StageBase<'ConcatTokens'> {
  readonly inputCols: readonly string[];
  readonly outputCol: string;
}

export interface HashingTFStage extends TransformerBase<'HashingTF'> {
  readonly numFeatures: number;
  readonly binary: boolean;
  /** Spark below 3.0 mixed the last bytes of a token differently. */
  readonly hash: 'spark2' | 'spark3';
}

export interface CountVectorizerStage extends TransformerBase<'CountVectorizer'> {
  readonly vocabulary: readonly string[];
  /** A count from 1 on, a share of the tokens of the row below. */
  readonly minTF: number;
  readonly binary: boolean;
}

export interface IDFStage extends TransformerBase<'IDF'> {
  readonly idf: Float64Array;
  /** Null where the format (Spark below 3.0) does not hold it. */
  readonly docFreq: Float64Array | null;
  readonly numDocs: number;
}

export interface VectorAssemblerStage extends StageBase<'VectorAssembler'> {
  readonly inputCols: readonly string[];
  readonly outputCol: string;
  readonly handleInvalid: 'error' | 'keep' | 'skip';
}

export type Vector =
  | { readonly type: 'dense'; readonly values: Float64Array }
  | { readonly type: 'sparse'; readonly size: number; readonly indices: Int32Array; readonly values: Float64Array };

/** As Spark stores it: column-major unless transposed; the layout decides the order in which products are summed. */
export type Matrix =
  | {
      readonly type: 'dense';
      readonly rows: number;
      readonly columns: number;
      readonly values: Float64Array;
      readonly transposed: boolean;
    }
  | {
      readonly type: 'sparse';
      readonly rows: number;
      readonly columns: number;
      /** Start of each column, or of each row where transposed. */
      readonly starts: Int32Array;
      /** Row of each entry, or column where transposed. */
      readonly indices: Int32Array;
      readonly values: Float64Array;
      readonly transposed: boolean;
    };

interface ClassifierBase<Kind extends string> extends StageBase<Kind> {
  readonly featuresCol: string;
  readonly labelCol: string;
  readonly predictionCol: string;
  readonly rawPredictionCol: string;
  readonly numClasses: number;
  readonly numFeatures: number;
}
interface ProbabilisticBase<Kind extends string> extends ClassifierBase<Kind> {
  readonly probabilityCol: string;
  /** One for each class, for `thresholds` of Spark; null where it is not set. */
  readonly thresholds: Float64Array | null;
}

export interface LogisticRegressionStage extends ProbabilisticBase<'LogisticRegression'> {
  readonly multinomial: boolean;
  /** One row for a binomial model, one for each class for a multinomial one. */
  readonly coefficients: Matrix;
  readonly intercepts: Vector;
  /** Of the positive class, for binomial models without `thresholds`. */
  readonly threshold: number;
}

export interface LinearSVCStage extends ClassifierBase<'LinearSVC'> {
  readonly coefficients: Vector;
  readonly intercept: number;
  readonly threshold: number;
}

/** Trees side by side: tree t owns the nodes from starts[t] to starts[t + 1], the first of them is its root. */
export interface Trees {
  readonly starts: Int32Array;
  /** −1 in a leaf. */
  readonly feature: Int32Array;
  /** At most this: go left. For continuous features. */
  readonly threshold: Float64Array;
  /** Number of the child within its tree; −1 in a leaf. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly prediction: Float64Array;
  readonly impurity: Float64Array;
  readonly gain: Float64Array;
  /** How many rows came by; −1 where the format does not hold it. */
  readonly rawCount: Float64Array;
  /** Weight of each class in each node, `statsPerNode` numbers a node; for regression trees count, sum, sum of squares. */
  readonly stats: Float64Array;
  readonly statsPerNode: number;
  /** Splits by category: categories that go left, of node n from categoryStarts[n] to categoryStarts[n + 1]. */
  readonly categories: Float64Array;
  readonly categoryStarts: Int32Array;
  /** Number of categories of a categorical split, −1 for a continuous one. */
  readonly numCategories: Int32Array;
  readonly weights: Float64Array;
}

export interface RandomForestStage extends ProbabilisticBase<'RandomForest'> {
  readonly trees: Trees;
}

export interface GBTStage extends ProbabilisticBase<'GBT'> {
  readonly trees: Trees;
}

export interface NaiveBayesStage extends ProbabilisticBase<'NaiveBayes'> {
  readonly modelType: 'multinomial' | 'bernoulli' | 'complement' | 'gaussian';
  readonly pi: Vector;
  readonly theta: Matrix;
  /** Of gaussian models. */
  readonly sigma: Matrix | null;
}

export interface OneVsRestStage extends ClassifierBase<'OneVsRest'> {
  readonly models: readonly BinaryClassifierStage[];
}

/** What a trainer of a plugin made; only that plugin can score it, only the native format can hold it. */
interface PluginStage extends ClassifierBase<'Plugin'> {
  readonly trainer: string;
  readonly fitted: FittedStage;
}

export type BinaryClassifierStage =
  | LogisticRegressionStage
  | LinearSVCStage
  | RandomForestStage
  | GBTStage
  | NaiveBayesStage;
export type ClassifierStage = BinaryClassifierStage | OneVsRestStage | PluginStage;
/** Text → tokens → tokens. */
type TokenStage = TokenizerStage | RegexTokenizerStage | StopWordsRemoverStage | NGramStage | ConcatTokensStage;
/** Tokens or vectors → a vector. */
type VectorStage = HashingTFStage | CountVectorizerStage | IDFStage | VectorAssemblerStage;
export type FeatureStage = TokenStage | VectorStage;
export type Stage = FeatureStage | ClassifierStage;
