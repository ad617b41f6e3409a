/** Spark classes that are read and written, for messages and documents; spark/stages holds one file for each. */
export const SUPPORTED_STAGES = [
  'Tokenizer',
  'RegexTokenizer',
  'StopWordsRemover',
  'NGram',
  'SQLTransformer (SELECT *, concat(a, b) AS c FROM __THIS__)',
  'HashingTF',
  'CountVectorizerModel',
  'IDFModel',
  'VectorAssembler',
  'LogisticRegressionModel',
  'LinearSVCModel',
  'RandomForestClassificationModel',
  'GBTClassificationModel',
  'NaiveBayesModel',
  'OneVsRestModel',
] as const;

export const SUPPORTED = SUPPORTED_STAGES.join(', ');
