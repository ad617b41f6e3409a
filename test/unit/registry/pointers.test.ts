import { describe, expect, test } from 'vitest';
import { readTrail } from '../../../src/lib/registry/audit.ts';
import { deleteModel } from '../../../src/lib/registry/delete-model.ts';
import { describeModel, listVersionRows } from '../../../src/lib/registry/describe-model.ts';
import { listModels } from '../../../src/lib/registry/list-models.ts';
import { promoteModel } from '../../../src/lib/registry/promote.ts';
import { changeAlias, changeStage } from '../../../src/lib/registry/set-pointer.ts';
import { tagModel } from '../../../src/lib/registry/tag-model.ts';
import { MODEL, RegistryWorld, RULES } from './registry-world.ts';

function base(world: RegistryWorld) {
  return { ...world.world, project: world.project, name: MODEL, dryRun: false };
}

const tagsOf = (world: RegistryWorld) => world.on(async tracker => (await tracker.models.get(MODEL))?.tags ?? {});

async function served(): Promise<RegistryWorld> {
  const world = new RegistryWorld();
  await world.versions(0.7, 0.8, 0.9);
  for (const version of [1, 2]) await promoteModel(world.promote({ version }));
  return world;
}

describe('an alias', () => {
  test('is set, moved and deleted, and the trail tells of it', async () => {
    const world = new RegistryWorld();
    await world.versions(0.7, 0.8);
    const alias = (version: number | null, dryRun = false) =>
      changeAlias({ ...base(world), alias: 'blue', version, dryRun });
    expect(await alias(1)).toEqual({ model: MODEL, alias: 'blue', before: null, after: 1, dryRun: false });
    expect(await alias(2)).toMatchObject({ before: 1, after: 2 });
    expect(await alias(2), 'nothing to be done').toMatchObject({ before: 2, after: 2 });
    expect(await alias(1, true)).toMatchObject({ before: 2, after: 1, dryRun: true });
    expect((await world.state()).aliases).toEqual({ blue: 2 });
    expect(await alias(null)).toMatchObject({ before: 2, after: null });
    expect(
      readTrail(await tagsOf(world)).map(({ action, outcome, alias: one, from, to }) => [
        action,
        outcome,
        one,
        from,
        to,
      ]),
    ).toEqual([
      ['alias', 'done', 'blue', null, 1],
      ['alias', 'done', 'blue', 1, 2],
      ['alias', 'done', 'blue', 2, null],
    ]);
  });

  test('that is not there cannot be deleted, one that cannot be is refused, a version has to be there', async () => {
    const world = new RegistryWorld();
    await world.versions(0.7);
    await changeAlias({ ...base(world), alias: 'challenger', version: 1 });
    await expect(changeAlias({ ...base(world), alias: 'chalenger', version: null })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      hint: 'did you mean challenger?',
    });
    await expect(changeAlias({ ...base(world), alias: 'toString', version: null })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(changeAlias({ ...base(world), alias: 'blue', version: 9 })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    for (const alias of ['latest', 'v1', 'a/b'])
      await expect(changeAlias({ ...base(world), alias, version: 1 })).rejects.toMatchObject({ code: 'FLAG_INVALID' });
    expect(await world.state()).toMatchObject({ aliases: { challenger: 1 }, claims: [] });
  });
});

describe('a stage', () => {
  test('is moved to; what is there is archived, or kept', async () => {
    const world = new RegistryWorld();
    await world.versions(0.7, 0.8, 0.9);
    const stage = (version: number, to: 'Production' | 'Archived' | 'None', more = {}) =>
      changeStage({ ...base(world), version, to, keepExisting: false, ...more });
    expect(await stage(1, 'Production')).toEqual({
      model: MODEL,
      version: 1,
      before: 'None',
      after: 'Production',
      archived: [],
      dryRun: false,
    });
    expect(await stage(2, 'Production', { dryRun: true })).toMatchObject({ archived: [1] });
    expect(await stage(2, 'Production', { keepExisting: true })).toMatchObject({ archived: [] });
    expect((await world.state()).stages).toEqual({ Production: [1, 2] });
    expect(await stage(2, 'Production'), 'in its stage, but not alone there').toMatchObject({
      before: 'Production',
      archived: [1],
    });
    expect(await stage(2, 'Production')).toMatchObject({ before: 'Production', after: 'Production', archived: [] });
    expect(await stage(3, 'Archived')).toMatchObject({ archived: [] });
    expect((await world.state()).stages).toEqual({ Archived: [1, 3], Production: [2] });
    expect(readTrail(await tagsOf(world))).toHaveLength(4);
  });
});

describe('tags', () => {
  test('of a model and of a version are set and deleted', async () => {
    const world = new RegistryWorld();
    await world.versions(0.7);
    const tag = (more: object) => tagModel({ ...base(world), version: undefined, set: {}, remove: [], ...more });
    expect(await tag({ set: { team: 'search', owner: 'ann' } })).toMatchObject({
      version: null,
      changes: [
        { key: 'team', before: null, after: 'search' },
        { key: 'owner', before: null, after: 'ann' },
      ],
    });
    await tag({ set: { team: 'ads' }, remove: ['owner'] });
    expect(await tagsOf(world)).toEqual({ team: 'ads' });
    await tag({ version: 1, set: { checked: 'yes' } });
    await tag({ version: 1, set: { checked: 'no' }, dryRun: true });
    const version = await world.on(tracker => tracker.models.find(MODEL, { version: 1 }));
    expect(version?.tags['checked']).toBe('yes');
    await tag({ version: 1, remove: ['checked'] });
    await expect(tag({ version: 1, remove: ['checked'] })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('that keep our records are neither shown nor touched', async () => {
    const world = await served();
    const [record = ''] = Object.keys(await tagsOf(world));
    expect(record).toMatch(/^sentops\.audit\./);
    const forged = [
      { version: 2, set: { 'sentops.promotion.value': '1' } },
      { version: 2, remove: ['sentops.model.digest'] },
    ];
    for (const change of [
      { set: { [record]: 'x' } },
      { remove: [record] },
      { set: { 'sentops.claim.1': 'x' } },
      ...forged,
    ])
      expect(() => tagModel({ ...base(world), version: undefined, set: {}, remove: [], ...change })).toThrow(
        expect.objectContaining({ code: 'FLAG_INVALID' }),
      );
    expect(await describeModel({ ...base(world), version: undefined, history: false })).toMatchObject({ tags: {} });
  });
});

describe('deletion', () => {
  const ask = () => {
    const questions: string[] = [];
    return { questions, consent: async (question: string) => void questions.push(question) };
  };

  test('of a version asks, and takes its aliases along', async () => {
    const world = await served();
    await changeAlias({ ...base(world), alias: 'blue', version: 3 });
    const { questions, consent } = ask();
    expect(await deleteModel({ ...base(world), version: 3, force: false, consent })).toEqual({
      model: MODEL,
      version: 3,
      versions: [3],
      aliases: ['blue'],
      dryRun: false,
    });
    expect(questions).toEqual(['Delete version 3 of reviews, and the alias blue?']);
    expect((await world.state()).aliases).toEqual({ champion: 2 });
  });

  test('of what serves is refused without force, whoever says yes', async () => {
    const world = await served();
    const { questions, consent } = ask();
    for (const version of [2, undefined])
      await expect(deleteModel({ ...base(world), version, force: false, consent })).rejects.toMatchObject({
        code: 'CONFLICT',
        message: 'version 2 (Production, @champion) of reviews is in use',
      });
    await changeStage({ ...base(world), version: 2, to: 'Archived', keepExisting: false });
    await expect(deleteModel({ ...base(world), version: 2, force: false, consent })).rejects.toMatchObject({
      message: 'version 2 (@champion) of reviews is in use',
    });
    expect(questions).toEqual([]);
    await deleteModel({ ...base(world), version: undefined, force: true, consent });
    expect(questions).toEqual([
      'Delete model reviews with 3 versions, and the alias champion? In use: version 2 (@champion).',
    ]);
    expect(await world.on(tracker => tracker.models.get(MODEL))).toBe(null);
  });

  test('is refused where the version came to serve while somebody thought about it', async () => {
    const world = await served();
    const promote = async () => void (await promoteModel(world.promote({ version: 3 })));
    await expect(deleteModel({ ...base(world), version: 3, force: false, consent: promote })).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { serving: ['version 3 (Production, @champion)'] },
    });
    expect(await world.state()).toMatchObject({ aliases: { champion: 3 }, claims: [] });
  });

  test('that nobody agrees to, or that is only tried, deletes nothing', async () => {
    const world = new RegistryWorld();
    await world.versions(0.7);
    const no = async () => Promise.reject(new Error('no'));
    await expect(deleteModel({ ...base(world), version: 1, force: false, consent: no })).rejects.toThrow('no');
    expect(await deleteModel({ ...base(world), version: 1, force: false, consent: no, dryRun: true })).toMatchObject({
      versions: [1],
    });
    expect(await listVersionRows(base(world))).toHaveLength(1);
  });
});

describe('what there is', () => {
  test('is listed by name, by pages, by MLflow filters', async () => {
    const world = await served();
    await world.on(async ({ models }) => {
      for (const name of ['b', 'a', 'c'])
        await models.create({ name, description: `model ${name}`, tags: { team: name } });
    });
    const list = (more = {}) =>
      listModels({ ...base(world), filter: undefined, orderBy: undefined, limit: 100, pageToken: undefined, ...more });
    const all = await list();
    expect(all.items.map(({ name }) => name)).toEqual(['a', 'b', 'c', MODEL]);
    expect(all.items[0]).toMatchObject({
      latest: null,
      stages: {},
      aliases: {},
      description: 'model a',
      tags: { team: 'a' },
    });
    expect(all.items[3]).toMatchObject({
      latest: 3,
      stages: { Production: 2, Archived: 1 },
      aliases: { champion: 2 },
      tags: {},
    });
    expect(all.items[3]?.updatedAt).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect((await list({ filter: "tags.team = 'c'" })).items.map(({ name }) => name)).toEqual(['c']);
    const page = await list({ limit: 3 });
    expect(page.items).toHaveLength(3);
    const rest = await list({ limit: 3, pageToken: page.nextPageToken ?? undefined });
    expect([rest.items.map(({ name }) => name), rest.nextPageToken]).toEqual([[MODEL], null]);
    await expect(list({ filter: 'nam = 1' })).rejects.toMatchObject({ code: 'FLAG_INVALID' });
  });

  test('of versions has what their runs measured, else what their tags say', async () => {
    const world = new RegistryWorld();
    await world.versions(0.7, null, null);
    await world.on(async ({ models }) => {
      await models.setVersionTag(MODEL, 2, 'sentops.accuracy', '0.75');
      await models.setVersionTag(MODEL, 3, 'accuracy', 'good');
    });
    const rows = await listVersionRows(base(world));
    expect(rows.map(({ version, accuracy, run }) => [version, accuracy, run])).toEqual([
      [3, null, 'training'],
      [2, 0.75, 'training'],
      [1, 0.7, 'training'],
    ]);
    await expect(listVersionRows({ ...base(world), name: 'other' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('is described with its newest versions, or one, and with its history', async () => {
    const world = await served();
    await promoteModel(world.promote({ version: 3, rules: { ...RULES, minDelta: 0.5 } }));
    const whole = await describeModel({ ...base(world), version: undefined, history: true });
    expect(whole).toMatchObject({ name: MODEL, total: 3, latest: 3 });
    expect(whole.versions.map(({ version }) => version)).toEqual([3, 2, 1]);
    expect(whole.history?.map(({ outcome, to }) => [outcome, to])).toEqual([
      ['done', 1],
      ['done', 2],
      ['refused', 3],
    ]);
    const one = await describeModel({ ...base(world), version: 1, history: true });
    expect(one.versions).toMatchObject([{ version: 1, stage: 'Archived', accuracy: 0.7 }]);
    expect(one.history?.map(({ from, to }) => [from, to])).toEqual([
      [null, 1],
      [1, 2],
    ]);
    expect((await describeModel({ ...base(world), version: undefined, history: false })).history).toBe(null);
    await expect(describeModel({ ...base(world), version: 8, history: false })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});
