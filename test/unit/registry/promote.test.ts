import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readTrail } from '../../../src/lib/registry/audit.ts';
import { promoteModel } from '../../../src/lib/registry/promote.ts';
import { logTest, MODEL, newRun, RegistryWorld, RULES, registerBare, testData, wordModel } from './registry-world.ts';

const trailOf = (world: RegistryWorld) =>
  world.on(async tracker => readTrail((await tracker.models.get(MODEL))?.tags ?? {}));

describe('the first champion', () => {
  test('needs no evidence where no floor is set', async () => {
    const world = new RegistryWorld();
    await world.versions(null);
    const report = await promoteModel(world.promote());
    expect(report).toMatchObject({ version: 1, decision: 'promote', promoted: true, champion: null, checks: [] });
    expect(report.target).toEqual({ stage: 'Production', alias: 'champion' });
    expect(await world.state()).toEqual({ stages: { Production: [1] }, aliases: { champion: 1 }, claims: [] });
  });

  test('has to meet the floors that are set', async () => {
    const world = new RegistryWorld();
    await world.versions(0.7);
    const low = await promoteModel(world.promote({ rules: { ...RULES, minAccuracy: 0.75, minF1: 0.6 } }));
    expect(low).toMatchObject({ decision: 'reject', promoted: false, reason: 'accuracy is 0.7, below 0.75' });
    expect(low.checks.map(({ name, met }) => [name, met])).toEqual([
      ['samples', true],
      ['min-accuracy', false],
      ['min-f1', true],
    ]);
    expect(await world.state()).toEqual({ stages: {}, aliases: {}, claims: [] });
    const high = await promoteModel(world.promote({ rules: { ...RULES, minAccuracy: 0.7 } }));
    expect(high.promoted).toBe(true);
  });

  test('whose floor cannot be checked says what is missing', async () => {
    const world = new RegistryWorld();
    await world.versions(null);
    const report = await promoteModel(world.promote({ rules: { ...RULES, minAccuracy: 0.5 } }));
    expect(report.decision).toBe('inconclusive');
    expect(report.reason).toMatch(/^the run of version 1 \(\w{32}\) recorded no test metrics$/);
  });
});

describe('recorded metrics', () => {
  test('decide where both were measured on the same data', async () => {
    const world = new RegistryWorld();
    await world.versions(0.8, 0.85, 0.82);
    await promoteModel(world.promote({ version: 1 }));
    const better = await promoteModel(world.promote({ version: 2 }));
    expect(better).toMatchObject({ decision: 'promote', champion: 1, delta: 0.05, metric: 'accuracy' });
    expect(better.evidence).toMatchObject({
      kind: 'recorded',
      data: { name: 'test.csv', digest: 'frozen' },
      rows: 500,
    });
    expect(better.checks.find(({ name }) => name === 'significance')?.met).toBe(null);
    const worse = await promoteModel(world.promote());
    expect(worse).toMatchObject({ version: 3, decision: 'reject', champion: 2, delta: -0.03 });
    expect(await world.state()).toMatchObject({ stages: { Archived: [1], Production: [2] }, aliases: { champion: 2 } });
  });

  test('of different data are no evidence', async () => {
    const world = new RegistryWorld();
    await world.versions(0.8);
    await world.on(async tracker => {
      const run = await newRun(tracker);
      await logTest(tracker, run, { accuracy: 0.99 }, testData('another', { name: 'easy.csv' }));
      await registerBare(tracker, run, 'other');
    });
    await promoteModel(world.promote({ version: 1 }));
    const report = await promoteModel(world.promote());
    expect(report).toMatchObject({ decision: 'inconclusive', promoted: false, evidence: null });
    expect(report.reason).toBe(
      'versions 2 and 1 were tested on different data: easy.csv (another) and test.csv (frozen)',
    );
  });

  test('of few rows are too little', async () => {
    const world = new RegistryWorld();
    await world.versions(0.8, 0.9);
    await promoteModel(world.promote({ version: 1 }));
    const report = await promoteModel(world.promote({ rules: { ...RULES, minSamples: 501 } }));
    expect(report).toMatchObject({ decision: 'inconclusive', reason: expect.stringMatching(/^500 rows are too few/) });
  });
});

describe('labelled rows', () => {
  const PERFECT = wordModel(5, -5);
  const CONSTANT = wordModel(0, 0, 1);

  test('are scored by both, and a clear gain takes over', async () => {
    const world = new RegistryWorld();
    await world.modelVersion(CONSTANT);
    await world.modelVersion(PERFECT);
    await promoteModel(world.promote({ version: 1 }));
    const evalData = { file: world.data('test.csv', 60), textColumn: undefined, labelColumn: undefined };
    const report = await promoteModel(world.promote({ evalData }));
    expect(report).toMatchObject({ decision: 'promote', champion: 1, delta: 0.5 });
    expect(report.evidence).toMatchObject({
      kind: 'evaluated',
      rows: 60,
      candidate: { accuracy: 1, f1: 1 },
      champion: { accuracy: 0.5 },
      significance: { onlyCandidate: 30, onlyChampion: 0 },
    });
    const tags = await world.on(async tracker => (await tracker.models.find(MODEL, { version: 2 }))?.tags);
    expect(tags).toMatchObject({
      'sentops.promotion.from': '1',
      'sentops.promotion.to': 'Production and @champion',
      'sentops.promotion.value': '1',
      'sentops.promotion.champion_value': '0.5',
      'sentops.promotion.delta': '0.5',
      'sentops.promotion.rows': '60',
      'sentops.promotion.by': 'ann',
      'sentops.promotion.audit_id': report.auditId,
    });
    expect(tags?.['sentops.promotion.data']).toMatch(/^[0-9a-f]{64}$/);
    expect(Number(tags?.['sentops.promotion.p_value'])).toBeLessThan(1e-6);
  });

  test('of which the same are right and wrong change nothing', async () => {
    const world = new RegistryWorld();
    await world.modelVersion(PERFECT);
    await world.modelVersion(PERFECT);
    await promoteModel(world.promote({ version: 1 }));
    const evalData = { file: world.data('test.csv', 40), textColumn: undefined, labelColumn: undefined };
    const report = await promoteModel(world.promote({ evalData }));
    expect(report).toMatchObject({ decision: 'reject', delta: 0, evidence: { significance: { pValue: 1 } } });
    const trail = await trailOf(world);
    expect(trail.map(({ outcome, from, to }) => [outcome, from, to])).toEqual([
      ['done', null, 1],
      ['refused', 1, 2],
    ]);
    const without = await promoteModel(world.promote({ evalData, rules: { ...RULES, test: 'none' } }));
    expect(without.promoted, 'equal is enough where no gain is asked for and no test is made').toBe(true);
  });

  test('judge by AUC, too, and are read once: they may come through a pipe', async () => {
    const world = new RegistryWorld();
    await world.modelVersion(CONSTANT);
    await world.modelVersion(PERFECT);
    await promoteModel(world.promote({ version: 1 }));
    const stdin = fs.createReadStream(world.data('test.csv', 40));
    const evalData = { file: '-', textColumn: 'text', labelColumn: 'label' };
    const report = await promoteModel(world.promote({ stdin, evalData, rules: { ...RULES, metric: 'auc' } }));
    expect(report).toMatchObject({
      decision: 'promote',
      delta: 0.5,
      evidence: { candidate: { auc: 1 }, champion: { auc: 0.5 } },
    });
  });

  test('of one class are no evidence: who always says the same would be perfect', async () => {
    const world = new RegistryWorld();
    await world.modelVersion(CONSTANT);
    const file = world.data('test.csv', 100);
    const lines = fs.readFileSync(file, 'utf8').split('\n');
    fs.writeFileSync(file, lines.filter(line => !line.endsWith(',negative')).join('\n'));
    const evalData = { file, textColumn: undefined, labelColumn: undefined };
    const report = await promoteModel(world.promote({ evalData, rules: { ...RULES, minAccuracy: 0.9 } }));
    expect(report).toMatchObject({
      decision: 'inconclusive',
      promoted: false,
      reason: 'all rows of test.csv are positive: who always says so would be perfect',
    });
  });

  test('that a version cannot be fetched for are no reason to guess', async () => {
    const world = new RegistryWorld();
    await world.versions(null);
    const evalData = { file: world.data('test.csv', 40), textColumn: undefined, labelColumn: undefined };
    await expect(promoteModel(world.promote({ evalData }))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('what is set', () => {
  test.for([
    ['both', { to: 'Production' }, { Archived: [1], Production: [2] }, { champion: 2 }],
    ['stages', { to: 'Production' }, { Archived: [1], Production: [2] }, {}],
    ['aliases', { to: 'Production' }, {}, { champion: 2 }],
    ['aliases', { alias: 'blue' }, {}, { blue: 2 }],
    ['both', { alias: 'champion' }, { Archived: [1], Production: [2] }, { champion: 2 }],
    ['both', { alias: 'blue' }, {}, { blue: 2 }],
    ['stages', { to: 'Staging', alias: 'next' }, { Archived: [1], Staging: [2] }, { next: 2 }],
  ] as const)('with registryMode %s and %o', async ([registryMode, choice, stages, aliases]) => {
    const world = new RegistryWorld({ registryMode });
    await world.versions(0.8, 0.9);
    await promoteModel(world.promote({ version: 1, ...choice }));
    await promoteModel(world.promote({ version: 2, ...choice }));
    expect(await world.state()).toEqual({ stages, aliases, claims: [] });
  });

  test('the alias of the stage that was left goes, that of Archived moves on', async () => {
    const stageAliases = { Production: 'champion', Staging: 'challenger', Archived: 'previous' };
    const world = new RegistryWorld({ stageAliases });
    await world.versions(0.8, 0.9);
    await promoteModel(world.promote({ version: 1 }));
    await promoteModel(world.promote({ version: 2, to: 'Staging' }));
    expect((await world.state()).aliases).toEqual({ champion: 1, challenger: 2 });
    const report = await promoteModel(world.promote({ version: 2 }));
    expect(report.steps).toEqual([
      { kind: 'stage', version: 2, stage: 'Production', archives: [1] },
      { kind: 'alias', alias: 'champion', version: 2 },
      { kind: 'delete-alias', alias: 'challenger', version: 2 },
      { kind: 'alias', alias: 'previous', version: 1 },
    ]);
    expect((await world.state()).aliases).toEqual({ champion: 2, previous: 1 });
  });

  test('several versions in Production end as one', async () => {
    const world = new RegistryWorld();
    await world.versions(0.7, 0.8, 0.9);
    await world.on(async ({ models }) => {
      for (const version of [1, 2]) await models.transition(MODEL, version, 'Production', { archiveExisting: false });
    });
    const report = await promoteModel(world.promote({ version: 3 }));
    expect(report).toMatchObject({ champion: 2, steps: [{ archives: [1, 2] }, {}] });
    expect(report.notes).toEqual([
      'Production and @champion do not point at the same version; version 2 counts as the champion',
    ]);
    expect(await world.state()).toMatchObject({
      stages: { Archived: [1, 2], Production: [3] },
      aliases: { champion: 3 },
    });
  });

  test('nothing by a dry run, which tells what would be', async () => {
    const world = new RegistryWorld();
    await world.versions(0.8, 0.9);
    await promoteModel(world.promote({ version: 1 }));
    const before = await world.on(tracker => tracker.models.get(MODEL));
    const report = await promoteModel(world.promote({ dryRun: true }));
    expect(report).toMatchObject({ decision: 'promote', promoted: false, dryRun: true, auditId: null });
    expect(report.steps).toHaveLength(2);
    const refused = await promoteModel(world.promote({ dryRun: true, rules: { ...RULES, minDelta: 0.2 } }));
    expect(refused.decision).toBe('reject');
    expect(await world.on(tracker => tracker.models.get(MODEL))).toEqual(before);
  });

  test('nothing where the version serves already', async () => {
    const world = new RegistryWorld();
    await world.versions(0.8);
    await promoteModel(world.promote());
    const again = await promoteModel(world.promote({ rules: { ...RULES, minAccuracy: 0.99 } }));
    expect(again).toMatchObject({ decision: 'already', promoted: false, steps: [], champion: 1 });
    expect(await trailOf(world)).toHaveLength(1);
  });
});

test('force promotes what the gate refuses, and the record tells so', async () => {
  const world = new RegistryWorld();
  await world.versions(0.9, 0.8);
  await promoteModel(world.promote({ version: 1 }));
  const report = await promoteModel(world.promote({ force: true }));
  expect(report).toMatchObject({ decision: 'promote', promoted: true, forced: true });
  const [, event] = await trailOf(world);
  expect(event).toMatchObject({
    forced: true,
    outcome: 'done',
    from: 1,
    to: 2,
    reason: expect.stringContaining('-0.1'),
  });
  const { tags } = (await world.on(tracker => tracker.models.find(MODEL, { version: 2 }))) ?? {};
  expect(tags?.['sentops.promotion.forced']).toBe('true');
});

test('an alias moved by hand does not carry its version past the champion', async () => {
  const world = new RegistryWorld();
  await world.versions(0.9, 0.8);
  await promoteModel(world.promote({ version: 1 }));
  await world.on(({ models }) => models.setAlias(MODEL, 'champion', 2));
  const report = await promoteModel(world.promote({ version: 2 }));
  expect(report).toMatchObject({ decision: 'reject', champion: 1, delta: -0.1 });
  expect((await world.state()).stages).toEqual({ Production: [1] });
  // Against version 1 the other way round: that one has to beat what the alias points at.
  expect(await promoteModel(world.promote({ version: 1 }))).toMatchObject({ decision: 'promote', champion: 2 });
});

test('what serves in Production is not taken out of it by a promotion to Staging', async () => {
  const world = new RegistryWorld();
  await world.versions(0.9);
  await promoteModel(world.promote());
  await expect(promoteModel(world.promote({ to: 'Staging' }))).rejects.toMatchObject({
    code: 'CONFLICT',
    message: 'version 1 of reviews serves in Production, which it would leave',
  });
  expect(await world.state()).toEqual({ stages: { Production: [1] }, aliases: { champion: 1 }, claims: [] });
  await promoteModel(world.promote({ to: 'Staging', force: true }));
  expect(await world.state()).toEqual({ stages: { Staging: [1] }, aliases: { challenger: 1 }, claims: [] });
});

test('tags of an earlier promotion do not speak for a later one', async () => {
  const world = new RegistryWorld();
  await world.versions(0.8, 0.9, null);
  await promoteModel(world.promote({ version: 1 }));
  await promoteModel(world.promote({ version: 2 }));
  await promoteModel(world.promote({ version: 3, force: true }));
  await promoteModel(world.promote({ version: 2, force: true }));
  const { tags } = (await world.on(tracker => tracker.models.find(MODEL, { version: 2 }))) ?? {};
  expect(tags).toMatchObject({ 'sentops.promotion.forced': 'true', 'sentops.promotion.evidence': 'none' });
  expect(Object.keys(tags ?? {}).filter(key => /delta|value|rows|data|metric/.test(key))).toEqual([]);
});

test('an unknown model, version or stage is told before anything else', async () => {
  const world = new RegistryWorld();
  await world.versions(0.8);
  await expect(promoteModel(world.promote({ name: 'review' }))).rejects.toMatchObject({
    code: 'NOT_FOUND',
    hint: 'did you mean reviews?',
  });
  await expect(promoteModel(world.promote({ version: 7 }))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(() => promoteModel(world.promote({ to: 'Prod' }))).toThrow(/"Prod" is no stage/);
});

test('a champion that changed while the versions were compared is a conflict', async () => {
  const world = new RegistryWorld();
  await world.versions(0.8, 0.85, 0.9);
  await promoteModel(world.promote({ version: 1 }));
  // The other promotion comes when this one has read who serves and looks at the runs.
  let isFirst = true;
  await world.on(async tracker => {
    const { promoteOn } = await import('../../../src/lib/registry/promote.ts');
    const runs = {
      ...tracker.runs,
      get: async (id: string) => {
        if (isFirst) {
          isFirst = false;
          await promoteModel(world.promote({ version: 3 }));
        }
        return tracker.runs.get(id);
      },
    };
    await expect(promoteOn({ ...tracker, runs }, world.promote({ version: 2 }))).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { comparedWith: 1, champion: 3 },
    });
  });
  expect(await world.state()).toEqual({
    stages: { Archived: [1], Production: [3] },
    aliases: { champion: 3 },
    claims: [],
  });
});

test('a registry that reads otherwise than it was written is not believed', async () => {
  const world = new RegistryWorld();
  await world.versions(0.8, 0.9);
  await promoteModel(world.promote({ version: 1 }));
  await world.on(async tracker => {
    const { promoteOn } = await import('../../../src/lib/registry/promote.ts');
    // Somebody without our protocol sets the alias back just then.
    const models = { ...tracker.models, setAlias: async () => {} };
    await expect(promoteOn({ ...tracker, models }, world.promote())).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { expected: 2, found: { alias: 1, stage: [2] } },
    });
  });
  // The next run finds it half-way, and completes it.
  const report = await promoteModel(world.promote());
  expect(report).toMatchObject({ promoted: true, champion: 1, steps: [{ kind: 'alias', version: 2 }] });
  expect(report.notes[0]).toMatch(/^a promote to version 2 by ann stopped half-way/);
});
