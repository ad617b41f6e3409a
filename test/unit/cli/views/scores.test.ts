import { describe, expect, test } from 'vitest';
import type { OutputSettings } from '../../../../src/cli/output/settings.ts';
import { chooseForm } from '../../../../src/cli/views/score-form.ts';
import { renderScores } from '../../../../src/cli/views/scores.ts';
import type { ScoredRow, ScoreResult } from '../../../../src/lib/score/types.ts';
import { draw, widthOf } from './draw.ts';

function row(text: string | null, more: Partial<ScoredRow> = {}): ScoredRow {
  const scored = { prediction: 1, sentiment: 'positive', probability: 0.9, confidence: 0.9 };
  return { text, ...scored, model_version: null, ...more } as ScoredRow;
}

function resultOf(items: ScoredRow[], summary: Partial<ScoreResult['summary']> = {}): ScoreResult {
  return {
    items,
    summary: {
      rows: 1234,
      scored: 1230,
      withoutText: 4,
      badRows: 0,
      badExamples: [],
      sentiments: { negative: 1000, positive: 230 },
      input: null,
      output: null,
      written: false,
      model: { path: '/m', name: null, version: null, labels: ['negative', 'positive'], probabilities: true },
      seconds: 0.1,
      ...summary,
    },
  };
}

describe('scored texts', () => {
  test('come as a table, with confidence in percent', async () => {
    const { text, asides } = await draw(
      renderScores,
      resultOf([row('good stuff'), row('bad', { sentiment: 'negative', confidence: 0.501 })]),
    );
    expect(text).toMatch(/sentiment +confidence +text\n/);
    expect(text).toMatch(/positive +90\.0 % +good stuff\n/);
    expect(text).toMatch(/negative +50\.1 % +bad\n/);
    expect(asides).toBe('');
  });

  test('have no column of confidence where the model gives none', async () => {
    const { text } = await draw(renderScores, resultOf([row('good', { probability: null, confidence: null })]));
    expect(text).toMatch(/^sentiment +text\n/);
  });

  test('without a text show why there is no sentiment', async () => {
    const none = row(null, {
      sentiment: null,
      prediction: null,
      probability: null,
      confidence: null,
      error: 'no text',
    });
    const { text } = await draw(renderScores, resultOf([none, row('fine')]));
    expect(text).toMatch(/no text/);
    expect(text).not.toMatch(/null|NaN|undefined/);
  });

  test('are explained below the table, each under its text', async () => {
    const tokens = [{ token: 'great', weight: 1.23456, count: 2 }];
    const { text } = await draw(renderScores, resultOf([row('great great', { tokens }), row('meh', { tokens: [] })]));
    expect(text).toMatch(/\n\ngreat great\ntoken +weight +count\n/);
    expect(text).toMatch(/great +1\.2346 +2\n$/);
    expect(text.match(/token +weight/g)).toHaveLength(1);
  });

  test('show raw scores where they were asked for', async () => {
    const { text } = await draw(
      renderScores,
      resultOf([row('x', { rawPrediction: [-1.5, 1.5], probabilities: [0.1, 0.9] })]),
    );
    expect(text).toMatch(/rawPrediction/);
    expect(text).toContain('-1.5, 1.5');
  });

  test('of any content stay within one line of the table and within the terminal', async () => {
    const wild = `\u001b[31mred\u0007 ${'long '.repeat(100)}\n::error::x`;
    const { text, lines } = await draw(renderScores, resultOf([row(wild)]), 60);
    expect(text).not.toContain('\u001b');
    expect(text).not.toContain('\u0007');
    expect(widthOf(lines)).toBeLessThanOrEqual(60);
  });
});

describe('the summary', () => {
  test('stands beside the rows that went into a file', async () => {
    const { text, asides } = await draw(
      renderScores,
      resultOf([], { input: 'in.csv', output: 'out.jsonl', written: true }),
    );
    expect(text).toBe('');
    expect(asides).toBe('Scored 1,230 of 1,234 rows into out.jsonl: 1,000 negative, 230 positive.\n');
  });

  test('and those that were printed as lines; not beside a table', async () => {
    expect((await draw(renderScores, resultOf([], { input: '-' }))).asides).toMatch(/^Scored 1,230 of 1,234 rows: /);
    expect((await draw(renderScores, resultOf([row('x')], { input: 'in.csv' }))).asides).toBe('');
    expect((await draw(renderScores, resultOf([]))).asides).toBe('');
  });
});

describe('the form in which rows leave', () => {
  const choose = (settings: Partial<OutputSettings>, asked?: string, isTyped = false, file?: string) =>
    chooseForm(
      { format: 'table', quiet: false, json: false, terminal: false, ...settings } as OutputSettings,
      asked,
      isTyped,
      file,
    );

  test.each([
    ['a pipe gets JSON lines', {}, undefined, false, undefined, 'jsonl', false],
    ['a terminal gets JSON lines of a file', { terminal: true }, undefined, false, undefined, 'jsonl', false],
    ['texts typed at a terminal come as a table', { terminal: true }, undefined, true, undefined, 'items', false],
    ['texts typed into a pipe do not', {}, undefined, true, undefined, 'jsonl', false],
    ['--format table', {}, 'table', false, undefined, 'items', true],
    ['--format csv', { format: 'csv' }, 'csv', false, undefined, 'csv', true],
    ['--format csv into a file', { format: 'csv' }, 'csv', false, 'out.txt', 'csv', true],
    ['--json', { format: 'json', json: true }, 'json', false, undefined, 'items', true],
    ['--json -q', { format: 'json', json: true, quiet: true }, 'json', false, undefined, 'items', true],
    ['-q', { quiet: true }, undefined, false, undefined, 'labels', true],
    ['--format ids', { format: 'ids' }, 'ids', false, undefined, 'labels', true],
    ['--format yaml', { format: 'yaml' }, 'yaml', false, undefined, 'items', true],
    ['-q with a file', { quiet: true }, undefined, false, 'out.jsonl', 'jsonl', false],
    ['-o - is no file', { terminal: true }, undefined, true, '-', 'items', false],
  ] as const)('%s', (_, settings, asked, isTyped, file, form, isChosen) => {
    expect(choose(settings, asked, isTyped, file)).toEqual({ form, isChosen });
  });
});
