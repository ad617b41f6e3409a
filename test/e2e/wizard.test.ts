import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pinnedNode, repositoryRoot, runCli } from '../helpers/run-cli.ts';
import { openTerminal, type Terminal, type TerminalOptions } from '../helpers/terminal.ts';

let root: string;
let terminal: Terminal | undefined;
beforeEach(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-wizard-')));
});
afterEach(async () => {
  await terminal?.close();
  terminal = undefined;
  fs.rmSync(root, { recursive: true, force: true });
});

function open(args: readonly string[], options: TerminalOptions = {}): Terminal {
  terminal = openTerminal(pinnedNode(), [path.join(repositoryRoot, 'bin/dev.js'), 'init', ...args], {
    cwd: root,
    rows: 50,
    ...options,
  });
  return terminal;
}

/** Waits for each question and takes its default. */
async function accept(it: Terminal, ...questions: string[]): Promise<void> {
  for (const question of questions) {
    await it.waitFor(question);
    it.press('enter');
  }
}

/** Flags that leave no question open. */
const EVERYTHING = `--name p --template minimal --source local --dataset data/reviews.csv --backend local --mlflow-uri=
  --mlflow-experiment e --registered-model-name m --source-type file --no-http --no-write-kafka --ci none`.split(/\s+/);

const read = (file: string) => fs.readFileSync(path.join(root, file), 'utf8');

describe('the wizard at a terminal', () => {
  test('asks from the project to CI, shows what it will write, writes it, and prints the way to do it again', async () => {
    const it = open(['reviews']);
    await it.waitFor('Project name');
    expect(it.screen().join('\n')).toContain('(reviews)');
    it.type('my-reviews');
    it.press('enter');
    await it.waitFor('Template');
    it.press('down', 'enter');
    await accept(it, 'Where the data comes from', 'Dataset', 'Where jobs run', 'MLflow server', 'Experiment');
    await accept(it, 'Name of the models', 'Where texts to score come from', 'Serve predictions over HTTP?');
    await it.waitFor('Port');
    it.type('9001');
    it.press('enter');
    await accept(it, 'Write predictions to Kafka?');
    await it.waitFor('Continuous integration');
    it.press('up', 'up', 'enter');
    await it.waitFor('Write these files?');
    expect(it.screen().join('\n')).toMatch(/create +sentops\.yaml/);
    expect(fs.readdirSync(root)).toEqual([]);
    it.press('enter');
    expect(await it.exit).toEqual({ code: 0, signal: 0 });

    const screen = it.screen().join('\n');
    expect(screen).toContain(
      'sentops init reviews --no-input --name my-reviews --template imdb --port 9001 --ci github'.slice(0, 70),
    );
    expect(screen).toContain('cd reviews');
    expect(it.cursorHidden).toBe(false);
    expect(read('reviews/sentops.yaml')).toContain('name: my-reviews');
    expect(read('reviews/sentops.yaml')).toContain('port: 9001');
    expect(fs.existsSync(path.join(root, 'reviews/.github/workflows/sentops.yml'))).toBe(true);
    expect((await runCli(['config', 'validate'], { cwd: path.join(root, 'reviews') })).code).toBe(0);
  });

  test('a wrong answer is refused on the spot and can be mended with backspace', async () => {
    const it = open(['reviews', '--template', 'minimal']);
    await it.waitFor('Project name');
    it.type('my project');
    it.press('enter');
    await it.waitFor('It must be at most 40 lower-case');
    it.press(...Array.from({ length: 8 }, () => 'backspace' as const));
    it.type('-project');
    it.press('enter');
    await it.waitFor('Where the data comes from');
    it.press('ctrl-c');
    expect((await it.exit).code).toBe(130);
  });

  test('asks for a cloud’s names only where a cloud was chosen, and offers the projects of gcloud', async () => {
    const home = path.join(root, 'home');
    const folder = path.join(home, '.config', 'gcloud', 'configurations');
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(
      path.join(folder, 'config_default'),
      '[core]\nproject = project-one\n[compute]\nregion = europe-west4\n',
    );
    fs.writeFileSync(path.join(folder, 'config_work'), '[core]\nproject = project-two\n');
    const it = open(['p', '--template', 'sentiment140', '--name', 'p', '--source', 'kaggle'], { home });
    await accept(it, 'Dataset');
    await it.waitFor('Where jobs run');
    it.press('down', 'down', 'enter');
    await it.waitFor('GCP project');
    await it.waitFor('project-two');
    it.press('down', 'enter');
    await it.waitFor('Region');
    expect(it.screen().join('\n')).toContain('(europe-west4)');
    it.press('enter');
    await it.waitFor('Zone');
    expect(it.screen().join('\n')).toContain('(europe-west4-a)');
    it.press('enter');
    await accept(it, 'Prefix of the bucket names', 'Cluster');
    await it.waitFor('MLflow server');
    it.press('enter');
    await it.waitFor('a server that the cluster can reach');
    it.type('http://10.0.0.5:5000');
    it.press('enter');
    await accept(it, 'Experiment', 'Name of the models', 'Where texts to score', 'over HTTP?', 'to Kafka?');
    await accept(it, 'Continuous integration', 'Write these files?');
    expect((await it.exit).code).toBe(0);
    expect(read('p/sentops.yaml')).toContain('default: project-two');
  });

  test('asks nothing with --no-input', async () => {
    const it = open(['p', '--no-input']);
    expect((await it.exit).code).toBe(0);
    expect(it.screen().join('\n')).not.toContain('Project name');
  });

  test('asks before it overwrites, and a no changes nothing', async () => {
    fs.mkdirSync(path.join(root, 'p'));
    fs.writeFileSync(path.join(root, 'p', 'sentops.yaml'), 'mine: 1\n');
    const it = open(['p', '--force', ...EVERYTHING]);
    await it.waitFor('Overwrite sentops.yaml in p?');
    it.type('n');
    it.press('enter');
    expect((await it.exit).code).toBe(130);
    expect(it.screen().join('\n')).toContain('nothing was written');
    expect(read('p/sentops.yaml')).toBe('mine: 1\n');
    expect(fs.readdirSync(path.join(root, 'p'))).toEqual(['sentops.yaml']);
  });
});

describe('Ctrl-C', () => {
  test.each([
    ['at the first question', []],
    ['half-way', ['Project name', 'Template', 'Where the data comes from', 'Dataset']],
  ])('%s ends with 130 and leaves nothing behind', async (_, questions) => {
    const it = open(['deep/er/p']);
    await accept(it, ...questions);
    await it.waitFor(questions.length === 0 ? 'Project name' : 'Where jobs run');
    it.press('ctrl-c');
    expect(await it.exit).toEqual({ code: 130, signal: 0 });
    expect(fs.readdirSync(root)).toEqual([]);
    expect(it.cursorHidden).toBe(false);
    expect(it.screen().join('\n')).not.toMatch(/^\s+at /m);
  });

  test('at the last question leaves nothing behind', async () => {
    const it = open(['p', ...EVERYTHING]);
    await it.waitFor('Write these files?');
    it.press('ctrl-c');
    expect((await it.exit).code).toBe(130);
    expect(fs.readdirSync(root)).toEqual([]);
  });

  test('a no at the last question leaves nothing behind', async () => {
    const it = open(['p', '--template', 'minimal']);
    await accept(
      it,
      'Project name',
      'Where the data comes from',
      'Dataset',
      'Where jobs run',
      'MLflow server',
      'Experiment',
    );
    await accept(it, 'Name of the models', 'Where texts to score', 'over HTTP?', 'to Kafka?', 'Continuous integration');
    await it.waitFor('Write these files?');
    it.type('n');
    it.press('enter');
    expect((await it.exit).code).not.toBe(0);
    expect(it.screen().join('\n')).toContain('nothing was written');
    expect(fs.readdirSync(root)).toEqual([]);
  });
});

describe('a narrow terminal', () => {
  test('of 40 columns shows every question in whole', async () => {
    const it = open(['p', '--template', 'minimal'], { cols: 40 });
    await accept(it, 'Project name', 'Where the data comes from', 'Dataset', 'Where jobs run');
    await accept(it, 'MLflow server (empty: embedded store)', 'Experiment', 'Name of the models in the registry');
    await accept(it, 'Where texts to score come from', 'Serve predictions over HTTP?', 'Write predictions to Kafka?');
    await accept(it, 'Continuous integration', 'Write these files?');
    expect((await it.exit).code).toBe(0);
    expect(read('p/sentops.yaml')).toContain('name: p');
  });
});
