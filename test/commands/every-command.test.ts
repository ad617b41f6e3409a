import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CommandDefinition, loadCommands } from '../../scripts/generate/commands.ts';
import { installTarball } from '../helpers/pack.ts';
import { writeReviews } from '../helpers/reviews.ts';
import { repositoryRoot, runCli } from '../helpers/run-cli.ts';

/**
 * How each command runs without a network in a folder with a project; a new command adds its line. What stands behind
 * `words` are arguments, so that a test can leave them out.
 */
const RUNS: Readonly<Record<string, readonly string[]>> = {
  'artifact download': ['--run', 'last', '--dir', 'downloads'],
  'artifact list': ['--run', 'last', '--recursive'],
  'artifact upload': ['reviews.csv', '--run', 'last'],
  autocomplete: ['bash'],
  'autocomplete values': ['bash', '--', 'sentops config '],
  'bucket ensure': [],
  'bucket list': [],
  commands: [],
  'config explain': ['train.numFeatures'],
  'config import airflow': ['variables.json'],
  'config schema': [],
  'config set': ['train.numFeatures', '1024'],
  'config show': ['train', '--resolved', '--origins'],
  'config validate': [],
  'dataset convert': ['reviews.csv', '-o', 'converted.jsonl', '--force'],
  'dataset download': ['reviews.csv', '--output-dir', 'data'],
  'dataset generate': ['--rows', '20', '--output', 'new.csv'],
  'dataset info': ['reviews.csv'],
  'dataset inject-drift': ['reviews.csv', '--kind', 'noise', '-o', 'drifted.csv', '--force'],
  'dataset list': [],
  'dataset profile': ['reviews.csv'],
  'dataset sample': ['reviews.csv', '--max-rows', '10', '-o', 'sampled.csv', '--force'],
  'dataset split': ['reviews.csv', '--output', 'parts', '--force'],
  'dataset sync': ['reviews.csv', '--output-dir', 'data'],
  'dataset upload': ['--output-dir', 'model'],
  'dataset validate': ['reviews.csv', '--min-rows', '1'],
  'dataset verify': ['reviews.csv'],
  doctor: ['--fix'],
  evaluate: ['--model-path', 'model', '--input', 'reviews.csv'],
  'experiment create': ['new'],
  'experiment delete': ['Default', '--yes'],
  'experiment describe': ['sentiment-analysis-pipeline'],
  'experiment list': [],
  'experiment rename': ['sentiment-analysis-pipeline', 'old'],
  'experiment restore': ['sentiment-analysis-pipeline'],
  'experiment tag': ['sentiment-analysis-pipeline', 'team=nlp'],
  help: ['config', 'show'],
  init: ['new', '--template', 'minimal', '--no-input'],
  'model alias': ['reviews', 'next', '--version', '1'],
  'model convert': ['model', '--to', 'native', '--output', 'converted'],
  'model copy': ['reviews/1', 'copied'],
  'model delete': ['reviews', '--version', '1', '--yes'],
  'model describe': ['reviews', '--history'],
  'model diff': ['model', 'model'],
  'model inspect': ['model'],
  'model list': [],
  'model promote': ['reviews', '--version', '2'],
  'model register': ['other', '--model-path', 'model'],
  'model rollback': ['reviews'],
  'model stage': ['reviews', '--version', '1', '--to', 'Staging'],
  'model tag': ['reviews', 'team=search'],
  'model verify': ['model', '--against', 'scores.jsonl'],
  'model versions': ['reviews'],
  'plugin check': ['stream-sink', 'stdout'],
  'plugin create': ['hello', '--no-install'],
  'plugin extensions': ['--check'],
  'predictions list': ['scores.jsonl'],
  'predictions show': ['scores.jsonl', '--head', '2'],
  'predictions stats': ['scores.jsonl'],
  'run best': ['--metric', 'accuracy', '--min', '0'],
  'run compare': ['first', 'second'],
  'run delete': ['first', '--yes'],
  'run describe': ['last'],
  'run export': ['last'],
  'run list': [],
  'run log': ['last', '--metric', 'f1=0.5@2', '--status', 'FINISHED'],
  'run restore': ['first'],
  'run tag': ['last', 'team=nlp'],
  'run watch': ['last', '--once'],
  score: ['--model-path', 'model', 'A wonderful story'],
  'storage cat': ['reviews.csv', '--dry-run'],
  'storage cp': ['reviews.csv', 'copies/'],
  'storage du': ['model'],
  'storage ls': ['-l', 'model'],
  'storage rm': ['scores.jsonl', '--yes'],
  'storage rsync': ['model', 'synced', '--recursive'],
  'store check': [],
  'store export': ['store.jsonl'],
  'store gc': ['--yes'],
  'store import': ['exported.jsonl'],
  'store relocate': ['--dry-run'],
  'store serve': ['--dry-run'],
  train: ['--input', 'reviews.csv', '--output', 'models', '--models', 'nb', '--min-accuracy', '0'],
  version: [],
};

const GOOD = 'version: 1\nproject: { name: reviews }\ntrain:\n  numFeatures: 4096 # few\n';
const BROKEN = {
  'that is not YAML': 'project:\n\tname: x\n',
  'with wrong values': 'projct: {}\ntrain: { numFeatures: many, seed: "${var.nope}" }\nbackend: sprak\n',
};

const commands = await loadCommands();
let home: string;
let made: string;
let bin: { readonly file: string };
beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-every-home-'));
  // One small model, its scores and what the store knows of it, made by the commands themselves for all that want them.
  made = path.join(home, 'made');
  fs.mkdirSync(made);
  writeReviews(path.join(made, 'reviews.csv'), { rows: 200 });
  // The built package starts several times as fast as the sources, and this is about a thousand starts.
  bin = { file: (await installTarball()).bin };
  const options = { cwd: made, home, bin };
  const scores = ['--vectors', '--output', 'scores.jsonl'];
  await runCli(['train', ...(RUNS['train'] ?? [])], options);
  for (const name of ['first', 'second'])
    await runCli(
      ['run', 'log', '--new', '--name', name, '--metric', 'accuracy=0.9@1', '--status', 'FINISHED'],
      options,
    );
  await runCli(['model', 'register', 'reviews', '--run', 'NaiveBayes'], options);
  await runCli(['model', 'register', 'reviews', '--model-path', 'models/naivebayes/model'], options);
  await runCli(['model', 'promote', 'reviews', '--version', '1'], options);
  await runCli(['model', 'promote', 'reviews', '--version', '2', '--force'], options);
  await runCli(['store', 'export', 'exported.jsonl'], options);
  await runCli(['score', '--model-path', 'models/naivebayes', '--input', 'reviews.csv', ...scores], options);
  await runCli(['dataset', 'download', 'reviews.csv', '--output-dir', 'locked'], options);
});
afterAll(() => fs.rmSync(home, { recursive: true, force: true }));

interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Every run has a folder of its own: a command must not meet what another one wrote. */
async function run(project: string, args: readonly string[]): Promise<Answer> {
  const cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-every-'));
  fs.writeFileSync(path.join(cwd, 'sentops.yaml'), project);
  fs.writeFileSync(path.join(cwd, 'variables.json'), '{"GCP_REGION":"europe-west1"}');
  for (const file of ['reviews.csv', 'scores.jsonl', 'exported.jsonl', 'sentops.lock.yaml', 'locked/reviews.csv'])
    fs.cpSync(path.join(made, file), path.join(cwd, file));
  fs.cpSync(path.join(made, 'models/naivebayes/model'), path.join(cwd, 'model'), { recursive: true });
  fs.cpSync(path.join(made, '.sentops'), path.join(cwd, '.sentops'), { recursive: true });
  try {
    // The store names its files by where they were made, and says so where it finds itself elsewhere.
    if (project === GOOD) await runCli(['store', 'relocate'], { cwd, home, bin });
    return await runCli(args, { cwd, home, bin });
  } finally {
    fs.rmSync(cwd, { recursive: true, force: true });
  }
}

/** The words with --json in them, before anything that belongs to somebody else. */
function asJson(args: readonly string[]): string[] {
  const end = args.indexOf('--');
  return end === -1 ? [...args, '--json'] : [...args.slice(0, end), '--json', ...args.slice(end)];
}

interface Pair {
  readonly code: number | null;
  readonly json: Record<string, unknown> & { readonly error?: { readonly code: string; readonly exit: number } };
}

/** Runs it twice and holds both against what every command owes a script. */
async function runBothWays(project: string, args: readonly string[]): Promise<Pair> {
  const [text, json] = await Promise.all([run(project, args), run(project, asJson(args))]);
  expect(json.code, `the exit code with --json, ${json.stdout}${json.stderr}`).toBe(text.code);
  for (const { stdout, stderr } of [text, json]) expect(stdout + stderr).not.toMatch(/^\s+at .+:\d+/m);
  const object = JSON.parse(json.stdout) as Pair['json'];
  expect(json.stdout).toMatch(/^\{[\s\S]*\}\n$/);
  if (text.code === 0) {
    expect(object).toMatchObject({ schemaVersion: 1 });
    expect(object.error).toBeUndefined();
  } else {
    expect(object.error?.exit).toBe(text.code);
    expect(text.stderr).toMatch(/^error: .+\n( {2}.+\n)*hint: .+\n$/m);
    const lines = text.stderr.trim().split('\n');
    expect(lines, 'nothing is told twice').toEqual([...new Set(lines)]);
    expect(json.stderr).toBe('');
  }
  return { code: text.code, json: object };
}

const words = (command: CommandDefinition) => command.id.split(' ');
const given = (command: CommandDefinition) => RUNS[command.id] ?? [];

test('every command is here, and nothing that is no command', () => {
  expect(Object.keys(RUNS).sort()).toEqual(commands.map(command => command.id).sort());
});

describe.for(commands)('$id', command => {
  test('refuses a flag that it does not have', async () => {
    const { code, json } = await runBothWays(GOOD, [...words(command), '--bogus', ...given(command)]);
    expect([code, json.error?.code]).toEqual([2, 'FLAG_UNKNOWN']);
  });

  test.for(Object.entries(BROKEN))('answers in order in a folder with a project file %s', async ([, text]) => {
    const { code } = await runBothWays(text, [...words(command), ...given(command)]);
    expect(code).not.toBe(null);
  });

  test('gives what its schema promises', async () => {
    const { code, json } = await runBothWays(GOOD, [...words(command), ...given(command)]);
    expect(code).toBe(0);
    const file = path.join(repositoryRoot, 'schemas/results', `${command.id.replaceAll(' ', '-')}.json`);
    const validate = new Ajv({ allErrors: true, strict: false }).compile(JSON.parse(fs.readFileSync(file, 'utf8')));
    validate(json);
    expect(validate.errors ?? []).toEqual([]);
  });
});

const demanding = commands.filter(command => Object.values(command.args).some(arg => arg.required));

test.for(demanding)('$id names the argument that is missing', async command => {
  const { code, json } = await runBothWays(GOOD, words(command));
  expect([code, json.error?.code]).toEqual([2, 'USAGE']);
});

test.for([
  [['help', 'bogus'], 'COMMAND_UNKNOWN'],
  [['config', 'shw'], 'COMMAND_UNKNOWN'],
  [['config', 'set', 'train.numFeatures=5'], 'USAGE'],
  [['doctor', '--timeout', '1ms'], 'TIMEOUT'],
] as const)('%j is %s, with and without --json', async ([args, expected]) => {
  const { json } = await runBothWays(GOOD, args);
  expect(json.error?.code).toBe(expected);
});
