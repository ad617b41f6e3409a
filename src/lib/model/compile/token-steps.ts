import { SentopsError } from '../../core/errors.ts';
import { lowerCase } from '../../text/lower-case.ts';
import { joinNgrams } from '../../text/ngrams.ts';
import { createRegexTokenizer } from '../../text/regex-tokenizer.ts';
import { splitWhitespace } from '../../text/split-whitespace.ts';
import { createStopWordFilter } from '../../text/stop-word-filter.ts';
import type { RegexTokenizerStage, Stage } from '../stages.ts';

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

/** Far above what any real pipeline has. */
const MOST_BRANCHES = 4096;
const MOST_STEPS = 1000;

interface Origin {
  readonly texts: ReadonlySet<string>;
  /** How many times a tokenizer's output goes into the column; stages that join a column with itself multiply it. */
  readonly branches: number;
}

/** The columns that tokenizers read; a pipeline is scored from one text column. */
export function textColumns(column: string, stages: readonly Stage[]): ReadonlySet<string> {
  return findOrigin(column, stages, new Map(), new Set()).texts;
}

function findOrigin(column: string, stages: readonly Stage[], known: Map<string, Origin>, open: Set<string>): Origin {
  const found = known.get(column);
  if (found) return found;
  if (open.has(column)) {
    throw new SentopsError('DATA_INVALID', `the columns of the model lead in a circle through ${column}`);
  }
  if (open.size >= MOST_STEPS) throw tooWide(column);
  const stage = findProducer(column, stages);
  const texts = new Set<string>();
  let branches = 0;
  open.add(column);
  if (stage.kind === 'Tokenizer' || stage.kind === 'RegexTokenizer') {
    texts.add(stage.inputCol);
    branches = 1;
  } else {
    for (const input of inputsOf(stage)) {
      const origin = findOrigin(input, stages, known, open);
      for (const name of origin.texts) texts.add(name);
      branches += origin.branches;
    }
  }
  if (branches > MOST_BRANCHES) throw tooWide(column);
  open.delete(column);
  known.set(column, { texts, branches });
  return { texts, branches };
}

function tooWide(column: string): SentopsError {
  return new SentopsError(
    'DATA_INVALID',
    `the column ${column} is put together from more than ${MOST_BRANCHES} token columns or over more than ${MOST_STEPS} stages`,
    { hint: 'the stages that join columns are probably damaged: check their input columns' },
  );
}

export function inputsOf(stage: Stage): readonly string[] {
  if ('inputCols' in stage) return stage.inputCols;
  return 'inputCol' in stage ? [stage.inputCol] : [];
}
