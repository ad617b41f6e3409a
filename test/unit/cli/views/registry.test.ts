import { describe, expect, test } from 'vitest';
import type { View } from '../../../../src/cli/output/view.ts';
import { renderCopy, renderModel, renderRegistration } from '../../../../src/cli/views/registry.ts';
import {
  renderAlias,
  renderDeletion,
  renderPromotion,
  renderRollback,
  renderStage,
} from '../../../../src/cli/views/registry-change.ts';
import type { AuditEvent } from '../../../../src/lib/registry/audit.ts';
import type { ModelDescription } from '../../../../src/lib/registry/describe-model.ts';
import type { PromotionReport } from '../../../../src/lib/registry/promotion-scene.ts';
import type { RollbackReport } from '../../../../src/lib/registry/rollback.ts';
import type { VersionRow } from '../../../../src/lib/registry/version-row.ts';
import { draw as drawOn } from './draw.ts';

const draw = (render: (view: View) => void) => drawOn((_, view) => render(view), null, 160);

function version(number: number, more: Partial<VersionRow> = {}): VersionRow {
  return {
    model: 'reviews',
    version: number,
    stage: 'None',
    aliases: [],
    status: 'READY',
    statusMessage: null,
    runId: '0123456789abcdef',
    run: 'training',
    accuracy: 0.91239,
    f1: null,
    createdAt: '2026-11-21T17:18:00.000Z',
    updatedAt: null,
    userId: '',
    source: 'runs:/0123456789abcdef/model',
    artifactUri: 'file:///x/model',
    description: '',
    tags: {},
    ...more,
  };
}

const EVENT: AuditEvent = {
  id: 'a',
  at: '2026-11-21T17:18:00.123Z',
  action: 'promote',
  outcome: 'done',
  stage: 'Production',
  alias: 'champion',
  from: 3,
  to: 4,
  forced: true,
  reason: null,
  evidence: {
    kind: 'evaluated',
    metric: 'f1',
    candidate: 0.9,
    champion: 0.8,
    delta: 0.1,
    pValue: 0.0123,
    rows: 1,
    data: 'd',
  },
  by: 'ann',
  gitCommit: null,
  sentops: '0.1.0',
};

const MODEL: ModelDescription = {
  name: 'my reviews',
  description: '',
  latest: 2,
  stages: { Production: 2 },
  aliases: { champion: 2 },
  createdAt: null,
  updatedAt: null,
  tags: { team: 'search' },
  total: 12,
  versions: [version(2, { stage: 'Production', aliases: ['champion'] }), version(1, { run: null, accuracy: null })],
  history: null,
};

describe('a registered model', () => {
  test('is drawn with its versions and the way to its history', async () => {
    const { text } = await draw(view => renderModel(MODEL, view));
    expect(text).toMatch(/^stages: +Production = 2$/m);
    expect(text).toMatch(/^aliases: +@champion = 2$/m);
    expect(text).toMatch(/^The newest 2 versions$/m);
    expect(text).toMatch(/^ +2 +Production +champion +0\.9124 +training/m);
    expect(text).toMatch(/^ +1 +None .* - +01234567/m);
    expect(text).toMatch(/sentops model describe 'my reviews' --history/);
  });

  test('is drawn with one version in full', async () => {
    const one = version(2, { status: 'FAILED_REGISTRATION', statusMessage: 'gone', run: null });
    const { text } = await draw(view => renderModel({ ...MODEL, versions: [one] }, view));
    expect(text).toMatch(/^status: +FAILED_REGISTRATION: gone$/m);
    expect(text).toMatch(/^run: +\(gone\) \(0123456789abcdef\)$/m);
    expect(text).toMatch(/^files: +file:\/\/\/x\/model$/m);
  });

  test('is drawn without versions, and with a history', async () => {
    const history = [
      EVENT,
      { ...EVENT, outcome: 'refused' as const, forced: false, reason: 'too bad', evidence: null },
    ];
    const { text } = await draw(view => renderModel({ ...MODEL, versions: [], total: 0, history }, view));
    expect(text).toMatch(/^It has no version\.$/m);
    expect(text).toMatch(
      /promote \(forced\) +Production @champion +3 → 4 .*f1 0\.8000 → 0\.9000, p 0\.012, 1 row +ann/,
    );
    expect(text).toMatch(/refused: too bad/);
    const { text: empty } = await draw(view => renderModel({ ...MODEL, history: [] }, view));
    expect(empty).toMatch(/^Nothing was recorded\.$/m);
  });
});

const PROMOTION: PromotionReport = {
  model: 'reviews',
  version: 4,
  target: { stage: 'Production', alias: 'champion' },
  decision: 'promote',
  promoted: true,
  dryRun: false,
  forced: false,
  champion: 3,
  steps: [
    { kind: 'stage', version: 4, stage: 'Production', archives: [2, 3] },
    { kind: 'delete-alias', alias: 'challenger', version: 4 },
  ],
  metric: 'auc',
  delta: 0.05,
  evidence: {
    kind: 'evaluated',
    data: { name: 'test.csv', digest: 'd' },
    rows: 1200,
    candidate: { accuracy: 0.9, f1: 0.8, auc: 0.95, precision: null, recall: null },
    champion: { accuracy: 0.85, f1: 0.7, auc: 0.9, precision: null, recall: null },
    significance: { onlyCandidate: 70, onlyChampion: 10, method: 'chi-squared', pValue: 1e-9 },
  },
  checks: [
    { name: 'min-delta', value: 0.05, bound: 0, met: true, detail: 'good' },
    { name: 'significance', value: null, bound: 0.05, met: null, detail: 'open' },
    { name: 'min-f1', value: 0.8, bound: 0.9, met: false, detail: 'bad' },
  ],
  reason: null,
  auditId: 'a',
  notes: ['something stopped half-way'],
};

describe('a promotion', () => {
  test('is drawn with the evidence, the checks and what was done', async () => {
    const { text } = await draw(view => renderPromotion(PROMOTION, view));
    expect(text).toMatch(/^⚠ something stopped half-way$/m);
    expect(text).toMatch(/^data: test\.csv, 1,200 rows \(scored now\)$/m);
    expect(text).toMatch(/^model +accuracy +f1 +auc +right alone$/m);
    expect(text).toMatch(/^version 4 +0\.9000 +0\.8000 +0\.9500 +70$/m);
    expect(text).toMatch(/^version 3 \(serves\) +0\.8500 +0\.7000 +0\.9000 +10$/m);
    expect(text).toMatch(/^gain: \+0\.0500 auc$/m);
    expect(text).toMatch(/^✔ min-delta: good\n- significance: open\n✖ min-f1: bad$/m);
    expect(text).toMatch(/^✔ Version 4 of reviews is Production and @champion, after version 3$/m);
    expect(text).toMatch(/^ +version 4 → Production; versions 2, 3 → Archived$/m);
    expect(text).toMatch(/^ +alias challenger of version 4 is deleted$/m);
    expect(text).toMatch(/sentops model rollback reviews --to Production/);
  });

  test('that was only tried, was forced, or was not needed says so', async () => {
    const dry = await draw(view => renderPromotion({ ...PROMOTION, promoted: false, dryRun: true }, view));
    expect(dry.text).toMatch(/^Version 4 of reviews would become Production and @champion, after version 3$/m);
    expect(dry.text).not.toMatch(/rollback/);
    const forced = await draw(view => renderPromotion({ ...PROMOTION, forced: true, reason: 'no data' }, view));
    expect(forced.text).toMatch(/; forced: no data$/m);
    const target = { stage: null, alias: 'blue' };
    const first = await draw(view =>
      renderPromotion({ ...PROMOTION, target, champion: null, evidence: null, checks: [] }, view),
    );
    expect(first.text).toMatch(/^✔ Version 4 of reviews is @blue$/m);
    expect(first.text).not.toMatch(/rollback/);
    const already = await draw(view =>
      renderPromotion({ ...PROMOTION, decision: 'already', promoted: false, steps: [] }, view),
    );
    expect(already.text).toMatch(/^✔ Version 4 of reviews is Production and @champion already$/m);
  });
});

test('a rollback is drawn as from → to, with who served', async () => {
  const report: RollbackReport = {
    model: 'reviews',
    target: { stage: 'Production', alias: null },
    from: 3,
    to: 2,
    served: [1, 2, 3],
    resumed: true,
    dryRun: true,
    steps: [{ kind: 'alias', alias: 'champion', version: 2 }],
    auditId: null,
  };
  const { text } = await draw(view => renderRollback(report, view));
  expect(text).toMatch(/^Would set Production of reviews: version 3 → 2 \(completes a rollback that was stopped\)$/m);
  expect(text).toMatch(/^served: 1 → 2 → 3$/m);
  const { text: done } = await draw(view =>
    renderRollback({ ...report, from: null, dryRun: false, resumed: false }, view),
  );
  expect(done).toMatch(/^✔ Production of reviews: version - → 2$/m);
  expect(done).toMatch(/sentops model describe reviews --history/);
});

test('small changes are told in a line', async () => {
  const lines = async (render: (view: View) => void) => (await draw(render)).text.trim();
  const alias = { model: 'm', alias: 'a', before: 1, after: 1, dryRun: false };
  expect(await lines(view => renderAlias(alias, view))).toBe('a of m is version 1 already');
  expect(await lines(view => renderAlias({ ...alias, after: null, dryRun: true }, view))).toBe(
    'Would set a of m: version 1 → nothing',
  );
  const stage = { model: 'm', version: 2, before: 'None', after: 'None', archived: [], dryRun: false } as const;
  expect(await lines(view => renderStage({ ...stage, archived: [] }, view))).toBe('version 2 of m is in None already');
  expect(await lines(view => renderStage({ ...stage, after: 'Production', archived: [1], dryRun: true }, view))).toBe(
    'Would move version 2 of m: None → Production\n  version 1 → Archived',
  );
  const deleted = { model: 'm', version: null, versions: [1], aliases: ['a', 'b'], dryRun: false };
  expect(await lines(view => renderDeletion(deleted, view))).toBe(
    '✔ Deleted m with 1 version\n  with the aliases a, b',
  );
});

test('what was registered or copied is told with where it is', async () => {
  const uploaded = { files: 1, bytes: 2000 };
  const facts = { source: null, runId: null, format: 'mlflow' as const, flavors: ['spark'], uploaded };
  const dry = await draw(view =>
    renderRegistration({ model: 'm', version: null, created: true, dryRun: true, ...facts }, view),
  );
  expect(dry.text).toMatch(/^Would register a version of m$/m);
  expect(dry.text).toMatch(/^files: +1 file, 2\.0 kB, to upload$/m);
  const again = await draw(view =>
    renderRegistration({ model: 'm', version: 3, created: false, dryRun: false, ...facts }, view),
  );
  expect(again.text).toMatch(/^✔ m has it already, as version 3$/m);
  const copy = {
    from: { model: 'm', version: 1 },
    to: { model: 'n', version: 2, uri: 'http://x' },
    source: 's',
    runId: null,
    uploaded,
  };
  expect((await draw(view => renderCopy({ ...copy, created: true, dryRun: false }, view))).text).toMatch(
    /^✔ Copied m version 1 to n version 2 in http:\/\/x$/m,
  );
  expect((await draw(view => renderCopy({ ...copy, created: false, dryRun: false }, view))).text).toMatch(
    /is there already, as n version 2/,
  );
  expect((await draw(view => renderCopy({ ...copy, created: true, dryRun: true }, view))).text).toMatch(
    /^Would copy m version 1/m,
  );
});
