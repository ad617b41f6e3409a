import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatProblem } from '../../../src/lib/config/format-problem.ts';
import type { ProjectRequest } from '../../../src/lib/config/types.ts';
import { validateProject } from '../../../src/lib/config/validate.ts';
import { failure, request, tempProject } from './temp-project.ts';

async function validate(files: Record<string, string | Buffer>, more: Partial<ProjectRequest> = {}) {
  const { problems, ok, file } = await validateProject(request(tempProject(files), more));
  const lines = problems.map(problem => `${problem.severity} ${formatProblem(problem)}`);
  return { ok, file, lines, starts: lines.map(line => /^\w+ \S+:\d+:\d+/.exec(line)?.[0] ?? line) };
}

describe('validate', () => {
  test('has nothing to say about a project that is right', async () => {
    expect(await validate({ 'sentops.yaml': 'train: { seed: 1 }\n' })).toEqual({
      ok: true,
      file: 'sentops.yaml',
      lines: [],
      starts: [],
    });
  });

  test('five different mistakes in one file are five located errors in one go', async () => {
    const { ok, lines } = await validate({
      'sentops.yaml': [
        'train:',
        '  numFeatures: many',
        '  trainRation: 0.5',
        '  output: ${bukets.models}/x',
        'kafka:',
        '  auth: { password: hunter2hunter2 }',
        'serve:',
        '  inputPath: { a: ${var.x} }',
        '',
      ].join('\n'),
    });
    expect(ok).toBe(false);
    expect(lines).toHaveLength(5);
    expect(lines[0]).toContain('sentops.yaml:2:16: train.numFeatures must be an integer');
    expect(lines[1]).toContain('sentops.yaml:3:3: there is no key "trainRation" in train (did you mean trainRatio?)');
    expect(lines[2]).toContain('sentops.yaml:6:21: kafka.auth.password holds a secret in plain text');
    expect(lines[3]).toContain('sentops.yaml:8:14: serve.inputPath must be');
    expect(lines[4]).toBe('error sentops.yaml:8:19: an unquoted ${…} inside { } or [ ] (quote the ${…}: "${…}")');
  });

  test('references are followed once the text is right', async () => {
    const { lines } = await validate({
      'sentops.yaml': 'train:\n  output: ${bukets.models}/x\n  input: ${var.regoin}\n',
    });
    expect(lines).toEqual([
      'error sentops.yaml:2:11: train.output: ${bukets.models} refers to nothing (did you mean ${buckets.models}?)',
      'error sentops.yaml:3:10: train.input: there is no variable regoin (did you mean ${var.region}?)',
    ]);
  });

  test('a syntax error does not hide what is wrong above it, and nothing below it is guessed', async () => {
    const { starts } = await validate({ 'sentops.yaml': 'train:\n  seed: many\nserve:\n\tname: x\nbackendd: local\n' });
    expect(starts).toEqual(['error sentops.yaml:2:9', 'error sentops.yaml:4:1']);
  });

  test('every file is judged: includes, the private one, .env and that of the user', async () => {
    const files = {
      'sentops.yaml': 'include: [inc.yaml]\ntrain: { seed: a }\n',
      'inc.yaml': 'train: { maxRows: b }\n',
      'sentops.local.yaml': 'train: { cvFolds: c }\n',
      '.env': 'oops\n',
      'home/.config/sentops/config.yaml': 'train: { numFeatures: d }\n',
    };
    const dir = tempProject(files);
    const { problems } = await validateProject(request(dir, { home: path.join(dir, 'home') }));
    const places = problems.map(({ place }) => `${place?.file}:${place?.line}`).sort();
    expect(places).toEqual([
      '.env:1',
      'home/.config/sentops/config.yaml:1',
      'inc.yaml:1',
      'sentops.local.yaml:1',
      'sentops.yaml:2',
    ]);
  });

  test('one unreadable file does not hide what is wrong with the others', async () => {
    const { lines } = await validate({ 'sentops.yaml': 'include: [gone.yaml]\ntrain: { seed: a }\n' });
    expect(lines[0]).toContain('sentops.yaml:1:11: gone.yaml does not exist');
    expect(lines[1]).toContain('sentops.yaml:2:16: train.seed must be an integer');
  });

  test('every target is looked at; what another machine may set is no error there', async () => {
    const { starts } = await validate({
      'sentops.yaml': [
        'targets:',
        '  dev: { default: true }',
        '  prod:',
        '    backend: dataproc',
        '    train: { seed: many, output: "gs://${var.project_id}/x", input: "${buckets.rawr}" }',
        '    trian: { seed: 1 }',
        '',
      ].join('\n'),
    });
    expect(starts).toEqual(['error sentops.yaml:5:20', 'error sentops.yaml:5:69', 'error sentops.yaml:6:5']);
  });

  test('a missing variable is an error where a cloud backend is used', async () => {
    const files = { 'sentops.yaml': 'secrets: { s: { gcp: "projects/${var.project_id}/secrets/s" } }\n' };
    expect((await validate(files)).ok).toBe(true);
    const { ok, lines } = await validate({ 'sentops.yaml': `backend: dataproc\n${files['sentops.yaml']}` });
    expect(ok).toBe(false);
    expect(lines[0]).toContain(
      'sentops.yaml:2:22: secrets.s.gcp: the variable project_id (GCP project) has no value (set it in one of: --var project_id=…',
    );
  });

  test('warnings alone leave the project valid', async () => {
    const { ok, lines } = await validate({ 'sentops.yaml': 'train:\n  num_features: 8\n' });
    expect(ok).toBe(true);
    expect(lines).toEqual([
      'warning sentops.yaml:2:3: train.num_features should be spelt numFeatures (write numFeatures)',
    ]);
  });

  test('the same key in two spellings is an error', async () => {
    const { lines } = await validate({ 'sentops.yaml': 'train:\n  numFeatures: 8\n  num-features: 9\n' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('sentops.yaml:3:3: train.num-features is given twice');
  });

  test('a secret file that everybody can read is a warning at its line', async () => {
    const dir = tempProject({ 'sentops.yaml': 'secrets:\n  s: { file: s.txt }\n', 's.txt': 'x' });
    fs.chmodSync(path.join(dir, 's.txt'), 0o644);
    const { problems, ok } = await validateProject(request(dir));
    expect(ok).toBe(true);
    expect(problems).toMatchObject([
      { severity: 'warning', code: 'SECRET_EXPOSED', place: { file: 'sentops.yaml', line: 2, column: 14 } },
    ]);
  });

  test('a value that looks like a credential is never repeated', async () => {
    const key = `AIza${'b'.repeat(35)}`;
    const { lines } = await validate({ 'sentops.yaml': `cluster: { properties: { "x": "${key}" } }\n` });
    expect(lines[0]).toContain('sentops.yaml:1:');
    expect(lines.join()).not.toContain(key);
  });

  test('an unknown target and two default ones are problems among the others', async () => {
    const two = await validate({
      'sentops.yaml': 'targets: { a: { default: true }, b: { default: true } }\ntrain: { seed: x }\n',
    });
    expect(two.lines.join('\n')).toContain('more than one target is marked default: true');
    expect(two.lines.join('\n')).toContain('train.seed must be an integer');
    expect((await validate({ 'sentops.yaml': '' }, { target: 'x' })).lines).toEqual([
      'error there is no target x (the project has no targets)',
    ]);
  });

  test('without a project file it says so where one is asked for', async () => {
    const dir = tempProject();
    expect((await failure(validateProject(request(dir, { requireFile: true })))).code).toBe('PROJECT_NOT_FOUND');
    expect(await validateProject(request(dir))).toEqual({ file: null, problems: [], ok: true });
  });
});
