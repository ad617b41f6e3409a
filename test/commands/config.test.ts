import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCli } from '../helpers/run-cli.ts';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-config-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

function write(name: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
  fs.writeFileSync(path.join(dir, name), text);
}

const run = (args: string[], more: Parameters<typeof runCli>[1] = {}) => runCli(args, { cwd: dir, ...more });

async function json(args: string[], more: Parameters<typeof runCli>[1] = {}) {
  const result = await run([...args, '--json'], more);
  return {
    ...result,
    body: JSON.parse(result.stdout) as Record<string, never> & {
      error?: { code: string; exit: number; message: string; hint: string };
    },
  };
}

describe('config validate', () => {
  test('five different mistakes are five located errors in one go', async () => {
    write(
      'sentops.yaml',
      [
        'version: 1',
        'train:',
        '  numFeature: 1000',
        '  seed: abc',
        '  trainRatio: 7',
        'backend: lokal',
        'mlflow:',
        '  experiment: "${var.experimnt}"',
        '',
      ].join('\n'),
    );
    const { code, stdout, stderr } = await run(['config', 'validate']);
    expect(code).toBe(3);
    const lines = stdout.trim().split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatch(/sentops\.yaml:3:3: .*numFeature.*did you mean numFeatures/);
    expect(lines[1]).toMatch(/sentops\.yaml:4:9: .*integer/);
    expect(lines[2]).toMatch(/sentops\.yaml:5:15: .*trainRatio/);
    expect(lines[3]).toMatch(/sentops\.yaml:6:10: .*lokal.*local/);
    expect(lines[4]).toMatch(/sentops\.yaml:8:15: .*experimnt/);
    expect(stderr).toContain('sentops.yaml: 5 errors');
  });

  test('an unquoted reference in braces says: quote it', async () => {
    write('sentops.yaml', 'project: { name: x, id: ${env.USER} }\n');
    const { code, stdout } = await run(['config', 'validate']);
    expect(code).toBe(3);
    expect(stdout).toMatch(/sentops\.yaml:1:25: .*quote the \$\{…\}/);
  });

  test('a valid file says so and exits with 0; --json carries the same', async () => {
    write('sentops.yaml', 'version: 1\n');
    expect(await run(['config', 'validate'])).toMatchObject({ code: 0, stdout: 'sentops.yaml is valid\n', stderr: '' });
    const { code, body } = await json(['config', 'validate']);
    expect({ code, body }).toEqual({
      code: 0,
      body: { schemaVersion: 1, file: 'sentops.yaml', ok: true, errors: 0, warnings: 0, problems: [] },
    });
  });

  test('a failing file keeps its exit code with --json, and the object has problems and error', async () => {
    write('sentops.yaml', 'train: { seed: abc }\n');
    const { code, body } = await json(['config', 'validate']);
    expect(code).toBe(3);
    expect(body).toMatchObject({
      ok: false,
      errors: 1,
      problems: [{ path: 'train.seed', place: { file: 'sentops.yaml', line: 1, column: 16 } }],
      error: { code: 'CONFIG_INVALID', exit: 3 },
    });
  });

  test('a literal that looks like a credential is found', async () => {
    write('sentops.yaml', 'kafka:\n  auth:\n    password: hunter22\n');
    const { stdout } = await run(['config', 'validate', '--strict']);
    expect(stdout).toMatch(/sentops\.yaml:3:15: /);
  });

  test('warnings are errors with --strict only', async () => {
    write('sentops.yaml', 'train:\n  num-features: 1024\n');
    const lenient = await run(['config', 'validate']);
    expect(lenient.code).toBe(0);
    expect(lenient.stdout).toMatch(/warning .*sentops\.yaml:2:3: .*numFeatures/);
    expect((await run(['config', 'validate', '--strict'])).code).toBe(3);
  });

  test('in GitHub Actions every problem is an annotation at its line', async () => {
    write('sentops.yaml', 'train:\n  seed: abc\n  trainRatio: 7\n');
    const { code, stdout, stderr } = await run(['config', 'validate'], {
      env: { CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: dir },
    });
    expect(code).toBe(3);
    expect(`${stdout}${stderr}`).toMatch(/::error file=sentops\.yaml,line=2,col=9/);
    expect(`${stdout}${stderr}`).toMatch(/::error file=sentops\.yaml,line=3,col=15/);
  });
});

test('a project name that spoke to GitHub: a line of ours that began with :: was taken for an order', async () => {
  write('sentops.yaml', 'project: { name: "x\\n::error::forged" }\n');
  const env = { CI: 'true', GITHUB_ACTIONS: 'true' };
  const { stdout } = await run(['config', 'explain', 'project.name'], { env });
  expect(stdout).toContain('forged');
  expect(stdout).not.toMatch(/^\s*::/m);
});

describe('bad project files, as a user would meet them', () => {
  test('no project file here or above', async () => {
    const { code, body } = await json(['config', 'validate']);
    expect(code).toBe(3);
    expect(body.error).toMatchObject({ code: 'PROJECT_NOT_FOUND', hint: expect.stringContaining('sentops init') });
  });

  test('the nearest of two nested ones is taken', async () => {
    write('sentops.yaml', 'project: { name: outer }\n');
    write('inner/sentops.yaml', 'project: { name: inner }\n');
    const { stdout } = await run(['config', 'show', 'project'], { cwd: path.join(dir, 'inner') });
    expect(stdout).toContain('name: inner');
    expect(stdout).not.toContain('outer');
  });

  test.each<[string, () => void, RegExp]>([
    ['a folder', () => fs.mkdirSync(path.join(dir, 'sentops.yaml')), /folder|directory/i],
    ['an unclosed quote', () => write('sentops.yaml', 'project:\n  name: "x\n'), /sentops\.yaml:\d+:\d+/],
    ['tabs', () => write('sentops.yaml', 'train:\n\tseed: 1\n'), /sentops\.yaml:2:1.*tab/i],
    ['duplicate keys', () => write('sentops.yaml', 'train: {}\ntrain: {}\n'), /sentops\.yaml:2:1/],
    ['an anchor bomb', () => write('sentops.yaml', bomb()), /alias|anchor/i],
    [
      'a megabyte of nesting',
      () => write('sentops.yaml', `train: ${'['.repeat(500_000)}${']'.repeat(500_000)}\n`),
      /deep|nest/i,
    ],
    ['two documents', () => write('sentops.yaml', 'version: 1\n---\nversion: 1\n'), /sentops\.yaml:2/],
    ['a list', () => write('sentops.yaml', '- a\n- b\n'), /sentops\.yaml:1:1/],
    [
      'Latin-1',
      () => fs.writeFileSync(path.join(dir, 'sentops.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xe4, 0x0a])),
      /UTF-8/,
    ],
    [
      'an include that is not there',
      () => write('sentops.yaml', 'include: [missing.yaml]\n'),
      /sentops\.yaml:1:\d+.*missing\.yaml/,
    ],
    [
      'a cycle',
      () => write('sentops.yaml', 'project:\n  name: ${project.id}\n  id: ${project.name}\n'),
      /project\.(name|id).*project\.(id|name)/,
    ],
  ])('%s', async (_title, make, message) => {
    make();
    const { code, stdout, stderr } = await run(['config', 'validate']);
    expect(code).toBe(3);
    expect(`${stdout}\n${stderr}`).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('an empty file, a BOM and CRLF are no problem', async () => {
    write('sentops.yaml', '');
    expect((await run(['config', 'validate'])).code).toBe(0);
    write('sentops.yaml', '\uFEFFversion: 1\r\nproject:\r\n  name: x\r\n');
    expect((await run(['config', 'validate'])).code).toBe(0);
  });

  test('no HOME at all', async () => {
    write('sentops.yaml', 'version: 1\n');
    const { code } = await run(['config', 'show'], {
      env: { HOME: undefined, XDG_CONFIG_HOME: undefined, XDG_DATA_HOME: undefined, XDG_CACHE_HOME: undefined },
    });
    expect(code).toBe(0);
  });

  test('--set with a bad path knows better', async () => {
    write('sentops.yaml', 'version: 1\n');
    const { code, body } = await json(['config', 'show', '--set', 'train.sed=1']);
    expect(code).toBeGreaterThan(1);
    expect(`${body.error?.message} ${body.error?.hint}`).toMatch(/train\.sed.*train\.seed/s);
  });

  test('a missing variable lists every place where it may be set', async () => {
    write(
      'sentops.yaml',
      'version: 1\nbackend: dataproc\nvariables:\n  project_id: { env: [GOOGLE_CLOUD_PROJECT] }\nproject:\n  name: ${var.project_id}\n',
    );
    const { code, stdout } = await run(['config', 'validate']);
    expect(code).toBe(3);
    for (const place of ['--var project_id=', 'SENTOPS_VAR_PROJECT_ID', 'GOOGLE_CLOUD_PROJECT', 'sentops.local.yaml'])
      expect(stdout).toContain(place);
  });
});

function bomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 10; level++)
    lines.push(
      `a${level}: &a${level} [${Array(10)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
    );
  return `${lines.join('\n')}\n`;
}

describe('config explain', () => {
  test('a value that four layers set: the winner and three losers, each with its place', async () => {
    write('sentops.yaml', 'train:\n  seed: 1\ntargets:\n  prod:\n    train: { seed: 2 }\n');
    write('sentops.local.yaml', 'train:\n  seed: 3\n');
    const { code, body } = await json(['config', 'explain', 'train.seed', '--target', 'prod'], {
      env: { SENTOPS_TRAIN_SEED: '4' },
    });
    expect(code).toBe(0);
    expect(body).toMatchObject({
      path: 'train.seed',
      value: 4,
      winner: { kind: 'env', name: 'SENTOPS_TRAIN_SEED' },
      losers: [
        { kind: 'local', value: 3, place: { file: 'sentops.local.yaml', line: 2 } },
        { kind: 'target', value: 2, place: { file: 'sentops.yaml', line: 5 } },
        { kind: 'file', value: 1, place: { file: 'sentops.yaml', line: 2 } },
        { kind: 'default', value: 42 },
      ],
    });
  });

  test('in text the winner stands first', async () => {
    write('sentops.yaml', 'train: { seed: 1 }\n');
    const { stdout } = await run(['config', 'explain', 'train.seed', '--set', 'train.seed=9']);
    expect(stdout).toMatch(
      /train\.seed = 9[\s\S]*wins\s+9\s+--set[\s\S]*loses\s+1\s+sentops\.yaml\s+sentops\.yaml:1[\s\S]*loses\s+42/,
    );
  });

  test('an unknown key is not found, with a suggestion', async () => {
    write('sentops.yaml', '');
    expect(await json(['config', 'explain', 'train.sed'])).toMatchObject({
      code: 5,
      body: { error: { code: 'NOT_FOUND', hint: expect.stringContaining('train.seed') } },
    });
  });
});

describe('secrets', () => {
  const file = 'secrets:\n  token: { env: MY_TOKEN }\nmlflow:\n  auth:\n    token: "${secret.token}"\n';
  const env = { MY_TOKEN: 'very-secret-value' };

  test.each([
    [['config', 'show', '--resolved']],
    [['config', 'explain', 'mlflow.auth.token']],
    [['config', 'show', '--resolved', '--json']],
  ])('%j never prints the value', async args => {
    write('sentops.yaml', file);
    const { code, stdout, stderr } = await run(args, { env });
    expect(code).toBe(0);
    expect(`${stdout}${stderr}`).not.toContain('very-secret-value');
    expect(stdout).toMatch(/secret[. ]token/);
  });
});

describe('config schema', () => {
  test('prints a JSON Schema, or writes it where it is told', async () => {
    const printed = await run(['config', 'schema']);
    expect(JSON.parse(printed.stdout)).toMatchObject({ $schema: 'http://json-schema.org/draft-07/schema#' });
    const { code } = await run(['config', 'schema', '--output', 'a/b.json']);
    expect(code).toBe(0);
    expect(fs.readFileSync(path.join(dir, 'a/b.json'), 'utf8')).toBe(printed.stdout);
  });

  test('--dry-run writes nothing', async () => {
    await run(['config', 'schema', '--output', 'a/b.json', '--dry-run']);
    expect(fs.readdirSync(dir)).toEqual([]);
  });
});
