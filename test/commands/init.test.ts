import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { globalFlags } from '../../src/cli/flags.ts';
import Init from '../../src/commands/init.ts';
import { flagOf } from '../../src/lib/project/answer-facts.ts';
import { QUESTIONS } from '../../src/lib/project/questions.ts';
import { runCli } from '../helpers/run-cli.ts';

let root: string;
beforeEach(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-init-')));
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

const run = (args: readonly string[], options: Parameters<typeof runCli>[1] = {}) =>
  runCli(['init', ...args], { cwd: root, ...options });

async function json(args: readonly string[], options: Parameters<typeof runCli>[1] = {}) {
  const result = await run([...args, '--json'], options);
  return { ...result, body: JSON.parse(result.stdout) };
}

const filesBelow = (dir: string) =>
  fs
    .readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.relative(dir, path.join(entry.parentPath, entry.name)))
    .sort();

describe('the flags', () => {
  const flags = { ...globalFlags, ...Init.flags } as Record<
    string,
    { type: string; options?: readonly string[]; allowNo?: boolean }
  >;

  test.each(QUESTIONS.map(question => [question.id, question] as const))(
    '%s has a flag of its kind',
    (id, question) => {
      const flag = flags[flagOf(id).slice(2)];
      expect(flag).toBeDefined();
      expect(flag?.type).toBe(question.type === 'boolean' ? 'boolean' : 'option');
      if (question.type === 'boolean') expect(flag?.allowNo).toBe(true);
      expect(flag?.options).toEqual(question.choices?.map(choice => choice.value));
    },
  );

  test('are those of the questions and two more', () => {
    const asked = QUESTIONS.map(question => flagOf(question.id).slice(2)).filter(name => name !== 'backend');
    expect(Object.keys(Init.flags).sort()).toEqual([...asked, 'answers', 'force'].sort());
  });
});

describe('init --no-input', () => {
  test('gives a project that config validate and doctor approve of', async () => {
    const { code, stdout } = await run(['reviews', '--no-input']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Project in ${path.join(root, 'reviews')}`);
    expect(stdout).toContain('sentops init reviews --no-input');
    expect(stdout).toContain('cd reviews');
    const cwd = path.join(root, 'reviews');
    expect((await runCli(['config', 'validate', '--strict'], { cwd })).code).toBe(0);
    expect((await runCli(['doctor'], { cwd })).code).toBe(0);
  });

  test('without a folder takes the current one', async () => {
    fs.mkdirSync(path.join(root, 'here'));
    const { body } = await json(['--no-input'], { cwd: path.join(root, 'here') });
    expect(body.answers.name).toBe('here');
    expect(filesBelow(path.join(root, 'here'))).toContain('sentops.yaml');
  });

  test('--json gives files, answers, the command, the next steps and the checks', async () => {
    const { code, body, stderr } = await json(['reviews', '--no-input', '--template', 'imdb', '--ci', 'gitlab']);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(body.schemaVersion).toBe(1);
    expect(body.files).toContainEqual({ path: '.gitlab-ci.yml', action: 'create' });
    expect(body.files.map((file: { path: string }) => file.path).sort()).toEqual(
      filesBelow(path.join(root, 'reviews')),
    );
    expect(body.answers).toMatchObject({ name: 'reviews', template: 'imdb', backend: 'local', ci: 'gitlab' });
    expect(body.command).toBe('sentops init reviews --no-input --template imdb --ci gitlab');
    expect(body.next[0]).toBe('cd reviews');
    expect(body.doctor.ok).toBe(true);
  });

  test('-q prints the folder', async () => {
    expect((await run(['reviews', '--no-input', '-q'])).stdout).toBe(`${path.join(root, 'reviews')}\n`);
  });

  test('the printed command makes the same project elsewhere', async () => {
    const flags = [
      '--template',
      'minimal',
      '--name',
      'mine',
      '--dataset',
      "it's mine.csv",
      '--labels',
      'bad,good',
      '--http',
      '--source-type',
      'kafka',
      '--no-write-kafka',
    ];
    const { body } = await json(['one', '--no-input', ...flags]);
    const words: string[] = JSON.parse(
      (await import('node:child_process')).execFileSync(
        '/bin/sh',
        ['-c', `node -e 'console.log(JSON.stringify(process.argv.slice(1)))' -- ${body.command}`],
        { encoding: 'utf8' },
      ),
    );
    const again = await json(['two', ...words.slice(3)]);
    expect(again.body.answers).toEqual(body.answers);
    const texts = (dir: string) => filesBelow(dir).map(file => [file, fs.readFileSync(path.join(dir, file), 'utf8')]);
    expect(texts(path.join(root, 'two'))).toEqual(texts(path.join(root, 'one')));
  });

  test('an answer that looks like a reference is a text: nothing of the environment gets into the project', async () => {
    const literal = '${env.HOME}';
    const flags = ['--mlflow-experiment', literal, '--registered-model-name', `a$${literal}-\${`];
    expect((await run(['reviews', '--no-input', ...flags])).code).toBe(0);
    const cwd = path.join(root, 'reviews');
    expect((await runCli(['config', 'validate', '--strict'], { cwd })).code).toBe(0);
    const { stdout } = await runCli(['config', 'show', '--resolved', '--json'], { cwd });
    const { values } = JSON.parse(stdout);
    expect(values.mlflow.experiment).toBe(literal);
    expect(values.train.registeredModelName).toBe(flags[3]);
    expect(values.serve.modelName).toBe(`${flags[3]}-best`);
  });

  test('in CI hands on the project file', async () => {
    const output = path.join(root, 'output');
    fs.writeFileSync(output, '');
    await run(['reviews', '--no-input'], { env: { CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: output } });
    expect(fs.readFileSync(output, 'utf8')).toContain(path.join(root, 'reviews', 'sentops.yaml'));
  });

  test('a failing check is shown and is no failure', async () => {
    const { code, body } = await json(['reviews', '--no-input', '--backend', 'spark'], { env: { PATH: '' } });
    expect(code).toBe(0);
    expect(body.doctor.ok).toBe(false);
    expect(body).not.toHaveProperty('error');
    const text = await run(['more', '--no-input', '--backend', 'spark'], { env: { PATH: '' } });
    expect(text.stdout).toMatch(/fail +\S*spark|fail \S+: /i);
  });
});

describe('answers', () => {
  test('come from a file, below the flags', async () => {
    fs.writeFileSync(path.join(root, 'a.yaml'), 'template: kindle\nname: from-file\nport: 9000\n');
    const { body } = await json(['x', '--answers', 'a.yaml', '--no-input', '--name', 'from-flag']);
    expect(body.answers).toMatchObject({ template: 'kindle', name: 'from-flag', http: true, port: 9000 });
  });

  test('come from standard input', async () => {
    const { body } = await json(['x', '--answers', '-', '--no-input'], { input: 'template: minimal\n' });
    expect(body.answers.template).toBe('minimal');
  });

  test('from a file that says something else are located, all of them', async () => {
    fs.writeFileSync(path.join(root, 'a.yaml'), 'tempalte: imdb\nbackend: local\nfoo: 1\n');
    const { code, body } = await json(['x', '--answers', 'a.yaml', '--no-input']);
    expect(code).toBe(3);
    expect(body.error).toMatchObject({ code: 'CONFIG_INVALID', exit: 3 });
    expect(body.error.message).toContain('a.yaml:1:1: there is no question "tempalte" (did you mean template?)');
    expect(body.error.message).toContain('a.yaml:3:1');
    expect(fs.readdirSync(root)).toEqual(['a.yaml']);
  });

  test('the file may be missing', async () => {
    expect((await json(['x', '--answers', 'nowhere.yaml', '--no-input'])).body.error).toMatchObject({
      code: 'CONFIG_UNREADABLE',
      exit: 3,
    });
  });

  test('nobody to give them: the error names --no-input and the first flag', async () => {
    const { code, stderr } = await run(['x']);
    expect(code).toBe(2);
    expect(stderr).toContain('--no-input');
    expect(stderr).toContain('--name');
    expect(fs.readdirSync(root)).toEqual([]);
  });

  test('a cloud needs what only the user knows', async () => {
    const { code, body } = await json(['x', '--no-input', '--backend', 'dataproc']);
    expect(code).toBe(2);
    expect(body.error).toMatchObject({ code: 'INPUT_REQUIRED', details: { flag: '--gcp-project' } });
  });

  test('a project of gcloud is taken for the answer', async () => {
    const home = path.join(root, 'home');
    const folder = path.join(home, '.config', 'gcloud', 'configurations');
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'config_default'), '[core]\nproject = from-gcloud\n');
    const { body } = await json(
      ['x', '--no-input', '--backend', 'serverless', '--mlflow-uri', 'http://10.0.0.5:5000'],
      { home },
    );
    expect(body.answers.gcpProject).toBe('from-gcloud');
    expect(body.command).toContain('--gcp-project from-gcloud');
  });
});

describe('bad input', () => {
  test('an unknown template is answered with the one that was meant', async () => {
    const { code, body } = await json(['x', '--no-input', '--template', 'imdbb']);
    expect(code).toBe(2);
    expect(`${body.error.message} ${body.error.hint}`).toContain('imdb');
  });

  test.each([['Проект'], ['two words'], ['x'.repeat(300)], ['']])('the name %j is refused', async name => {
    const { code, body } = await json(['x', '--no-input', `--name=${name}`]);
    expect(code).toBe(2);
    expect(body.error.code).toBe('FLAG_INVALID');
    expect(fs.readdirSync(root)).toEqual([]);
  });

  test('a folder that is in use is refused with 6, a file too', async () => {
    fs.writeFileSync(path.join(root, 'file'), 'mine');
    for (const dir of ['.', 'file'])
      expect((await json([dir, '--no-input'])).body.error).toMatchObject({ code: 'CONFLICT', exit: 6 });
    expect(fs.readFileSync(path.join(root, 'file'), 'utf8')).toBe('mine');
  });

  test('--force overwrites with --yes only', async () => {
    fs.writeFileSync(path.join(root, 'sentops.yaml'), 'mine: 1\n');
    const refused = await json(['.', '--no-input', '--force']);
    expect(refused.code).toBe(2);
    expect(refused.body.error).toMatchObject({ code: 'CONFIRMATION_REQUIRED' });
    expect(filesBelow(root)).toEqual(['sentops.yaml']);
    const done = await json(['.', '--no-input', '--force', '--yes']);
    expect(done.body.files).toContainEqual({ path: 'sentops.yaml', action: 'overwrite' });
  });

  test('the command that is told as the same has the --yes without which it would be refused', async () => {
    fs.writeFileSync(path.join(root, 'sentops.yaml'), 'mine: 1\n');
    const { body } = await json(['.', '--no-input', '--force', '--yes']);
    expect(body.command).toMatch(/^sentops init \. --no-input --force .*--yes$|--force --yes$/);
    fs.writeFileSync(path.join(root, 'sentops.yaml'), 'mine: 1\n');
    expect((await json(body.command.split(' ').slice(2))).code).toBe(0);
  });

  test('--dry-run writes nothing', async () => {
    const { code, stdout } = await run(['x', '--no-input', '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toContain('Would write into');
    expect(fs.readdirSync(root)).toEqual([]);
  });

  test('no HOME is no hindrance', async () => {
    expect((await run(['x', '--no-input'], { env: { HOME: undefined, XDG_CONFIG_HOME: undefined } })).code).toBe(0);
  });
});

describe('at once and interrupted', () => {
  test('of two processes one wins, the other is refused with 6, and nothing is mixed', async () => {
    const templates = ['kindle', 'minimal'];
    const results = await Promise.all(templates.map(template => run(['shared', '--no-input', '--template', template])));
    expect(results.map(result => result.code).sort()).toEqual([0, 6]);
    const winner = templates[results.findIndex(result => result.code === 0)] ?? '';
    await run(['alone', '--no-input', '--template', winner, '--name', 'shared']);
    expect(filesBelow(path.join(root, 'shared'))).toEqual(filesBelow(path.join(root, 'alone')));
    for (const file of filesBelow(path.join(root, 'alone'))) {
      expect(fs.readFileSync(path.join(root, 'shared', file), 'utf8'), file).toBe(
        fs.readFileSync(path.join(root, 'alone', file), 'utf8'),
      );
    }
  });

  test('SIGTERM while files are written leaves all of them or nothing', async () => {
    const whole = path.join(root, 'whole');
    await run([whole, '--no-input', '--name', 'x']);
    let interrupted = 0;
    for (let attempt = 0; attempt < 6; attempt += 1) {
      const dir = path.join(root, `attempt-${attempt}`);
      const code = await runAndTerminate(dir);
      if (code === 143) interrupted += 1;
      const left = fs.existsSync(dir) ? filesBelow(dir) : [];
      if (left.length > 0) expect(left).toEqual(filesBelow(whole));
      else expect(fs.existsSync(dir)).toBe(false);
    }
    expect(interrupted).toBeGreaterThan(0);
  });
});

/** Terminates init as soon as its folder appears: from then on it writes. */
async function runAndTerminate(dir: string): Promise<number | null> {
  const { spawn } = await import('node:child_process');
  const { cleanEnv, pinnedNode, repositoryRoot } = await import('../helpers/run-cli.ts');
  const child = spawn(
    pinnedNode(),
    [path.join(repositoryRoot, 'bin/dev.js'), 'init', dir, '--no-input', '--name', 'x'],
    { cwd: root, env: cleanEnv(root), stdio: 'ignore' },
  );
  const ended = new Promise<number | null>(resolve => child.on('close', resolve));
  const watcher = fs.watch(root, () => {
    if (fs.existsSync(dir)) child.kill('SIGTERM');
  });
  const code = await ended;
  watcher.close();
  return code;
}
