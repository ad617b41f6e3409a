import { SentopsError } from '../../core/errors.ts';
import { lowerCase } from '../../text/lower-case.ts';
import { joinNgrams } from '../../text/ngrams.ts';
import { createRegexTokenizer } from '../../text/regex-tokenizer.ts';
import { splitWhitespace } from '../../text/split-whitespace.ts';
import { createStopWordFilter } from '../../text/stop-word-filter.ts';
import type { RegexTokenizerStage, Stage, TokenStage } from '../stages.ts';

/** Makes the tokens of a text; what two branches share is made once for each text. */
export type TokenMaker = (text: string) => readonly string[];

/** The token column of this name as a function of the text, put together from the stages that lead to it. */
export function compileTokens(column: string, stages: readonly Stage[], made: Map<string, TokenMaker>): TokenMaker {
  const known = made.get(column);
  if (known) return known;
  const stage = findProducer(column, stages);
  const maker = rememberLast(compileStage(stage, column => compileTokens(column, stages, made)));
  made.set(column, maker);
  return maker;
}

function compileStage(stage: Stage, tokensOf: (column: string) => TokenMaker): TokenMaker {
  switch (stage.kind) {
    case 'Tokenizer':
      return text => splitWhitespace(lowerCase(text));
    case 'RegexTokenizer':
      return compileRegexTokenizer(stage);
    case 'StopWordsRemover': {
      const tokens = tokensOf(stage.inputCol);
      const isStopWord = createStopWordFilter(stage.stopWords, stage);
      return text => tokens(text).filter(token => !isStopWord(token));
    }
    case 'NGram': {
      const tokens = tokensOf(stage.inputCol);
      return text => joinNgrams(tokens(text), stage.n);
    }
    case 'ConcatTokens': {
      const parts = stage.inputCols.map(tokensOf);
      return text => parts.flatMap(tokens => tokens(text));
    }
    default:
      throw new SentopsError('DATA_INVALID', `stage ${stage.uid} (${stage.kind}) does not make tokens`, {
        hint: 'tokens come from Tokenizer, RegexTokenizer, StopWordsRemover, NGram or a concatenation of them',
      });
  }
}

function compileRegexTokenizer(stage: RegexTokenizerStage): TokenMaker {
  try {
    const tokenize = createRegexTokenizer(stage);
    return text => tokenize(text).map(wellFormed);
  } catch (error) {
    throw new SentopsError('DATA_INVALID', `stage ${stage.uid} (RegexTokenizer): ${(error as Error).message}`, {
      hint: 'such a model can be scored with Spark only',
      cause: error,
    });
  }
}

/** Texts stand between Spark's stages as UTF-8, which has a question mark for half a surrogate pair. */
export function wellFormed(text: string): string {
  return text.isWellFormed() ? text : text.replace(/\p{Surrogate}/gu, '?');
}

function rememberLast(maker: TokenMaker): TokenMaker {
  let lastText: string | undefined;
  let lastTokens: readonly string[] = [];
  return text => {
    if (text !== lastText) {
      lastTokens = maker(text);
      lastText = text;
    }
    return lastTokens;
  };
}

/** The stage that makes a column. */
export function findProducer(column: string, stages: readonly Stage[]): Stage {
  const found = stages.find(stage => 'outputCol' in stage && stage.outputCol === column);
  if (!found) {
    throw new SentopsError('DATA_INVALID', `no stage of the model makes the column ${column}`, {
      hint: 'a model must lead from one text column through its stages to the classifier',
      details: { column, stages: stages.map(stage => stage.uid) },
    });
  }
  return found;
}

/** The columns that tokenizers read; a pipeline is scored from one text column. */
export function textColumns(column: string, stages: readonly Stage[], seen = new Set<string>()): Set<string> {
  const columns = new Set<string>();
  if (seen.has(column)) {
    throw new SentopsError('DATA_INVALID', `the columns of the model lead in a circle through ${column}`);
  }
  const stage = findProducer(column, stages);
  if (stage.kind === 'Tokenizer' || stage.kind === 'RegexTokenizer') return columns.add(stage.inputCol);
  for (const input of inputsOf(stage)) {
    for (const name of textColumns(input, stages, new Set([...seen, column]))) columns.add(name);
  }
  return columns;
}

export function inputsOf(stage: Stage): readonly string[] {
  if ('inputCols' in stage) return stage.inputCols;
  return 'inputCol' in stage ? [stage.inputCol] : [];
}

function isTokenStage(stage: Stage): stage is TokenStage {
  return ['Tokenizer', 'RegexTokenizer', 'StopWordsRemover', 'NGram', 'ConcatTokens'].includes(stage.kind);
}
