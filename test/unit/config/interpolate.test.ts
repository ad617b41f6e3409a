import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatDate } from '../../../src/lib/config/interpolate/date.ts';
import { readGitHead } from '../../../src/lib/config/interpolate/git-head.ts';
import { parseTemplate, soleReference, TemplateError } from '../../../src/lib/config/interpolate/template.ts';
import { loadProject } from '../../../src/lib/config/load.ts';
import type { ProjectRequest } from '../../../src/lib/config/types.ts';
import { failure, request, tempProject } from './temp-project.ts';

/** Resolves texts in a free map, beside whatever else the project holds. */
async function resolve(text: string, rest = '', more: Partial<ProjectRequest> = {}): Promise<unknown> {
  const dir = tempProject({ 'sentops.yaml': `cluster: { api: { x: ${JSON.stringify(text)} } }\n${rest}` });
  const { config } = await loadProject(request(dir, more));
  return (config.cluster.api as Record<string, unknown>)['x'];
}

describe('the grammar of a template', () => {
  test.each([
    ['plain', ['plain']],
    ['${a.b}', [{ name: 'a.b' }]],
    ['x${ a }y', ['x', { name: 'a' }, 'y']],
    ['${a:-}', [{ name: 'a', fallback: [] }]],
    ['${a:-b c}', [{ name: 'a', fallback: ['b c'] }]],
    ['${a:-${b:-c}d}e', [{ name: 'a', fallback: [{ name: 'b', fallback: ['c'] }, 'd'] }, 'e']],
    ['${date:yyyy-MM}', [{ name: 'date:yyyy-MM' }]],
    ['$${a}', ['${a}']],
    ['${a:-$${b}}', [{ name: 'a', fallback: ['${b'] }, '}']],
    ['$a $ } {b}', ['$a $ } {b}']],
    ['', []],
  ])('%s', (text, parts) => {
    expect(parseTemplate(text)).toEqual(parts);
  });

  test.each(['${a', '${a:-b', '${}', '${ }', '${a${b}}', '${a:-${b}'])('%s is refused', text => {
    expect(() => parseTemplate(text)).toThrow(TemplateError);
  });

  test('defaults inside of defaults end somewhere', () => {
    expect(() => parseTemplate('${a:-'.repeat(5000) + '}'.repeat(5000))).toThrow('nested more than 20 levels deep');
  });

  test('only one reference and nothing else is the whole value', () => {
    expect(soleReference(parseTemplate('${a}'))?.name).toBe('a');
    expect(soleReference(parseTemplate(' ${a}'))).toBeNull();
    expect(soleReference(parseTemplate('a'))).toBeNull();
  });
});

describe('what a reference may name', () => {
  test.each([
    ['a value of the tree', '${buckets.raw}/x', '.sentops/buckets/raw/x'],
    ['a value with its type', '${train.numFeatures}', 32768],
    ['a list', '${train.models}', ['logisticregression', 'randomforest', 'linearsvc']],
    ['an item of a list', '${train.models.1}', 'randomforest'],
    ['a key with a hyphen', '${buckets.streaming-input}', '.sentops/buckets/streaming-input'],
    ['the name of the project', '${project.name}', 'sentiment-project'],
    ['a default', '${env.NOPE:-fallback}', 'fallback'],
    ['a default that is a reference keeps the type', '${env.NOPE:-${train.seed}}', 42],
    ['a default for an empty value', '${mlflow.trackingUri:-none}', 'none'],
    ['an empty default', 'a${env.NOPE:-}b', 'ab'],
    ['an escape', '$${var.region}', '${var.region}'],
    ['several', '${project.id}-${train.seed}-${train.enableCv}', 'sentiment-42-false'],
    ['a chain', '${serve.dlq}', '.sentops/buckets/predictions/predictions_dlq'],
    ['a date', '${date:yyyy-MM-dd}', '2024-02-29'],
    ['the environment', '${env.GREETING} you', 'hello you'],
    ['no target', '${target:-none}', 'none'],
  ])('%s: %s', async (_what, text, expected) => {
    const more = { env: { GREETING: 'hello' }, now: new Date('2024-02-29T23:30:00Z') };
    expect(await resolve(text, '', more)).toEqual(expected);
  });

  test('folders and the target', async () => {
    const dir = tempProject({
      'sentops.yaml':
        'targets: { t: { default: true } }\ncluster: { api: { a: "${project.dir}", b: "${cwd}", c: "${target}" } }\n',
      'in/x': '',
    });
    const { config } = await loadProject(request(path.join(dir, 'in')));
    expect(config.cluster.api).toEqual({ a: dir, b: path.join(dir, 'in'), c: 't' });
  });

  test('.env counts as environment, below the real one', async () => {
    const dir = tempProject({
      'sentops.yaml': 'cluster: { api: { a: "${env.A}", b: "${env.B}" } }\n',
      '.env': 'A=1\nB=2\n',
    });
    expect((await loadProject(request(dir, { env: { B: '3' } }))).config.cluster.api).toEqual({ a: '1', b: '3' });
  });

  test('the inside of a map that is itself a reference', async () => {
    expect(
      await resolve('${cluster.api.m.deep}', '', {
        set: ['cluster.api.m=${var.m}', 'cluster.api.x=${cluster.api.m.deep}'],
        vars: [],
      }).catch(String),
    ).toContain('no variable m');
    expect(
      await resolve('${cluster.labels2.deep}', 'variables: { m: { default: { deep: 7 } } }\n').catch(String),
    ).toContain('refers to nothing');
  });

  test('texts from references fit the type of their field', async () => {
    const dir = tempProject({
      'sentops.yaml':
        'serve: { http: { port: "${env.PORT:-9000}", enabled: "${env.ON}" } }\nproject: { name: "${train.seed}" }\n',
    });
    const { config } = await loadProject(request(dir, { env: { ON: 'true' } }));
    expect(config.serve.http).toMatchObject({ port: 9000, enabled: true });
    expect(config.project.name).toBe('42');
  });
});

describe('a reference that leads nowhere', () => {
  test.each([
    ['${var.regoin}', 'there is no variable regoin', 'did you mean ${var.region}?'],
    ['${region}', '${region} refers to nothing', 'did you mean ${var.region}?'],
    ['${bucket.raw}', '${bucket.raw} refers to nothing', 'did you mean ${buckets.raw}?'],
    ['${secret.tokn}', 'there is no secret tokn', 'did you mean ${secret.token}?'],
    ['${env.NOPE}', 'the environment variable NOPE is not set', '${env.NOPE:-…}'],
    ['${git.sha}', '${git.sha} has no value', '${git.sha:-none}'],
    ['${git.tag}', 'there is no ${git.tag}', '${git.branch}'],
    ['${target}', '${target} has no value', '--target'],
    ['${date:QQ}', '"QQ" is not a date format', 'yyyy'],
    ['${serve.modelAlias}', '${serve.modelAlias} has no value', 'SENTOPS_SERVE_MODEL_ALIAS'],
    ['${qqqqqqqq}', '${qqqqqqqq} refers to nothing', 'write $${ for a literal ${'],
    ['${open', '"${open" is never closed', '$${'],
    ['a ${train.models}', '${train.models} is a list and cannot stand inside a text', 'whole value'],
    ['a ${train.params}', '${train.params} is a map and cannot stand inside a text', 'whole value'],
  ])('%s: %s (…%s…)', async (text, message, hint) => {
    const error = await failure(resolve(text, 'secrets: { token: { env: T } }\n'));
    expect(error.code).toBe('CONFIG_REFERENCE');
    expect(error.message).toContain(`cluster.api.x: ${message}`);
    expect(error.hint).toContain(hint);
    expect(error.place).toEqual({ file: 'sentops.yaml', line: 1, column: 22 });
  });

  test('is one problem at its own place, however many values are built on it', async () => {
    const dir = tempProject({
      'sentops.yaml':
        'buckets: { raw: "${var.gone}" }\ntrain: { input: "${buckets.raw}/a", output: "${buckets.raw}/b" }\n',
    });
    const error = await failure(loadProject(request(dir)));
    expect(error.place).toEqual({ file: 'sentops.yaml', line: 1, column: 17 });
    expect(error.details['problems']).toHaveLength(1);
  });
});

describe('circles', () => {
  test.each([
    ['of one', 'train: { output: "${train.output}" }\n', 'train.output → train.output'],
    [
      'of two',
      'train: { output: "${train.input}", input: "a/${train.output}" }\n',
      'train.input → train.output → train.input',
    ],
    [
      'through variables',
      'variables: { a: { default: "${var.b}" }, b: { default: "${var.a}" } }\ntrain: { output: "${var.a}" }\n',
      'var.a → var.b → var.a',
    ],
    ['through a default', 'train: { output: "${env.NOPE:-${train.output}}" }\n', 'train.output → train.output'],
    ['through a map', 'cluster: { api: { a: { b: "${cluster.api.a}" } } }\n', 'cluster.api.a.b'],
  ])('%s is an error that shows the way around', async (_what, text, chain) => {
    const error = await failure(loadProject(request(tempProject({ 'sentops.yaml': text }))));
    expect(error.code).toBe('CONFIG_REFERENCE');
    expect(error.message).toContain('the references go in a circle: ');
    expect(error.message).toContain(chain);
  });
});

describe('references that multiply', () => {
  const chain = (first: string, next: (previous: string) => string, steps: number) => {
    const lines = [`  v0: { default: ${first} }`];
    for (let step = 1; step <= steps; step++) lines.push(`  v${step}: { default: ${next(`\${var.v${step - 1}}`)} }`);
    return `variables:\n${lines.join('\n')}\ntrain: { output: "\${var.v${steps}}" }\n`;
  };

  test('text that doubles at each step is stopped', async () => {
    const text = chain('lollollol', ref => `"${ref}${ref}"`, 40);
    const error = await failure(loadProject(request(tempProject({ 'sentops.yaml': text }))));
    expect(error.message).toContain('expand to a text of more than');
  });

  test('lists that multiply at each step are stopped', async () => {
    const text = chain('[1, 2, 3, 4]', ref => `["${ref}", "${ref}", "${ref}", "${ref}", "${ref}"]`, 12);
    const error = await failure(loadProject(request(tempProject({ 'sentops.yaml': text }))));
    expect(error.message).toContain('expand to more than 100000 values');
  });

  test('a big map referred to from many places is stopped', async () => {
    const items = Array.from({ length: 900 }, (_, i) => i).join(', ');
    const refs = Array.from({ length: 300 }, () => '"${var.big}"').join(', ');
    const text = `variables: { big: { default: [${items}] } }\ncluster: { api: { all: [${refs}] } }\n`;
    const error = await failure(loadProject(request(tempProject({ 'sentops.yaml': text }))));
    expect(error.message).toContain('expand to more than 100000 values');
  });

  test('a chain that never ends is stopped', async () => {
    const text = chain('x', ref => `"${ref}"`, 300);
    expect((await failure(loadProject(request(tempProject({ 'sentops.yaml': text }))))).message).toContain(
      'more than 100 references lead',
    );
  });
});

describe('dates', () => {
  const now = new Date('2024-03-05T07:08:09.010Z');
  test.each([
    ['yyyy-MM-dd', '2024-03-05'],
    ["yyyyMMdd'T'HHmmss", '20240305T070809'],
    ['HH:mm:ss.SSS', '07:08:09.010'],
    ['yyyy-MM-ddTHH:mm:ssZ', '2024-03-05T07:08:09Z'],
    ['YYYY', undefined],
    ['', undefined],
  ])('%s → %s', (pattern, expected) => {
    expect(formatDate(now, pattern)).toBe(expected);
  });
});

describe('git', () => {
  const git = (dir: string, ...args: string[]) =>
    execFileSync(
      'git',
      ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'init.defaultBranch=main', ...args],
      { cwd: dir, encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: dir, GIT_CONFIG_NOSYSTEM: '1' } },
    ).trim();
  const repository = () => {
    const dir = tempProject({ 'in/a.txt': 'x' });
    git(dir, 'init', '-q');
    git(dir, 'add', '.');
    git(dir, 'commit', '-q', '-m', 'one');
    return dir;
  };

  test('reads what git itself says: branch, packed refs, detached head, worktree', () => {
    const dir = repository();
    const sha = git(dir, 'rev-parse', 'HEAD');
    expect(readGitHead(path.join(dir, 'in'))).toEqual({ sha, branch: 'main' });
    git(dir, 'checkout', '-q', '-b', 'feature/x.y');
    git(dir, 'pack-refs', '--all');
    expect(fs.existsSync(path.join(dir, '.git/refs/heads/feature/x.y'))).toBe(false);
    expect(readGitHead(dir)).toEqual({ sha, branch: 'feature/x.y' });
    git(dir, 'worktree', 'add', '-q', path.join(dir, 'tree'), '-b', 'other');
    expect(readGitHead(path.join(dir, 'tree'))).toEqual({ sha, branch: 'other' });
    git(dir, 'checkout', '-q', '--detach');
    expect(readGitHead(dir)).toEqual({ sha, branch: undefined });
  });

  test('is in a project as ${git.sha} and ${git.branch}', async () => {
    const dir = repository();
    fs.writeFileSync(
      path.join(dir, 'sentops.yaml'),
      'project: { labels: { sha: "${git.sha}", branch: "${git.branch}" } }\n',
    );
    const { labels } = (await loadProject(request(dir))).config.project;
    expect(labels).toMatchObject({ sha: git(dir, 'rev-parse', 'HEAD'), branch: 'main' });
  });

  test('a repository without a commit, none at all, and damaged ones have no sha', () => {
    const dir = tempProject({
      'gone/.git': 'gitdir: /nowhere\n',
      'odd/.git/HEAD': 'garbage\n',
      'up/.git/HEAD': 'ref: refs/../../secret\n',
    });
    expect(readGitHead(path.join(dir, 'gone')).sha).toBeUndefined();
    expect(readGitHead(path.join(dir, 'odd')).sha).toBeUndefined();
    expect(readGitHead(path.join(dir, 'up')).sha).toBeUndefined();
    git(dir, 'init', '-q');
    expect(readGitHead(dir)).toEqual({ sha: undefined, branch: 'main' });
  });
});
