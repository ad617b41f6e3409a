import { describe, expect, test } from 'vitest';
import { createCanvas } from '../../../../src/cli/output/canvas.ts';
import type { View } from '../../../../src/cli/output/view.ts';
import { renderChangedExperiment, renderExperiment } from '../../../../src/cli/views/experiment.ts';
import {
  renderBestRun,
  renderExport,
  renderLoggedRun,
  renderMovedRuns,
  renderRunDescription,
  renderTags,
} from '../../../../src/cli/views/run.ts';
import type { BestRun } from '../../../../src/lib/runs/best-run.ts';
import { chooseColumns } from '../../../../src/lib/runs/choose-columns.ts';
import type { RunDescription } from '../../../../src/lib/runs/describe-run.ts';
import type { LoggedRun } from '../../../../src/lib/runs/log-run.ts';
import { row } from '../../runs/runs-fixture.ts';

async function draw(render: (view: View) => void): Promise<string[]> {
  const stream = { terminal: true, color: false, width: 100 };
  const { view, compose } = createCanvas({ ...stream, stderr: stream, unicode: true, ci: undefined } as never);
  render(view);
  return (await compose()).text.trimEnd().split('\n');
}

const id = 'abcdef0123456789abcdef0123456789';
const run = row({
  name: 'lr',
  runId: id,
  metrics: { accuracy: 0.81, loss: 0.3 },
  params: { reg: '0.1' },
  tags: { team: 'nlp', 'mlflow.source.name': 'train.py', 'mlflow.note.content': 'the first one' },
  datasets: [{ name: 'reviews', digest: '12ab', context: 'training' }],
});

describe('the description of a run', () => {
  const described: RunDescription = {
    run,
    histories: [{ metric: 'loss', points: 3, first: 0.9, last: 0.3, values: [0.9, 0.5, 0.3] }],
    children: [],
    artifacts: [
      { path: 'model', isFolder: true, bytes: null },
      { path: 'report.md', isFolder: false, bytes: 1234 },
    ],
    models: ['m-1'],
  };

  test('tells what it was, what it measured and what it left', async () => {
    const lines = await draw(view => renderRunDescription(described, view, true));
    expect(lines).toContain(`run:        lr (${id})`);
    expect(lines).toContain('data:       reviews (12ab, training)');
    expect(lines).toContain('note:       the first one');
    // What MLflow notes for itself is no tag of the user's.
    expect(lines).toContain('tags:       team=nlp');
    expect(lines.join('\n')).toMatch(/accuracy +0\.8100 +- +-\nloss +0\.3000 +3 +█▃▁/);
    expect(lines.join('\n')).toMatch(/model\/\s*-?\nreport\.md +1\.2 kB/);
  });

  test('of a run that goes on the next command is to watch it', async () => {
    const running = { ...described, run: { ...run, status: 'RUNNING' as const, seconds: null } };
    expect((await draw(view => renderRunDescription(running, view, true))).at(-1)).toBe('  sentops run watch abcdef01');
  });

  test('of a parent it is to compare what is nested in it', async () => {
    const few = row({ name: 'a', metrics: { f1: 0.5 } });
    const many = row({ name: 'b', metrics: { a: 1, b: 2, c: 3, d: 4, e: 5 } });
    const children = [few, many];
    const lines = await draw(view => renderRunDescription({ ...described, children, artifacts: null }, view, true));
    expect(lines).toContain('2 nested runs');
    expect(lines.filter(line => /^[ab]0000000/.test(line)).map(line => line.replace(/^.*s +/, ''))).toEqual([
      'f1=0.5000',
      'a=1, b=2, c=3 and 2 more',
    ]);
    expect(lines.at(-1)).toBe('  sentops run compare a0000000 b0000000');
  });

  test('a run that says nothing is a few lines', async () => {
    const bare = { run: row({ name: 'x' }), histories: [], children: [], artifacts: [], models: [] };
    const lines = await draw(view => renderRunDescription(bare, view, true));
    expect(lines.map(line => line.split(':')[0])).toEqual([
      'run',
      'experiment',
      'status',
      'started',
      'took',
      'user',
      'artifacts',
    ]);
  });
});

describe('the best run', () => {
  const best: BestRun = {
    metric: 'accuracy',
    mode: 'max',
    value: 0.81,
    run,
    runnersUp: [{ runId: 'b'.repeat(32), name: 'rf', value: 0.78 }],
    gate: null,
  };

  test('comes with those behind it', async () => {
    const lines = await draw(view => renderBestRun(best, view));
    expect(lines).toContain('accuracy:   0.8100, the greatest');
    expect(lines).toContain('metrics:    loss=0.3000');
    expect(lines).toContain('then rf (bbbbbbbb) with 0.7800');
    expect(lines.at(-1)).toBe('  sentops run describe abcdef01');
  });

  test('says that a bound is met, and nothing of one that is missed: the error does', async () => {
    const gate = { met: true, min: 0.8, max: null };
    expect((await draw(view => renderBestRun({ ...best, gate }, view))).at(-1)).toBe('✔ The bound is met.');
    const missed = await draw(view => renderBestRun({ ...best, gate: { ...gate, met: false } }, view));
    expect(missed.join('\n')).not.toContain('bound');
  });
});

describe('what was changed', () => {
  const moved = { runId: id, name: 'lr', children: false };

  test('deleted runs come with the way back', async () => {
    const runs = [{ ...moved, was: 'active' as const, is: 'deleted' as const }];
    expect(await draw(view => renderMovedRuns({ runs, dryRun: false }, view))).toEqual([
      '✔ lr (abcdef01) is deleted',
      '',
      'Next:',
      '  sentops run restore abcdef01',
    ]);
  });

  test('what is so already is told, and what would be', async () => {
    const active = [{ ...moved, was: 'active' as const, is: 'active' as const }];
    expect(await draw(view => renderMovedRuns({ runs: active, dryRun: false }, view))).toEqual([
      'lr (abcdef01) is active already',
    ]);
    expect(await draw(view => renderMovedRuns({ runs: active, dryRun: true }, view))).toEqual([
      'Would be changed: lr (abcdef01), now active',
    ]);
  });

  test('tags stand with what was before', async () => {
    const changes = [{ key: 'team', before: null, after: 'nlp' }];
    expect(await draw(view => renderTags({ name: 'lr', changes, dryRun: false }, view))).toEqual([
      'tag   before  after',
      'team  -       nlp',
      '✔ lr is changed',
    ]);
    expect((await draw(view => renderTags({ name: 'lr', changes, dryRun: true }, view))).at(-1)).toBe(
      'lr would be changed',
    );
    const nothing = await draw(view => renderTags({ name: 'lr', changes: [], dryRun: false }, view));
    expect(nothing.at(-1)).toContain('Nothing was asked for');
  });

  test('experiments: done, planned, so already', async () => {
    const change = { experimentId: '3', name: 'my reviews', was: 'active', is: 'deleted', dryRun: false };
    expect(await draw(view => renderChangedExperiment(change, view, 'deleted'))).toEqual([
      '✔ my reviews (3) is deleted',
      '',
      'Next:',
      "  sentops experiment restore 'my reviews'",
    ]);
    expect(await draw(view => renderChangedExperiment({ ...change, dryRun: true }, view, 'deleted'))).toEqual([
      'my reviews (3) would be deleted',
    ]);
    expect(await draw(view => renderChangedExperiment({ ...change, was: 'deleted' }, view, 'deleted'))).toEqual([
      'my reviews (3) is deleted already',
    ]);
    const renamed = { ...change, was: 'old', is: 'my reviews' };
    expect(await draw(view => renderChangedExperiment(renamed, view, 'renamed'))).toEqual([
      '✔ my reviews (3) is renamed from old',
    ]);
  });
});

describe('what was recorded', () => {
  const logged: LoggedRun = {
    runId: id,
    name: 'lr',
    created: true,
    metrics: 1,
    params: 0,
    tags: 2,
    status: null,
    dryRun: false,
  };

  test('of a new run, with how to go on', async () => {
    const lines = await draw(view => renderLoggedRun(logged, view));
    expect(lines[0]).toBe(`✔ Recorded 1 metric value, 0 parameters, 2 tags of the new run lr (${id})`);
    expect(lines.at(-1)).toBe('  sentops run log abcdef01 --status FINISHED');
  });

  test('of one that ended there is nothing to go on with', async () => {
    const ended = { ...logged, created: false, status: 'FINISHED' as const };
    expect(await draw(view => renderLoggedRun(ended, view))).toEqual([
      `✔ Recorded 1 metric value, 0 parameters, 2 tags of lr (${id}), now FINISHED`,
    ]);
    const planned = { ...logged, runId: null, dryRun: true };
    expect((await draw(view => renderLoggedRun(planned, view)))[0]).toMatch(/^Would record .* of the new run lr$/);
    const unnamed = { ...planned, name: null };
    expect((await draw(view => renderLoggedRun(unnamed, view)))[0]).toMatch(/ tags of a new run$/);
  });

  test('an export says where it went', async () => {
    const exported = { runs: [run], items: [], values: 7, file: '/data/run.csv', dryRun: false };
    expect(await draw(view => renderExport(exported, view))).toEqual(['✔ Wrote 7 values of 1 run to /data/run.csv']);
    const item = {
      runId: id,
      run: 'lr',
      experiment: 'e',
      kind: 'metric' as const,
      key: 'loss',
      step: 2,
      timestamp: null,
    };
    const lines = await draw(view =>
      renderExport({ ...exported, file: null, items: [{ ...item, value: null }] }, view),
    );
    expect(lines[1]).toMatch(/^lr +metric +loss +2 +NaN$/);
  });
});

describe('an experiment', () => {
  const experiment = {
    experimentId: '1',
    name: 'reviews',
    lifecycle: 'active' as const,
    artifactLocation: 'file:///a',
    createdAt: null,
    updatedAt: null,
    tags: { team: 'nlp' },
  };

  test('is shown with its runs', async () => {
    const items = [run];
    const runs = { items, nextPageToken: 'more', experiments: ['reviews'], ...chooseColumns(items) };
    const lines = await draw(view => renderExperiment({ experiment, runs }, view, true));
    expect(lines).toContain('tags:       team=nlp');
    expect(lines).toContain('The newest 1 run');
    expect(lines.join('\n')).toMatch(/abcdef01 +lr +done .* 0\.8100 +0\.3000/);
  });

  test('without runs it says how to get one', async () => {
    const runs = { items: [], nextPageToken: null, experiments: ['reviews'], varying: [], same: [] };
    const lines = await draw(view => renderExperiment({ experiment, runs }, view, true));
    expect(lines.slice(-4)).toEqual(['It has no runs.', '', 'Next:', '  sentops train --mlflow-experiment reviews']);
  });
});
