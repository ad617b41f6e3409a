import { describe, expect, test } from 'vitest';
import { createCanvas } from '../../../../src/cli/output/canvas.ts';
import type { View } from '../../../../src/cli/output/view.ts';
import { namedValueColumns, valueColumns } from '../../../../src/cli/views/run-columns.ts';
import { renderComparison } from '../../../../src/cli/views/run-compare.ts';
import { comparisonRows } from '../../../../src/cli/views/run-compare-rows.ts';
import { formatAge, formatNumber } from '../../../../src/cli/views/run-format.ts';
import { groupRuns, renderRuns } from '../../../../src/cli/views/run-list.ts';
import { chooseColumns } from '../../../../src/lib/runs/choose-columns.ts';
import { compareRows } from '../../../../src/lib/runs/compare-rows.ts';
import type { RunList } from '../../../../src/lib/runs/list-runs.ts';
import type { RunRow } from '../../../../src/lib/runs/run-row.ts';
import { row } from '../../runs/runs-fixture.ts';

const now = Date.parse('2026-01-02T04:04:05.000Z');

async function draw(render: (view: View) => void | Promise<void>, width = 100) {
  const stream = { terminal: true, color: false, width };
  const { view, compose } = createCanvas({ ...stream, stderr: stream, unicode: true, ci: undefined } as never);
  await render(view);
  const { text, asides } = await compose();
  return { lines: text.trimEnd().split('\n'), asides };
}

function listOf(items: RunRow[]): RunList {
  return { items, nextPageToken: null, experiments: ['reviews'], ...chooseColumns(items) };
}

const parent = row({ name: 'parent', startedAt: null, seconds: null, status: 'RUNNING' });
const lr = row({
  name: 'lr',
  parentRunId: parent.runId,
  metrics: { accuracy: 0.81234567, loss: 0.2 },
  params: { seed: '4', reg: '1' },
});
const rf = row({
  name: 'rf',
  parentRunId: parent.runId,
  metrics: { accuracy: 0.8, loss: null },
  params: { seed: '4', reg: '2' },
  status: 'FAILED',
});

describe('a list of runs', () => {
  const options = { now, grouped: true, unicode: true };

  test('children stand below their parents, with what varies; what does not is told below', async () => {
    const { lines, asides } = await draw(view => renderRuns(listOf([rf, lr, parent]), view, options));
    expect(lines).toEqual(
      [
        'run       name    status   age  took  accuracy    loss  reg',
        'parent00  parent  running    -     -                       ',
        'rf000000  └ rf    failed    1h   10s    0.8000     NaN  2',
        'lr000000  └ lr    done      1h   10s    0.8123  0.2000  1',
        'same in all: seed=4',
      ].map(line => expect.stringMatching(new RegExp(`^${line.trimEnd().replace(/ {2,}/g, ' +')}( +-)*$`))),
    );
    expect(asides).toBe('');
  });

  test('what the page has no room for is told with the flag that shows it', async () => {
    const { lines, asides } = await draw(view => renderRuns(listOf([rf, lr]), view, options), 50);
    expect(lines[0]).toMatch(/took +accuracy$/);
    expect(asides).toBe('No room for metrics.loss, params.reg: choose with --columns\n');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(50);
  });

  test('a narrow page shows what tells runs apart rather than times and whole names', async () => {
    const long = row({ name: 'a name as long as those of pipelines 🚀', metrics: { accuracy: 0.5 } });
    const of = (width: number) => draw(view => renderRuns(listOf([long, rf, lr]), view, options), width);
    expect((await of(60)).lines[1]).toBe('a name a  a name as long as t…  done     1h   10s    0.5000');
    const { lines } = await of(40);
    expect(lines[0]).toMatch(/^run +name +status +accuracy$/);
    expect(lines[1]).toBe('a name a  a name as…  done      0.5000');
    expect((await of(200)).lines[1]).toContain(long.name);
  });

  test('several experiments and deleted runs get columns that say so', async () => {
    const other = row({ name: 'x', experimentId: '2', experiment: 'second', lifecycle: 'deleted' });
    const { lines } = await draw(view => renderRuns(listOf([lr, other]), view, options));
    expect(lines[0]).toMatch(/name +experiment +status +view/);
    expect(lines[2]).toMatch(/x +second +done +deleted/);
  });

  test('an empty one says what to do', async () => {
    expect(await draw(view => renderRuns(listOf([]), view, options))).toEqual({
      lines: [''],
      asides: 'No run is recorded in reviews yet. Record one with: sentops train\n',
    });
    const filtered = await draw(view => renderRuns(listOf([]), view, { ...options, filtered: true }));
    expect(filtered.asides).toBe('No run in reviews matches.\n');
  });

  test('nobody is lost: parents that are not shown, and runs that call each other parents', () => {
    const a = row({ name: 'a', parentRunId: row({ name: 'b' }).runId });
    const b = row({ name: 'b', parentRunId: a.runId });
    const self = row({ name: 'self', parentRunId: row({ name: 'self' }).runId });
    const lines = groupRuns([lr, a, b, self, { ...lr, name: 'grandchild', runId: 'g', parentRunId: lr.runId }]);
    expect(lines.map(({ run, depth }) => [run.name, depth])).toEqual([
      ['lr', 0],
      ['grandchild', 1],
      ['self', 0],
      ['a', 0],
      ['b', 1],
    ]);
  });

  test('files hold every column, and NaN by its name', () => {
    const columns = valueColumns({ items: [lr, rf] });
    expect(columns.map(({ key }) => key).slice(-4)).toEqual([
      'metrics.accuracy',
      'metrics.loss',
      'params.seed',
      'params.reg',
    ]);
    const loss = columns.find(({ key }) => key === 'metrics.loss');
    expect([lr, rf, parent].map(run => loss?.value(run))).toEqual([0.2, 'NaN', undefined]);
  });

  test('columns that are named need not be there', () => {
    const named = namedValueColumns({ columns: 'name, metrics.a.b,tags.x', sort: 'params.reg:desc,metrics.f1' });
    expect(Object.keys(named)).toEqual(['metrics.a.b', 'tags.x', 'params.reg', 'metrics.f1']);
  });
});

describe('a comparison', () => {
  test('runs side by side, the best marked, and bars', async () => {
    const { lines } = await draw(view => renderComparison(compareRows([lr, rf]), view, true));
    expect(lines).toEqual([
      '        what            lr      rf',
      'run     status    FINISHED  FAILED',
      'metric  accuracy  0.8123 ★  0.8000',
      'metric  loss      0.2000 ★     NaN',
      'param   reg              1       2',
      '2 more are the same in all (--all)',
      '',
      'accuracy (more is better)',
      'lr  0.8123 ★  ████████████████████████',
      'rf  0.8000    ███████████████████████▋',
      '',
      'loss (less is better)',
      'lr  0.2000 ★  ████████████████████████',
      'rf  NaN',
    ]);
  });

  test('in blocks where there are too many for the page, each with what its own runs have', async () => {
    const data = (digest: string) => [{ name: 'reviews of all the years.csv', digest, context: 'training' }];
    const many = Array.from({ length: 5 }, (_, index) =>
      row({
        name: `a rather long name ${index}`,
        runId: `${index}`.repeat(32),
        metrics: { f1: index / 20 },
        params:
          index === 4 ? { onlyLast: 'x'.repeat(99) } : { 'a name of a parameter that goes on': '深層学習モデル設定' },
        datasets: data(`${index}${'a'.repeat(35)}`),
      }),
    );
    const { lines } = await draw(view => renderComparison(compareRows(many), view, true), 80);
    const table = lines.slice(0, lines.indexOf('f1 (more is better)') - 1);
    expect(table).toEqual([
      '         what                      a ra… 00000000  a ra… 11111111',
      'metric   f1                                     0          0.0500',
      'param    a name of a parameter t…   深層学習モデ…   深層学習モデ…',
      'dataset  training                        0aaaaaaa        1aaaaaaa',
      '',
      '         what                      a ra… 22222222  a ra… 33333333',
      'metric   f1                                0.1000          0.1500',
      'param    a name of a parameter t…   深層学習モデ…   深層学習モデ…',
      'dataset  training                        2aaaaaaa        3aaaaaaa',
      '',
      '         what      a ra… 44444444',
      'metric   f1              0.2000 ★',
      'param    onlyLast  xxxxxxxxxxxxx…',
      'dataset  training        4aaaaaaa',
      '2 more are the same in all (--all)',
    ]);
  });

  test('a page that has no room for one run shows one a time', async () => {
    const { lines } = await draw(view => renderComparison(compareRows([lr, rf]), view, true), 25);
    const titles = lines.filter(line => line.includes(' what '));
    expect(titles.map(line => line.trim().replace(/ +/g, ' '))).toEqual(['what lr', 'what rf']);
    for (const line of lines.slice(0, lines.indexOf('accuracy (more is better)')))
      expect(line.startsWith('2 more') || line.length <= 25).toBe(true);
  });

  test('runs that say the same', async () => {
    const { lines } = await draw(view => renderComparison(compareRows([lr, { ...lr, runId: 'x' }]), view, true));
    expect(lines[0]).toBe('The 2 runs say the same in all 6 things.');
  });

  test('rows for files have a column for each run', () => {
    expect(comparisonRows(compareRows([lr, rf]))).toMatchObject({
      columns: ['kind', 'key', 'lr', 'rf', 'best'],
      items: [{ key: 'status' }, { kind: 'metric', key: 'accuracy', lr: 0.81234567, rf: 0.8, best: 'lr' }, {}, {}],
    });
  });
});

describe('values', () => {
  test.for([
    [0.5, '0.5000'],
    [3, '3'],
    [0, '0'],
    [-0.25, '-0.2500'],
    [12.3456789, '12.3457'],
    [0.0000123, '1.230e-5'],
    [123456789.5, '1.235e+8'],
    [Number.NaN, 'NaN'],
    [null, 'NaN'],
    [Number.MAX_VALUE, '1.798e+308'],
  ] as const)('%s is %s', ([value, text]) => expect(formatNumber(value)).toBe(text));

  test.for([
    [0, '0s'],
    [59, '59s'],
    [60, '1m'],
    [3600, '1h'],
    [86_400 * 2, '2d'],
    [86_400 * 40, '2025-11-23'],
    [-5, '0s'],
  ] as const)('%s seconds ago is %s', ([seconds, text]) => {
    expect(formatAge(new Date(now - seconds * 1000).toISOString(), now)).toBe(text);
  });
});
