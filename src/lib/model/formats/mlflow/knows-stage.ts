import type { Stage } from '../../stages.ts';

/**
 * Whether the loader in templates/pyfunc scores a stage as Spark does, by what the stage holds: the loader refuses what
 * it cannot, and a model that MLflow cannot load is worth less than one that it loads with Spark. In doubt, no.
 */
export function knowsStage(stage: Stage): boolean {
  switch (stage.kind) {
    case 'Tokenizer':
    case 'NGram':
    case 'ConcatTokens':
    case 'HashingTF':
    case 'CountVectorizer':
    case 'IDF':
    case 'LogisticRegression':
    case 'LinearSVC':
      return true;
    case 'RegexTokenizer':
      return isPlainRegex(stage.pattern);
    case 'StopWordsRemover':
      // Letters of these languages have small forms of their own.
      return stage.caseSensitive || !/^(tr|az|lt)(?![a-z])/iu.test(stage.locale);
    case 'NaiveBayes':
      return stage.modelType !== 'gaussian';
    case 'RandomForest':
      return !stage.trees.numCategories.some(count => count >= 0);
    default:
      return false;
  }
}

const CATEGORY = 'L[ulmto]?|M[nce]?|N[dlo]?|P[cdseifo]?|S[mcko]?|Z[slp]?|C[cfson]?';
const POSIX = 'Lower|Upper|Alpha|Digit|Alnum|Punct|Space';
const ESCAPE = [
  String.raw`\\[pP](?:[LMNPSZC]|\{(?:(?:Is)?(?:${CATEGORY})|${POSIX})\})`,
  String.raw`\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}`,
  // A sign that means itself, and the letters that mean the same in both languages.
  String.raw`\\[dDsSwWtnrf]|\\[\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e]`,
].join('|');
const SET = String.raw`\[\^?(?!\])(?:${ESCAPE}|(?!&&)[^\[\]\\])+\]`;
const GROUP = String.raw`\((?!\?)|\(\?[:=!]|\)`;
const TIMES = String.raw`(?:[*+?]|\{\d+(?:,\d*)?\})\??`;
/** `$` stands before other line ends in Java than in Python; a second `+` would take what Python gives back. */
const PLAIN = new RegExp(
  String.raw`^(?:(?:${ESCAPE}|${SET}|${GROUP}|[.^|]|[^\[\]\\(){}.^$|*+?])(?:${TIMES})?(?![*+?{]))*$`,
  'u',
);

/** Whether a pattern of Java means the same in Python, after what the loader mends in it. */
function isPlainRegex(pattern: string): boolean {
  return pattern.length <= 1000 && PLAIN.test(pattern);
}
