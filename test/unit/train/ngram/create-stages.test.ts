import { describe, expect, it } from 'vitest';
import { CHARACTER_PATTERN, WORD_PATTERN } from '../../../../src/lib/learn/ngram/tokens.ts';
import { compileModel } from '../../../../src/lib/model/compile/compile.ts';
import type { LogisticRegressionStage, Stage } from '../../../../src/lib/model/stages.ts';
import { createStages, type StagesRequest } from '../../../../src/lib/train/ngram/create-stages.ts';

function stagesOf(other: Partial<StagesRequest> = {}): Stage[] {
  return createStages({
    ...{ ngrams: 2, characters: 0, numFeatures: 8, classes: 2, seed: 1, extras: {} },
    ...{ coefficients: Float32Array.of(0, 1, 0, 0, -2.5, 0, 0, 3), intercepts: Float64Array.of(0.25) },
    ...other,
  });
}

const three = {
  ...{ classes: 3, numFeatures: 4, intercepts: Float64Array.of(1, 2, 3) },
  coefficients: Float32Array.of(0, 0, 0, 0, 5, 0, 0, 6, 0, 7, 0, 0),
};

describe('createStages', () => {
  it.each([
    [1, 0, ['RegexTokenizer', 'HashingTF', 'LogisticRegression']],
    [2, 0, ['RegexTokenizer', 'NGram', 'ConcatTokens', 'HashingTF', 'LogisticRegression']],
    [1, 1, ['RegexTokenizer', 'RegexTokenizer', 'ConcatTokens', 'HashingTF', 'LogisticRegression']],
    [
      2,
      3,
      [
        ...['RegexTokenizer', 'NGram', 'RegexTokenizer', 'NGram', 'NGram'],
        ...['ConcatTokens', 'HashingTF', 'LogisticRegression'],
      ],
    ],
  ])('has what %i words and %i characters need', (ngrams, characters, kinds) => {
    expect(stagesOf({ ngrams, characters }).map(({ kind }) => kind)).toEqual(kinds);
  });

  it('feeds every stage from the columns that the ones before it make', () => {
    const made = new Set(['text']);
    for (const stage of stagesOf({ ngrams: 3, characters: 2 })) {
      const needed =
        stage.kind === 'ConcatTokens' ? stage.inputCols : 'inputCol' in stage ? [stage.inputCol as string] : [];
      for (const column of needed) expect(made).toContain(column);
      if ('outputCol' in stage) made.add(stage.outputCol as string);
      if (stage.kind === 'LogisticRegression') expect(made).toContain(stage.featuresCol);
    }
  });

  it('cuts words and characters by their patterns, in small letters', () => {
    const tokenizers = stagesOf({ characters: 1 }).filter(stage => stage.kind === 'RegexTokenizer');
    expect(tokenizers).toMatchObject([
      { pattern: WORD_PATTERN, gaps: false, minTokenLength: 1, toLowercase: true },
      { pattern: CHARACTER_PATTERN, gaps: false, minTokenLength: 1, toLowercase: true },
    ]);
  });

  it('keeps the weights that are not zero, row by row', () => {
    const two = stagesOf().at(-1) as LogisticRegressionStage;
    expect(two).toMatchObject({ multinomial: false, numClasses: 2, numFeatures: 8, threshold: 0.5 });
    expect(two.coefficients).toEqual({
      ...{ type: 'sparse', rows: 1, columns: 8, transposed: true, starts: Int32Array.of(0, 3) },
      ...{ indices: Int32Array.of(1, 4, 7), values: Float64Array.of(1, -2.5, 3) },
    });
    const many = stagesOf(three).at(-1) as LogisticRegressionStage;
    expect(many).toMatchObject({ multinomial: true, numClasses: 3 });
    expect(many.coefficients).toEqual({
      ...{ type: 'sparse', rows: 3, columns: 4, transposed: true, starts: Int32Array.of(0, 0, 2, 3) },
      ...{ indices: Int32Array.of(0, 3, 1), values: Float64Array.of(5, 6, 7) },
    });
  });

  it('is a model also where nothing has a weight', () => {
    for (const [request, labels, probability] of [
      [{ coefficients: new Float32Array(8), intercepts: Float64Array.of(0) }, ['a', 'b'], 1 / 2],
      [{ ...three, coefficients: new Float32Array(12), intercepts: new Float64Array(3) }, ['a', 'b', 'c'], 1 / 3],
    ] as const) {
      const scorer = compileModel({ stages: stagesOf(request), labels, about: {} });
      const probabilities = [...(scorer.score('some words').probabilities ?? [])];
      expect(probabilities).toEqual(labels.map(() => probability));
    }
  });

  it('gives stages names that depend on the seed alone, each another', () => {
    const names = (seed: number) => stagesOf({ seed, characters: 2 }).map(({ uid }) => uid);
    expect(names(3)).toEqual(names(3));
    expect(new Set([...names(3), ...names(4)]).size).toBe(2 * names(3).length);
    for (const name of names(3)) expect(name).toMatch(/^[A-Za-z]+_[0-9a-f]{12}$/);
  });

  it('notes down what it was trained with', () => {
    expect(stagesOf({ extras: { alpha: 3, rows: 25_000 } }).at(-1)?.extras).toEqual({ alpha: 3, rows: 25_000 });
  });
});
