import { addTypos } from './typos.ts';
import {
  CONTRASTS,
  EMOJI,
  FILLERS,
  INTENSIFIERS,
  NEGATED,
  NEGATIONS,
  OPINIONS,
  PRODUCTS,
  type Product,
  VERDICTS,
} from './words.ts';

/** Numbers in [0, 1). */
export type Random = () => number;

/** From very bad to very good. */
const TONES = 5;
const MOST_SENTENCES = 4;

/** How a review is to sound. */
export interface Mood {
  /** From 0 (very bad) to 4 (very good). */
  readonly tone: number;
  /** How far the tone of a single sentence may stray from it. */
  readonly spread: number;
  readonly leastSentences: number;
}

/** A review in a mood. Some of its sentences contradict it, and some say nothing. */
export function writeReview(mood: Mood, random: Random): string {
  const product = pick(PRODUCTS, random);
  const sentences: string[] = [];
  const count = mood.leastSentences + Math.floor(random() * MOST_SENTENCES);
  for (let index = 0; index < count; index++) sentences.push(writeSentence(product, drawTone(mood, random), random));
  if (random() < 0.3) sentences.splice(Math.floor(random() * count), 0, `${pick(product.facts, random)}.`);
  if (random() < 0.25) sentences.push(pick(FILLERS, random));
  if (random() < 0.06) sentences.push(pick(EMOJI[drawTone(mood, random)] ?? [], random));
  return addTypos(recase(sentences.join(' '), random), random);
}

/** Bell-shaped around the tone of the review: the sum of three uniform numbers. */
function drawTone({ tone, spread }: Mood, random: Random): number {
  const stray = (random() + random() + random() - 1.5) * 2 * spread;
  return Math.max(0, Math.min(TONES - 1, Math.round(tone + stray)));
}

function writeSentence(product: Product, level: number, random: Random): string {
  const chance = random();
  if (chance < 0.25) return `${pick(VERDICTS[level] ?? [], random)}${endOf(level, random)}`;
  const name = pick(product.names, random);
  const subject = random() < 0.25 ? `this ${name}` : `the ${pick(product.aspects, random)}`;
  if (chance < 0.38) return `${capital(subject)} ${negate(level, random)}${endOf(level, random)}`;
  const said = `${capital(subject)} ${random() < 0.6 ? 'is' : 'was'} ${grade(level, random)}`;
  if (chance > 0.85) return `${said}, ${contrast(product, level, random)}.`;
  return `${said}${endOf(level, random)}`;
}

function grade(level: number, random: Random): string {
  const word = pick(OPINIONS[level] ?? [], random);
  const takesAdverb = !/^(a|as|nothing|fine) |^a$/.test(word) && level !== 2;
  return takesAdverb && random() < 0.4 ? `${pick(INTENSIFIERS, random)} ${word}` : word;
}

/** "not good" for what is bad, "not bad" for what is good: single words mislead here. */
function negate(level: number, random: Random): string {
  const words = NEGATED[level < 2 || (level === 2 && random() < 0.5) ? 1 : 0] ?? [];
  const negation = pick(NEGATIONS, random);
  const word = pick(words, random);
  return /n't$/.test(negation) ? `${negation} ${word}` : `is ${negation} ${word}`;
}

/** The other half of the sentence says the opposite. */
function contrast(product: Product, level: number, random: Random): string {
  return `${pick(CONTRASTS, random)} the ${pick(product.aspects, random)} is ${grade(TONES - 1 - level, random)}`;
}

function endOf(level: number, random: Random): string {
  const isStrong = level === 0 || level === TONES - 1;
  if (isStrong && random() < 0.4) return random() < 0.3 ? '!!!' : '!';
  return random() < 0.05 ? '...' : '.';
}

function recase(text: string, random: Random): string {
  const chance = random();
  if (chance < 0.12) return text.toLowerCase();
  return chance < 0.14 ? text.toUpperCase() : text;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function pick<T>(list: readonly T[], random: Random): T {
  return list[Math.floor(random() * list.length)] as T;
}
