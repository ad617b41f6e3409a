import { translateJavaRegex } from '../../text/java-regex.ts';
import { lowerCase } from '../../text/lower-case.ts';
import type { HashingTFStage, RegexTokenizerStage, Stage, StopWordsRemoverStage } from '../stages.ts';
import { findProducer } from './token-steps.ts';

/** A pipeline that can be run over ASCII bytes without making token texts. */
export interface FastPlan {
  readonly lowercase: boolean;
  /** Null for the splitting at white space of the plain Tokenizer. */
  readonly runs: AsciiRuns | null;
  readonly stopWords: readonly string[];
  /** Lengths of the n-grams that are hashed; 1 for the tokens themselves. */
  readonly grams: readonly number[];
  readonly hashing: HashingTFStage;
  readonly idf: Float64Array | null;
}

/** Tokens that are runs of characters of one class: which class begins at a character, and which ones hold it. */
interface AsciiRuns {
  /** Number of the class, from 1, that begins a token at each of the 128 characters; 0 where none does. */
  readonly first: Uint8Array;
  /** One bit for each class that holds the character and is repeated. */
  readonly member: Int32Array;
  readonly minLength: number;
}

const MOST_CLASSES = 31;

/** The plan for a vector column; null where its stages take another form. */
export function planFast(column: string, stages: readonly Stage[]): FastPlan | null {
  const last = findProducer(column, stages);
  const hashing = last.kind === 'IDF' ? findProducer(last.inputCol, stages) : last;
  if (hashing.kind !== 'HashingTF' || hashing.hash !== 'spark3') return null;
  const grams = planGrams(hashing.inputCol, stages);
  if (!grams) return null;
  const removers: StopWordsRemoverStage[] = [];
  let tokenizer = findProducer(grams.base, stages);
  while (tokenizer.kind === 'StopWordsRemover') {
    removers.push(tokenizer);
    tokenizer = findProducer(tokenizer.inputCol, stages);
  }
  if (tokenizer.kind !== 'Tokenizer' && tokenizer.kind !== 'RegexTokenizer') return null;
  const lowercase = tokenizer.kind === 'Tokenizer' || tokenizer.toLowercase;
  // Capitals in the tokens would have to be lowered for the comparison only.
  if (!lowercase && removers.some(remover => !remover.caseSensitive)) return null;
  const runs = tokenizer.kind === 'RegexTokenizer' ? planRuns(tokenizer) : null;
  if (tokenizer.kind === 'RegexTokenizer' && !runs) return null;
  return {
    lowercase,
    runs,
    stopWords: removers.flatMap(asciiStopWords),
    grams: grams.sizes,
    hashing,
    idf: last.kind === 'IDF' ? last.idf : null,
  };
}

function planGrams(column: string, stages: readonly Stage[]): { base: string; sizes: number[] } | null {
  const producer = findProducer(column, stages);
  const inputs = producer.kind === 'ConcatTokens' ? producer.inputCols : [column];
  const parts = inputs.map(input => {
    const stage = findProducer(input, stages);
    return stage.kind === 'NGram' ? { base: stage.inputCol, size: stage.n } : { base: input, size: 1 };
  });
  const base = parts[0]?.base;
  const sizes = parts.map(part => part.size);
  const isOne = parts.every(part => part.base === base) && new Set(sizes).size === sizes.length;
  return base === undefined || !isOne || sizes.some(size => size < 1) ? null : { base, sizes };
}

function asciiStopWords({ stopWords, caseSensitive, locale }: StopWordsRemoverStage): string[] {
  const words = caseSensitive ? stopWords : stopWords.map(word => lowerCase(word, locale));
  return words.filter(word => /^[\0-\x7f]*$/.test(word));
}

function planRuns({ pattern, gaps, minTokenLength }: RegexTokenizerStage): AsciiRuns | null {
  const { runs } = translateJavaRegex(pattern);
  if (!runs || runs.length > MOST_CLASSES || (gaps && minTokenLength < 1)) return null;
  const first = new Uint8Array(128);
  const member = new Int32Array(128);
  const classes = runs.map(({ source, repeated }) => ({ expression: new RegExp(`^${source}$`, 'v'), repeated }));
  for (let code = 0; code < 128; code++) {
    const character = String.fromCharCode(code);
    const holding = classes.map(({ expression }) => expression.test(character));
    if (gaps) {
      // What lies between tokens is one or more characters of any class: tokens are the runs of all others.
      first[code] = holding.includes(true) ? 0 : 1;
      member[code] = first[code] as number;
      continue;
    }
    first[code] = holding.indexOf(true) + 1;
    for (const [index, holds] of holding.entries()) {
      if (holds && classes[index]?.repeated) member[code] = (member[code] as number) | (1 << index);
    }
  }
  return { first, member, minLength: minTokenLength };
}
