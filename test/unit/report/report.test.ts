import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FileToWrite } from '../../../src/lib/core/atomic.ts';
import { buildModelDocument } from '../../../src/lib/report/build-document.ts';
import { buildComparisonFiles, buildReportFiles } from '../../../src/lib/report/build-report-files.ts';
import { renderMetricsJson } from '../../../src/lib/report/metrics-json.ts';
import { renderHtml } from '../../../src/lib/report/render/html.ts';
import { renderMarkdown } from '../../../src/lib/report/render/markdown.ts';
import type { ReportData } from '../../../src/lib/report/types.ts';
import { anyText } from '../../helpers/any-text.ts';
import { findAll, type MarkupElement, readMarkup, textOf } from '../../helpers/read-markup.ts';
import { readPng } from '../../helpers/read-png.ts';
import {
  evaluationOf,
  sampleComparison,
  sampleManyClasses,
  sampleModels,
  samplePart,
  sampleReport,
} from './sample-report.ts';

function fileOf(files: readonly FileToWrite[], path: string): FileToWrite {
  const file = files.find(one => one.path === path);
  if (!file) throw new Error(`${path} is not among ${files.map(one => one.path)}`);
  return file;
}

function pageOf(data: ReportData): MarkupElement {
  return readMarkup(renderHtml(buildModelDocument(data)));
}

function tableRows(page: MarkupElement, caption: string): string[][] {
  const table = findAll(page, 'table').find(one => findAll(one, 'caption').some(found => textOf(found) === caption));
  if (!table) throw new Error(`no table ${caption}: ${findAll(page, 'caption').map(textOf)}`);
  return findAll(table, 'tr').map(row => [...findAll(row, 'th'), ...findAll(row, 'td')].map(textOf));
}

describe('the files of a report', () => {
  test('are the report in two forms, the metrics and four pictures', async () => {
    const files = await buildReportFiles(sampleReport());
    expect(files.map(file => file.path).toSorted()).toEqual([
      'calibration.png',
      'confusion_matrix.png',
      'metrics.json',
      'pr.png',
      'report.html',
      'report.md',
      'roc.png',
    ]);
    for (const { path, data } of files) {
      if (!path.endsWith('.png') || typeof data === 'string') continue;
      const png = readPng(data);
      expect(png.width).toBeGreaterThanOrEqual(1200);
      expect(png.texts['Title']).toMatch(/^ngram: /);
    }
    const markdown = String(fileOf(files, 'report.md').data);
    const pictures = [...markdown.matchAll(/\]\((\w+\.png)\)/g)].map(match => match[1]);
    expect(pictures).toEqual(['confusion_matrix.png', 'roc.png', 'pr.png', 'calibration.png']);
  });

  test('do not include pictures that a model has no data for', async () => {
    const part = { ...samplePart('test'), curves: [], scores: null, calibration: null };
    const evaluation = { ...part.evaluation, auc: null, logLoss: null };
    const files = await buildReportFiles(sampleReport({ parts: [{ ...part, evaluation }] }));
    expect(files.map(file => file.path).filter(path => path.endsWith('.png'))).toEqual(['confusion_matrix.png']);
    const page = readMarkup(String(fileOf(files, 'report.html').data));
    expect(findAll(page, 'svg')).toHaveLength(1);
    expect(tableRows(page, 'Metrics of each part of the data')[1]).toEqual([
      'test',
      '25,000',
      '0.9252',
      '–',
      '0.9254',
      '0.9230',
      '0.9278',
      '–',
    ]);
    expect(JSON.parse(String(fileOf(files, 'metrics.json').data))).toMatchObject({ auc: null, log_loss: null });
  });

  test('are the same bytes for the same data', async () => {
    expect(await buildReportFiles(sampleReport())).toEqual(await buildReportFiles(sampleReport()));
  });

  test('cannot be made without an evaluation', async () => {
    await expect(buildReportFiles(sampleReport({ parts: [] }))).rejects.toThrow('a report needs an evaluation');
  });
});

describe('the page', () => {
  const html = renderHtml(buildModelDocument(sampleReport()));
  const page = readMarkup(html);

  test('needs nothing from outside and runs nothing', () => {
    expect(findAll(page, 'script')).toEqual([]);
    expect(findAll(page, 'img')).toEqual([]);
    expect(findAll(page, 'link')).toEqual([]);
    expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\((?!#)|@import|\bon\w+=/);
    const policy = findAll(page, 'meta').find(meta => meta.attributes['http-equiv'] === 'Content-Security-Policy');
    expect(policy?.attributes['content']).toMatch(/^default-src 'none'/);
  });

  test('has one title, headings in order, and a caption and heads for every table', () => {
    expect(findAll(page, 'h1').map(textOf)).toEqual(['Training report: ngram']);
    expect(findAll(page, 'h2').map(textOf)).toEqual([
      'Results',
      'Confusion matrix',
      'Curves and scores',
      'Features',
      'Wrong predictions',
      'Data',
      'Model',
      'Run',
    ]);
    const tables = findAll(page, 'table');
    expect(tables.length).toBeGreaterThan(8);
    for (const table of tables) {
      expect(findAll(table, 'caption').map(textOf).join('')).not.toBe('');
      const [head, ...rows] = findAll(table, 'tr');
      const columns = head ? findAll(head, 'th').length : 0;
      for (const row of rows) {
        expect(findAll(row, 'th').map(one => one.attributes['scope'])).toEqual(['row']);
        expect(findAll(row, 'td')).toHaveLength(columns - 1);
      }
    }
  });

  test('describes every picture', () => {
    const pictures = findAll(page, 'svg');
    expect(pictures).toHaveLength(5);
    for (const picture of pictures) {
      expect(picture.attributes['role']).toBe('img');
      expect(findAll(picture, 'title').map(textOf).join('')).not.toBe('');
      expect(findAll(picture, 'desc').map(textOf).join('').length).toBeGreaterThan(20);
    }
    expect(findAll(page, 'figcaption')).toHaveLength(5);
  });

  test('knows a dark scheme and paper, and says its language', () => {
    const style = findAll(page, 'style').map(textOf).join('');
    expect(style).toContain('@media screen and (prefers-color-scheme:dark)');
    expect(style).toContain('@media print');
    for (const [name] of style.matchAll(/var\((--[\w-]+)\)/g)) expect(style).toContain(`${name.slice(4, -1)}:`);
    expect(findAll(page, 'html')[0]?.attributes['lang']).toBe('en');
  });

  test('shows numbers with four decimals and counts with separators', () => {
    expect(tableRows(page, 'Metrics of each part of the data')[2]?.slice(0, 3)).toEqual(['test', '25,000', '0.9252']);
    expect(tableRows(page, 'Confusion matrix (test)')).toEqual([
      ['Actual', 'as negative', 'as positive'],
      ['negative', '11,532', '968'],
      ['positive', '902', '11,598'],
    ]);
    expect(tableRows(page, 'Rows used')).toContainEqual(['train', '22,500', '45.0 %']);
    expect(tableRows(page, 'Time spent')).toContainEqual(['Fit', '1.24 s']);
    expect(tableRows(page, 'Features that speak most for negative')).toContainEqual(['worst', '−2.8100']);
  });

  test('tells where the model comes from', () => {
    expect(tableRows(page, 'Files read')[1]).toEqual([
      'training',
      'reviews/train.csv.zst',
      '26.8 MB',
      '25,139',
      '3',
      'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3a94a8fe5ccb19ba61c4c0873',
    ]);
    expect(tableRows(page, 'Rows left out for their label')[1]).toEqual(['2', '139', 'neutral']);
    expect(tableRows(page, 'Environment')).toContainEqual(['Seed', '42']);
    expect(tableRows(page, 'Parameters')).toContainEqual(['numFeatures', '4194304']);
    expect(findAll(page, 'pre').map(textOf)).toEqual([sampleReport().stages.join('\n')]);
  });

  test('marks the best of the models of the run', () => {
    const marked = findAll(page, 'tr').filter(row => row.attributes['class'] === 'marked');
    expect(marked.map(row => textOf(row)).join()).toMatch(/^ngram.*best$/);
    const table = tableRows(page, 'Models of this run (test rows)');
    expect(table.map(row => row[0])).toEqual(['Model', ...sampleModels().map(model => model.name)]);
  });

  test.each([
    [true, 'Gate met: accuracy 0.9252, at least 0.9000 was asked for.'],
    [false, 'Gate not met: accuracy 0.9252, but at least 0.9000 was asked for.'],
  ])('says whether a gate was met: %s', (passed, sentence) => {
    const gate = { metric: 'accuracy', comparison: '>=', minimum: 0.9, value: 0.9252, passed } as const;
    const found = findAll(pageOf(sampleReport({ gate })), 'p').filter(one => one.attributes['role'] === 'note');
    expect(found.map(textOf)).toEqual([sentence]);
    expect(found[0]?.attributes['class']).toBe(passed ? 'callout good' : 'callout bad');
  });

  test('leaves out what there is nothing to say about', () => {
    const bare = pageOf(
      sampleReport({ gate: null, models: [], stages: [], timings: [], topFeatures: [], mistakes: [] }),
    );
    expect(findAll(bare, 'pre')).toEqual([]);
    expect(findAll(bare, 'h2').map(textOf)).not.toContain('Wrong predictions');
    expect(textOf(bare)).not.toMatch(/undefined|NaN|null|\[object/);
  });
});

describe('many classes', () => {
  test('are shown by their largest mix-ups, with curves for those with most rows', () => {
    const data = sampleManyClasses(24);
    const page = pageOf(data);
    const mixUps = tableRows(page, 'Largest mix-ups (test)');
    expect(mixUps).toHaveLength(21);
    const counts = mixUps.slice(1).map(row => Number(row[2]));
    expect(counts).toEqual(counts.toSorted((a, b) => b - a));
    expect(counts[0]).toBe(22);
    expect(tableRows(page, 'Metrics of each class (test)')).toHaveLength(25);
    const [, roc] = findAll(page, 'svg');
    const legend = roc
      ? findAll(roc, 'text')
          .map(textOf)
          .filter(text => text.includes('AUC'))
      : [];
    expect(legend).toHaveLength(8);
    const support = data.parts[0]?.evaluation.perClass.map(one => one.support) ?? [];
    const largest = support.toSorted((a, b) => b - a)[7] ?? 0;
    for (const text of legend) expect(support[Number(/\d+/.exec(text)?.[0])]).toBeGreaterThanOrEqual(largest);
  });

  test('by the hundred are cut, and metrics.json has them all', () => {
    const data = sampleManyClasses(150);
    expect(tableRows(pageOf(data), 'Metrics of each class (test)')).toHaveLength(101);
    expect(JSON.parse(renderMetricsJson(data)).per_class).toHaveLength(150);
  });
});

describe('texts that want to be markup', () => {
  const evil = `<script>alert('x')</script>"><img src=x onerror=alert(1)>|\`*_[a](javascript:b)\n# h &amp; \u0000\u202e`;

  function hostile(text: string): ReportData {
    const sample = sampleReport();
    return {
      ...sample,
      model: { name: text, kind: text, version: text, params: { [text]: text } },
      labels: {
        names: [text, `${text}2`],
        mapping: [{ from: text, to: text, rows: 1 }],
        dropped: [{ label: text, rows: 1, reason: text }],
      },
      parts: sample.parts.map(part => ({ ...part, scores: part.scores && { ...part.scores, score: text } })),
      data: [{ role: text, file: text, sha256: text, bytes: 1, rows: 1, badRows: 1 }],
      run: {
        finishedAt: text,
        seed: 1,
        gitCommit: text,
        environment: { sentops: text, node: text, platform: text, cpu: text },
      },
      gate: { metric: text, comparison: '>=', minimum: 0, value: 1, passed: true },
      timings: [{ name: text, seconds: 1 }],
      topFeatures: [{ label: text, features: [{ name: text, weight: 1 }] }],
      mistakes: [{ text, actual: text, predicted: text, probability: null }],
      models: sampleModels().map(model => ({ ...model, name: text, kind: text, folder: text })),
    };
  }

  test('stay texts on the page', () => {
    const page = pageOf(hostile(evil));
    for (const name of ['script', 'img', 'iframe', 'object']) expect(findAll(page, name)).toEqual([]);
    const names = new Set<string>();
    const collect = (element: MarkupElement) => {
      for (const name of Object.keys(element.attributes)) names.add(name);
      for (const child of element.children) if (typeof child !== 'string') collect(child);
    };
    collect(page);
    expect([...names].filter(name => name.startsWith('on') || name === 'src')).toEqual([]);
    expect(findAll(page, 'h1').map(textOf)[0]).toContain("<script>alert('x')</script>");
  });

  test('stay texts in Markdown', () => {
    const data = { ...hostile(evil), stages: [] };
    const markdown = renderMarkdown(buildModelDocument(data));
    expect(markdown).not.toMatch(/<|[^\\]\[a[^\\]/);
    expect(markdown.split('\n').filter(line => line.startsWith('# '))).toHaveLength(1);
    expect(markdown).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    const tables = markdown.split('\n').filter(line => line.startsWith('| '));
    for (const line of tables) expect(line.endsWith(' |')).toBe(true);
  });

  test('of any kind leave page and metrics readable', () => {
    fc.assert(
      fc.property(anyText(200), text => {
        expect(() => pageOf(hostile(text))).not.toThrow();
        expect(JSON.parse(renderMetricsJson(hostile(text))).labels[0]).toBe(text);
      }),
      { numRuns: 15 },
    );
  });

  test('in links lead nowhere but below', async () => {
    const models = sampleModels().map(model => ({ ...model, folder: 'javascript:alert(1)//<b>' }));
    const files = await buildComparisonFiles(sampleComparison({ models }));
    const page = readMarkup(String(fileOf(files, 'report.html').data));
    const links = findAll(page, 'a').map(one => one.attributes['href']);
    expect(new Set(links)).toEqual(new Set(['./javascript%3Aalert%281%29/%3Cb%3E/report.html']));
  });

  test('of endless length are cut', () => {
    const long = 'x'.repeat(200_000);
    const html = renderHtml(
      buildModelDocument(sampleReport({ labels: { ...sampleReport().labels, names: [long, ''] } })),
    );
    expect(html.length).toBeLessThan(100_000);
    expect(html).toContain('(empty)');
  });
});

describe('metrics.json', () => {
  const metrics = JSON.parse(renderMetricsJson(sampleReport()));

  test('has the numbers of the main part first, unrounded, in a fixed order', () => {
    expect(Object.keys(metrics)).toEqual([
      'part',
      ...['rows', 'classes', 'accuracy', 'auc', 'f1', 'precision', 'recall', 'log_loss'],
      ...['rows', 'classes', 'accuracy', 'auc', 'f1', 'precision', 'recall', 'log_loss'].map(
        name => `validation_${name}`,
      ),
      ...['rows', 'classes', 'accuracy', 'auc', 'f1', 'precision', 'recall', 'log_loss'].map(name => `test_${name}`),
      'seconds_read_and_split',
      'seconds_fit',
      'seconds_evaluate',
      'labels',
      'confusion_matrix',
      'per_class',
    ]);
    const evaluation = evaluationOf([11532, 968, 902, 11598]);
    expect(metrics).toMatchObject({
      part: 'test',
      accuracy: evaluation.accuracy,
      f1: evaluation.f1,
      test_recall: evaluation.recall,
    });
    expect(metrics.validation_rows).toBe(2500);
  });

  test('has the confusion matrix and every class', () => {
    expect(metrics.labels).toEqual(['negative', 'positive']);
    expect(metrics.confusion_matrix).toEqual([
      [11532, 968],
      [902, 11598],
    ]);
    expect(Object.keys(metrics.per_class[1])).toEqual([
      'label',
      'support',
      'predicted',
      'precision',
      'recall',
      'f1',
      'auc',
    ]);
    expect(metrics.per_class[1]).toMatchObject({ label: 'positive', support: 12500, predicted: 12566 });
  });

  test('takes the last part where nothing was kept for a test', () => {
    const validation = samplePart('validation', [8, 2, 1, 9]);
    expect(JSON.parse(renderMetricsJson(sampleReport({ parts: [validation] })))).toMatchObject({
      part: 'validation',
      accuracy: 0.85,
      validation_accuracy: 0.85,
    });
  });

  test('writes null for what is no number', () => {
    const part = samplePart('test');
    const evaluation = { ...part.evaluation, auc: Number.NaN, logLoss: Number.POSITIVE_INFINITY };
    const parsed = JSON.parse(renderMetricsJson(sampleReport({ parts: [{ ...part, evaluation }] })));
    expect([parsed.auc, parsed.log_loss]).toEqual([null, null]);
  });
});

describe('the report over all models', () => {
  test('compares them, marks the best and leads to their reports', async () => {
    const files = await buildComparisonFiles(sampleComparison());
    expect(files.map(file => file.path)).toEqual(['report.md', 'report.html', 'roc.png', 'pr.png']);
    const page = readMarkup(String(fileOf(files, 'report.html').data));
    expect(findAll(page, 'a').map(one => one.attributes['href'])).toEqual(
      sampleModels().map(model => `./${model.name}/report.html`),
    );
    expect(textOf(page)).toContain('The best model by accuracy is ngram.');
    const rows = tableRows(page, 'Models of this run (test rows)');
    expect(rows).toHaveLength(6);
    expect(rows.filter(row => row.at(-1) === 'best').map(row => row[0])).toEqual(['ngram']);
    const legend = findAll(page, 'text')
      .map(textOf)
      .filter(text => text.includes('AUC'));
    expect(legend).toHaveLength(5);
    expect(String(fileOf(files, 'report.md').data)).toContain('[logisticregression](./logisticregression/report.md)');
  });

  test('works for models without scores and without a best one', async () => {
    const models = sampleModels().map(model => ({ ...model, roc: null, pr: null, best: false }));
    const files = await buildComparisonFiles(sampleComparison({ models, gate: null, timings: [] }));
    expect(files.map(file => file.path)).toEqual(['report.md', 'report.html']);
    expect(String(fileOf(files, 'report.md').data)).not.toContain('The best model');
  });

  test('works for no model at all', async () => {
    const files = await buildComparisonFiles(sampleComparison({ models: [] }));
    expect(() => readMarkup(String(fileOf(files, 'report.html').data))).not.toThrow();
  });
});
