import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { saveModel } from '../../src/lib/model/save.ts';
import { type CliResult, runCli } from '../helpers/run-cli.ts';
import { wordModel } from '../unit/registry/registry-world.ts';

let dir: string;
beforeAll(async () => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-model-registry-'));
  fs.writeFileSync(path.join(dir, 'sentops.yaml'), 'version: 1\nproject: { name: reviews }\n');
  const rows = Array.from({ length: 120 }, (_, row) =>
    row % 2 === 0 ? 'a good thing,positive' : 'a bad thing,negative',
  );
  fs.writeFileSync(path.join(dir, 'test.csv'), `text,label\n${rows.join('\n')}\n`);
  await saveModel(wordModel(0, 0, 1), path.join(dir, 'constant'));
  await saveModel(wordModel(5, -5), path.join(dir, 'perfect'));
  await saveModel(wordModel(-5, 5), path.join(dir, 'upside-down'));
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

const run = (args: readonly string[], env: Record<string, string> = {}) =>
  runCli(['model', ...args], { cwd: dir, env: { USER: 'ann', ...env } });

const json = ({ stdout }: CliResult) => JSON.parse(stdout);

describe('a model from its first version to its end', () => {
  test('is registered from a folder, once', async () => {
    const first = await run(['register', 'reviews', '--model-path', 'constant']);
    expect([first.code, first.stdout]).toEqual([0, expect.stringMatching(/^✔ Registered version 1 of reviews$/m)]);
    expect(first.stdout).toMatch(/sentops model promote reviews --version 1 --to Production/);
    const again = await run(['register', 'reviews', '--model-path', 'constant', '--json']);
    expect(json(again)).toMatchObject({ schemaVersion: 1, version: 1, created: false });
    const second = await run(['register', 'reviews', '--model-path', 'perfect', '--tag', 'team=search', '-q']);
    expect(second.stdout).toBe('2\n');
    await run(['register', 'reviews', '--model-path', 'upside-down']);
  });

  test('is promoted without evidence where nobody serves', async () => {
    const { code, stdout } = await run(['promote', 'reviews', '--version', '1']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^✔ Version 1 of reviews is Production and @champion$/m);
    expect(stdout, 'there is nothing to return to').not.toMatch(/rollback/);
  });

  test('ends with 13 where there is nothing to compare, and says what is missing', async () => {
    const { code, stderr } = await run(['promote', 'reviews', '--version', '2']);
    expect(code).toBe(13);
    expect(stderr).toMatch(
      /^error: version 2 of reviews is not promoted: the run of version 2 \(\w+\) recorded no test metrics$/m,
    );
    expect(stderr).toMatch(/^hint: give --eval-data FILE/m);
  });

  test('is shown by a dry run what would be', async () => {
    const args = ['promote', 'reviews', '--version', '2', '--eval-data', 'test.csv', '--dry-run', '--json'];
    const result = json(await run(args));
    expect(result).toMatchObject({ decision: 'promote', promoted: false, dryRun: true, champion: 1, delta: 0.5 });
    expect(result.steps).toEqual([
      { kind: 'stage', version: 2, stage: 'Production', archives: [1] },
      { kind: 'alias', alias: 'champion', version: 2 },
    ]);
  });

  test('is replaced by a version that is better by more than chance, and CI is told', async () => {
    const output = path.join(dir, 'github-output');
    const { code, stdout } = await run(['promote', 'reviews', '--version', '2', '--eval-data', 'test.csv'], {
      GITHUB_ACTIONS: 'true',
      GITHUB_OUTPUT: output,
      GITHUB_ACTOR: 'octocat',
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/version 2 +1\.0000 +1\.0000 +60/);
    expect(stdout).toMatch(/version 1 \(serves\) +0\.5000/);
    expect(stdout).toMatch(/significance: alone right on 60 rows, the champion on 0/);
    expect(fs.readFileSync(output, 'utf8')).toMatch(
      /model-version=2\n[\s\S]*decision=promote|decision=promote\n[\s\S]*model-version=2/,
    );
  });

  test('is not replaced by a worse one: 12, with the numbers, and nothing changes', async () => {
    const args = ['promote', 'reviews', '--eval-data', 'test.csv', '--min-accuracy', '0.5'];
    const [text, object] = [await run(args), await run([...args, '--json'])];
    expect([text.code, object.code]).toEqual([12, 12]);
    expect(text.stdout).toMatch(/min-accuracy: accuracy is 0, below 0\.5/);
    expect(json(object)).toMatchObject({
      version: 3,
      decision: 'reject',
      promoted: false,
      champion: 2,
      error: { code: 'GATE_NOT_MET', exit: 12, details: { checks: expect.any(Array) } },
    });
    expect(json(await run(['describe', 'reviews', '--json']))).toMatchObject({
      aliases: { champion: 2 },
      stages: { Production: 2 },
    });
  });

  test('has the gate that the project asks for', async () => {
    const args = ['promote', 'reviews', '--eval-data', 'test.csv', '--json'];
    const env = { SENTOPS_ROLLOUT_PROMOTION_MIN_SAMPLES: '500', SENTOPS_ROLLOUT_PROMOTION_MIN_F1: '0.4' };
    const { checks, error } = json(await run(args, env));
    expect(checks.map(({ name, bound }: Record<string, unknown>) => [name, bound]).slice(0, 2)).toEqual([
      ['samples', 500],
      ['min-f1', 0.4],
    ]);
    expect(error.exit).toBe(13);
  });

  test('takes too few rows for no verdict: 13', async () => {
    const { code, stderr } = await run(['promote', 'reviews', '--eval-data', 'test.csv', '--min-samples', '121']);
    expect([code, stderr]).toEqual([13, expect.stringMatching(/hint: give more rows, or lower --min-samples/)]);
  });

  test('returns to what served before', async () => {
    const dry = await run(['rollback', 'reviews', '--dry-run']);
    expect(dry.stdout).toMatch(/^Would set Production and @champion of reviews: version 2 → 1$/m);
    const { code, stdout } = await run(['rollback', 'reviews', '--reason', 'too good to be true']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/version 2 → 1/)]);
    expect((await run(['rollback', 'reviews'])).code, 'nothing served before').toBe(5);
    await run(['promote', 'reviews', '--version', '2', '--force']);
  });

  test('tells its history', async () => {
    const { history } = json(await run(['describe', 'reviews', '--history', '--json']));
    const told = history.map((event: Record<string, unknown>) => [
      event['action'],
      event['outcome'],
      event['from'],
      event['to'],
      event['by'],
    ]);
    expect(told).toEqual([
      ['promote', 'done', null, 1, 'ann'],
      ['promote', 'refused', 1, 2, 'ann'],
      ['promote', 'done', 1, 2, 'octocat'],
      ['promote', 'refused', 2, 3, 'ann'],
      ['promote', 'refused', 2, 3, 'ann'],
      ['promote', 'refused', 2, 3, 'ann'],
      ['promote', 'refused', 2, 3, 'ann'],
      ['rollback', 'done', 2, 1, 'ann'],
      ['promote', 'done', 1, 2, 'ann'],
    ]);
    const { stdout } = await run(['describe', 'reviews', '--history', '--format', 'csv']);
    expect(stdout).toMatch(/^at,action,outcome,stage,alias,from,to,by,reason$/m);
    expect(stdout).toMatch(/,rollback,done,Production,champion,2,1,ann,too good to be true$/m);
    const { stdout: text } = await run(['describe', 'reviews', '--history']);
    expect(text).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\dZ +promote \(forced\)/m);
  });

  test('has its versions listed', async () => {
    const { stdout } = await run(['versions', 'reviews']);
    expect(stdout).toMatch(/^ +3 +None/m);
    expect(stdout).toMatch(/^ +2 +Production +champion .* \d{4}-\d\d-\d\d \d\d:\d\dZ /m);
    const file = await run(['versions', 'reviews', '--format', 'csv']);
    expect(file.stdout, 'for programs a time is whole').toMatch(/,\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z,/);
    expect((await run(['versions', 'reviews', '--filter', 'stage=Archived', '-q'])).stdout).toBe('1\n');
    expect(json(await run(['versions', 'reviews', '--json', '--limit', '1'])).items).toMatchObject([
      { version: 3, model: 'reviews', status: 'READY' },
    ]);
    expect(json(await run(['versions', 'reviews', '--json'])).items[1].tags).toMatchObject({
      team: 'search',
      'sentops.promotion.to': 'Production and @champion',
    });
  });

  test('scores by its alias', async () => {
    const { stdout } = await runCli(
      ['score', '--model-name', 'reviews', '--model-alias', 'champion', 'a good thing', '--json'],
      { cwd: dir },
    );
    expect(JSON.parse(stdout).items[0]).toMatchObject({ sentiment: 'positive', model_version: '2' });
  });

  test('gets aliases, stages and tags by hand', async () => {
    expect((await run(['alias', 'reviews', 'next', '--version', '3'])).stdout).toBe(
      '✔ next of reviews: nothing → version 3\n',
    );
    expect((await run(['alias', 'reviews', 'next', '--delete', '--dry-run'])).stdout).toBe(
      'Would set next of reviews: version 3 → nothing\n',
    );
    expect((await run(['alias', 'reviews', 'next', '--delete'])).code).toBe(0);
    expect((await run(['stage', 'reviews', '--version', '3', '--to', 'staging'])).stdout).toBe(
      '✔ version 3 of reviews: None → Staging\n',
    );
    expect((await run(['tag', 'reviews', 'team=search', 'a=b'])).stdout).toMatch(/^team +- +search$/m);
    expect((await run(['tag', 'reviews', '--delete', 'a'])).stdout).toMatch(/^a +b +\(deleted\)$/m);
    expect(json(await run(['tag', 'reviews', '--version', '3', 'checked=yes', '--json']))).toMatchObject({
      version: 3,
      changes: [{ key: 'checked', before: null, after: 'yes' }],
    });
  });

  test('is listed', async () => {
    const { stdout } = await run(['list']);
    expect(stdout).toMatch(/^reviews +3 .*Production 2.* @champion 2 .*\d \d\d:\d\dZ/m);
    expect((await run(['list', '--filter', "tags.team = 'search'", '-q'])).stdout).toBe('reviews\n');
    expect((await run(['list', '--filter', "tags.team = 'ads'", '-q'])).stdout).toBe('');
    expect(json(await run(['list', '--json']))).toMatchObject({
      items: [{ name: 'reviews', latest: 3, tags: { team: 'search' } }],
      nextPageToken: null,
    });
  });

  test('is copied, here and into another store', async () => {
    expect((await run(['copy', 'reviews@champion', 'reviews-live', '-q'])).stdout).toBe('1\n');
    const away = await run(['copy', 'reviews/3', 'reviews', '--to-uri', 'sqlite:///away.db', '--json']);
    expect(json(away)).toMatchObject({ to: { model: 'reviews', version: 1 }, created: true });
    expect((await run(['versions', 'reviews', '--mlflow-uri', 'sqlite:///away.db', '-q'])).stdout).toBe('1\n');
    expect(fs.existsSync(path.join(dir, 'away.db'))).toBe(true);
  });

  test('is deleted when somebody says so, what serves only by force', async () => {
    const unasked = await run(['delete', 'reviews', '--version', '1']);
    expect([unasked.code, unasked.stderr]).toEqual([
      2,
      expect.stringMatching(/Delete version 1 of reviews: this needs a yes/),
    ]);
    expect((await run(['delete', 'reviews', '--version', '1', '--yes'])).stdout).toBe(
      '✔ Deleted version 1 of reviews\n',
    );
    const serving = await run(['delete', 'reviews', '--yes']);
    expect([serving.code, serving.stderr]).toEqual([
      6,
      expect.stringMatching(/version 2 \(Production, @champion\) of reviews is in use/),
    ]);
    expect((await run(['delete', 'reviews', '--dry-run', '--force'])).stdout).toMatch(
      /^Would delete reviews with 2 versions$/m,
    );
    expect((await run(['delete', 'reviews', '--yes', '--force', '-q'])).stdout).toBe('reviews\n');
    expect((await run(['describe', 'reviews'])).code).toBe(5);
  });
});

describe('a mistake', () => {
  const cases: readonly [string, readonly string[], number, RegExp][] = [
    ['in the name of a model', ['describe', 'review'], 5, /there is no registered model "review"/],
    ['that names nothing to register', ['register', 'x'], 2, /--run RUN or --model-path DIR/],
    ['in a name that MLflow does not take', ['register', 'a/b', '--model-path', 'perfect'], 2, /cannot be the name/],
    ['in the folder of a model', ['register', 'x', '--model-path', 'nowhere'], 5, /there is no model at/],
    ['in a run', ['register', 'x', '--run', 'nobody'], 5, /nobody/],
    ['in a floor', ['promote', 'x', '--min-accuracy', '80'], 2, /--min-accuracy/],
    ['in a floor of F1', ['promote', 'x', '--min-f1', 'NaN'], 2, /--min-f1/],
    ['in a level', ['promote', 'x', '--alpha', '5%'], 2, /--alpha/],
    ['in a gain', ['promote', 'x', '--min-delta', '5'], 2, /--min-delta/],
    ['in a stage', ['stage', 'x', '--version', '1', '--to', 'Live'], 2, /"Live" is no stage/],
    ['in what an alias is to do', ['alias', 'x', 'y'], 2, /--version N or --delete/],
    ['in a tag', ['tag', 'x', 'novalue'], 2, /novalue/],
    ['that names no tag', ['tag', 'x'], 2, /no tag to set/],
    ['in a filter', ['list', '--filter', 'nam = 1'], 2, /nam/],
  ];

  test.for(cases)('%s is explained', async ([, args, code, message]) => {
    const result = await runCli(['model', ...args], { cwd: fs.mkdtempSync(path.join(dir, 'empty-')) });
    expect(result.code, result.stderr).toBe(code);
    expect(result.stderr).toMatch(message);
    expect(result.stderr).toMatch(/^hint: /m);
  });
});
