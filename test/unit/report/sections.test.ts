import { describe, expect, test } from 'vitest';
import type { Block, Inline, Table } from '../../../src/lib/report/document.ts';
import { mainPart } from '../../../src/lib/report/main-part.ts';
import { drawComparison, drawFigures, drawScores } from '../../../src/lib/report/pictures.ts';
import { featureTable, mistakeBlocks } from '../../../src/lib/report/sections/insight.ts';
import {
  dataTable,
  labelBlocks,
  paramsTable,
  runTable,
  sizesTable,
  timingsTable,
} from '../../../src/lib/report/sections/origin.ts';
import {
  classTable,
  confusionTable,
  gateCallout,
  metricTiles,
  modelsTable,
  partsTable,
} from '../../../src/lib/report/sections/results.ts';
import { tidyLabel, tidyLabels } from '../../../src/lib/report/tidy-labels.ts';
import {
  evaluationOf,
  sampleComparison,
  sampleManyClasses,
  sampleModels,
  samplePart,
  sampleReport,
} from './sample-report.ts';

function plain(content: readonly Inline[]): string {
  return content
    .map(piece => {
      if (typeof piece === 'string') return piece;
      return 'strong' in piece ? piece.strong : 'code' in piece ? piece.code : piece.text;
    })
    .join('');
}

function cells(table: Table): string[][] {
  return table.rows.map(row => row.map(cell => plain([cell])));
}

function tablesOf(blocks: readonly Block[]): Table[] {
  return blocks.filter((block): block is Table => block.type === 'table');
}

function sentences(blocks: readonly Block[]): string {
  return blocks.map(block => (block.type === 'paragraph' ? plain(block.content) : '')).join('');
}

describe('the part that counts', () => {
  const [validation, test_] = [samplePart('validation'), samplePart('test')];

  test('is the test, wherever it stands', () => {
    expect(mainPart(sampleReport({ parts: [test_, validation] }))).toBe(test_);
    expect(mainPart(sampleReport({ parts: [validation, test_] }))).toBe(test_);
  });

  test('is the validation where there is no test', () => {
    expect(mainPart(sampleReport({ parts: [validation] }))).toBe(validation);
  });
});

describe('results', () => {
  test('start with five numbers', () => {
    expect(metricTiles(sampleReport())).toEqual({
      type: 'tiles',
      caption: 'On the test rows',
      items: [
        { name: 'Accuracy', value: '0.9252' },
        { name: 'AUC', value: '0.9712' },
        { name: 'F1', value: '0.9254' },
        { name: 'Precision', value: '0.9230' },
        { name: 'Recall', value: '0.9278' },
      ],
    });
  });

  test('say of which class the numbers are', () => {
    expect(sentences(partsTable(sampleReport()))).toContain('are those of the class positive.');
    expect(sentences(partsTable(sampleManyClasses(3)))).toContain('weighted by their rows');
  });

  test('tell the verdict of the gate apart by more than colour', () => {
    const gate = { metric: 'f1', comparison: '>=', minimum: 0.7, value: 0.6999 } as const;
    expect(plain(gateCallout({ ...gate, passed: false }).content)).toBe(
      'Gate not met: f1 0.6999, but at least 0.7000 was asked for.',
    );
    expect(gateCallout({ ...gate, passed: false }).tone).toBe('bad');
    expect(gateCallout({ ...gate, passed: true }).tone).toBe('good');
  });

  test('list every class with its rows', () => {
    const [table] = tablesOf(classTable(sampleReport()));
    expect(table && cells(table)).toEqual([
      ['negative', '12,500', '12,434', '0.9275', '0.9226', '0.9250', '0.9712'],
      ['positive', '12,500', '12,566', '0.9230', '0.9278', '0.9254', '0.9712'],
    ]);
  });

  test('list of very many classes those with most rows, and say so', () => {
    const data = sampleManyClasses(130);
    const blocks = classTable(data);
    const [table] = tablesOf(blocks);
    const rows = table ? cells(table) : [];
    expect(rows).toHaveLength(100);
    const counts = rows.map(row => Number(row[1]?.replaceAll(',', '')));
    const all = data.parts[0]?.evaluation.perClass.map(one => one.support).toSorted((a, b) => b - a) ?? [];
    expect(counts).toEqual(all.slice(0, 100));
    expect(sentences(blocks)).toContain('100 classes with most rows of 130');
  });

  test('give the whole matrix up to ten classes and the largest mix-ups beyond', () => {
    expect(confusionTable(sampleManyClasses(10)).rows).toHaveLength(10);
    expect(confusionTable(sampleManyClasses(10)).columns).toHaveLength(11);
    const mixUps = confusionTable(sampleManyClasses(11));
    expect(mixUps.caption).toBe('Largest mix-ups (test)');
    for (const [actual, predicted] of cells(mixUps)) expect(actual).not.toBe(predicted);
  });

  test('of a model that makes no mistake have no mix-ups', () => {
    const perfect = Array.from({ length: 144 }, (_, at) => (at % 13 === 0 ? 5 : 0));
    const names = Array.from({ length: 12 }, (_, index) => `${index}`);
    const part = { ...samplePart('test'), evaluation: evaluationOf(perfect) };
    const data = sampleReport({ parts: [part], labels: { names, mapping: [], dropped: [] } });
    expect(confusionTable(data).rows).toEqual([]);
  });

  test('compare models, with links only where the reports lie below', () => {
    const linked = modelsTable(sampleModels(), true);
    expect(linked.rows[1]?.[0]).toEqual({ folder: 'logisticregression', text: 'logisticregression' });
    expect(linked.marked).toBe(0);
    const plainTable = modelsTable(
      sampleModels().map(model => ({ ...model, best: model.name === 'linearsvc' })),
      false,
    );
    expect(plainTable.rows[1]?.[0]).toBe('logisticregression');
    expect(plainTable.marked).toBe(2);
    expect(cells(plainTable).map(row => row.at(-1))).toEqual(['', '', 'best', '', '']);
    expect(cells(plainTable)[3]?.[8]).toBe('1 min 15 s');
    expect('marked' in modelsTable(sampleModels().slice(1), false)).toBe(false);
  });
});

describe('where a model comes from', () => {
  test('what is not known of a file is a dash', () => {
    const [, second] = cells(dataTable(sampleReport().data));
    expect(second).toEqual(['test', 'reviews/test.csv.zst', '–', '25,000', '0', '–']);
  });

  test('parts are given with their share, also when nothing is there', () => {
    expect(cells(sizesTable({ train: 80, validation: 10, test: 10 }))).toEqual([
      ['train', '80', '80.0 %'],
      ['validation', '10', '10.0 %'],
      ['test', '10', '10.0 %'],
    ]);
    expect(cells(sizesTable({ train: 0, validation: 0, test: 0 }))[0]).toEqual(['train', '0', '–']);
  });

  test('labels are listed with what they became, the dropped ones with the reason', () => {
    const [mapping, dropped] = tablesOf(labelBlocks(sampleReport().labels));
    expect(mapping && cells(mapping)).toEqual([
      ['0', 'negative', '12,500'],
      ['4', 'positive', '12,500'],
    ]);
    expect(dropped && cells(dropped)).toEqual([['2', '139', 'neutral']]);
    expect(tablesOf(labelBlocks({ ...sampleReport().labels, dropped: [] }))).toHaveLength(1);
  });

  test('of hundreds of labels the first are listed, and it says so', () => {
    const mapping = Array.from({ length: 250 }, (_, index) => ({ from: `${index}`, to: `${index}`, rows: null }));
    const blocks = labelBlocks({ names: [], mapping, dropped: [] });
    expect(tablesOf(blocks)[0]?.rows).toHaveLength(100);
    expect(sentences(blocks)).toBe('The first 100 of 250 labels.');
  });

  test('parameters keep their order and their values to the letter', () => {
    expect(cells(paramsTable(sampleReport().model))).toEqual([
      ['wordNgrams', '2'],
      ['numFeatures', '4194304'],
      ['learningRate', '0.05'],
      ['characters', 'false'],
    ]);
  });

  test('a run without a repository has no commit', () => {
    const { run } = sampleReport();
    expect(cells(runTable(run))).toContainEqual(['Git commit', run.gitCommit]);
    expect(cells(runTable({ ...run, gitCommit: null }))).toContainEqual(['Git commit', '–']);
  });

  test('times are readable', () => {
    expect(cells(timingsTable([{ name: 'Fit', seconds: 125 }]))).toEqual([['Fit', '2 min 05 s']]);
  });
});

describe('insight', () => {
  test('weights carry their sign', () => {
    const features = [
      { name: 'good', weight: 1.5 },
      { name: 'bad', weight: -0.25 },
      { name: 'odd', weight: Number.NaN },
    ];
    expect(cells(featureTable({ label: 'positive', features }))).toEqual([
      ['good', '+1.5000'],
      ['bad', '−0.2500'],
      ['odd', '–'],
    ]);
  });

  test('wrong predictions are cut to a few lines', () => {
    const mistake = { text: 'word '.repeat(500), actual: 'positive', predicted: 'negative', probability: 0.75 };
    const [table] = tablesOf(mistakeBlocks([mistake]));
    const [row] = table ? cells(table) : [];
    expect(row?.[0]?.length).toBeLessThanOrEqual(301);
    expect(row?.[0]?.endsWith('word…') || row?.[0]?.endsWith('…')).toBe(true);
    expect(row?.slice(1)).toEqual(['positive', 'negative', '0.7500']);
    expect(mistakeBlocks([])).toEqual([]);
  });
});

describe('labels for readers', () => {
  test('are on one line, not endless and never invisible', () => {
    expect(tidyLabel('very\n good ')).toBe('very good');
    expect(tidyLabel('x'.repeat(200))).toBe(`${'x'.repeat(80)}…`);
    expect(tidyLabel('')).toBe('(empty)');
    expect(tidyLabel(' \t')).toBe('(empty)');
  });

  test('are tidied wherever labels are shown', () => {
    const tidy = tidyLabels({
      names: ['a\nb'],
      mapping: [{ from: '', to: 'a\nb', rows: 3 }],
      dropped: [{ label: '\n', rows: 1, reason: 'no class' }],
    });
    expect(tidy).toEqual({
      names: ['a b'],
      mapping: [{ from: '(empty)', to: 'a b', rows: 3 }],
      dropped: [{ label: '(empty)', rows: 1, reason: 'no class' }],
    });
  });
});

describe('figures', () => {
  const texts = (figure: { drawing: { shapes: readonly { type: string; text?: string }[] } } | undefined | null) =>
    figure?.drawing.shapes.flatMap(shape => (shape.type === 'text' ? [shape.text ?? ''] : [])) ?? [];

  test('are those that the data allow, each with a name of its own', () => {
    const names = drawFigures(sampleReport()).map(({ id, file }) => [id, file]);
    expect(names).toEqual([
      ['confusion-matrix', 'confusion_matrix.png'],
      ['roc', 'roc.png'],
      ['pr', 'pr.png'],
      ['calibration', 'calibration.png'],
    ]);
    expect(drawScores(sampleReport())?.file).toBe(null);
  });

  test('show the base rate of the positive class', () => {
    const part = samplePart('test', [70, 5, 5, 20]);
    const pr = drawFigures(sampleReport({ parts: [part] })).find(({ id }) => id === 'pr');
    expect(texts(pr)).toContain('base rate 0.2500');
  });

  test('of three classes have a curve for each and no base rate', () => {
    const part = samplePart('test', [5, 1, 0, 1, 5, 0, 0, 0, 5]);
    const [curve] = part.curves;
    const curves = [0, 1, 2].map(label => ({ label, roc: curve?.roc ?? null, pr: curve?.pr ?? null }));
    const names = ['bad', 'fair', 'good'];
    const labels = { names, mapping: [], dropped: [] };
    const figures = drawFigures(sampleReport({ parts: [{ ...part, curves, calibration: null }], labels }));
    const roc = texts(figures.find(({ id }) => id === 'roc')).filter(text => text.includes('AUC'));
    expect(roc.map(text => text.split(' ')[0])).toEqual(names);
    expect(texts(figures.find(({ id }) => id === 'pr')).join()).not.toContain('base rate');
  });

  test('leave out a curve that a class without rows does not have', () => {
    const part = samplePart('test', [5, 1, 0, 1, 5, 0, 0, 0, 0]);
    const [curve] = part.curves;
    const curves = [0, 1, 2].map(label => ({ label, roc: label === 2 ? null : (curve?.roc ?? null), pr: null }));
    const labels = { names: ['a', 'b', 'c'], mapping: [], dropped: [] };
    const figures = drawFigures(sampleReport({ parts: [{ ...part, curves, calibration: null }], labels }));
    expect(figures.map(({ id }) => id)).toEqual(['confusion-matrix', 'roc']);
    expect(texts(figures[1]).filter(text => text.includes('AUC'))).toHaveLength(2);
  });

  test('of scores name the classes and the kind of score', () => {
    const shown = texts(drawScores(sampleReport()));
    expect(shown).toEqual(expect.arrayContaining(['negative', 'positive', 'Probability of positive', 'Rows']));
    const part = { ...samplePart('test'), scores: null };
    expect(drawScores(sampleReport({ parts: [part] }))).toBeNull();
  });

  test('of a comparison have one curve for each model that gives scores', () => {
    const models = sampleModels().map(model => (model.name === 'linearsvc' ? { ...model, pr: null } : model));
    const [roc, pr] = drawComparison(sampleComparison({ models }));
    expect(texts(roc).filter(text => text.includes('AUC'))).toHaveLength(5);
    expect(texts(pr).filter(text => text.includes('AP'))).toHaveLength(4);
    expect(texts(pr)).toContain('base rate 0.5000');
  });
});
