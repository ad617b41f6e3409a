/**
 * README's first command: the main job with the local backend, start to end, typed as a user would type it.
 * Builds the package, works in a fresh folder that it leaves behind for a look, stops at the first step that fails.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const cli = path.join(root, 'bin', 'run.js');

const STEPS: readonly (readonly string[])[] = [
  ['--version'],
  ['init', '--no-input', '--template', 'minimal'],
  ['config', 'validate'],
  ['config', 'explain', 'train.numFeatures', '--set', 'train.numFeatures=16384'],
  ['doctor', '--fix'],
  ['dataset', 'generate', '--rows', '5000', '--seed', '7', '--output', 'reviews.csv'],
  ['dataset', 'validate', 'reviews.csv', '--min-rows', '1000'],
  ['bucket', 'ensure'],
  ['storage', 'cp', 'reviews.csv', 'raw:reviews/'],
  [
    ...['train', '--input', 'reviews.csv', '--models', 'lr,svc,rf,nb,ngram', '--min-accuracy', '0.75'],
    ...['--registered-model-name', 'reviews'],
  ],
  ['run', 'list'],
  ['run', 'best', '--metric', 'accuracy', '--min', '0.75'],
  ['model', 'inspect', '--data', 'reviews.csv'],
  ['dataset', 'generate', '--rows', '200', '--seed', '8', '--output', 'new.csv'],
  ['score', '--input', 'new.csv', '--output', 'predictions.jsonl'],
  ['evaluate', '--input', 'new.csv', '--out', 'report'],
  ['model', 'promote', 'reviews-best', '--to', 'Production', '--eval-data', 'new.csv', '--min-accuracy', '0.75'],
  ['model', 'describe', 'reviews-best', '--history'],
  ['store', 'check'],
  [
    'score',
    '--model-name',
    'reviews-best',
    'What a wonderful story, I could not put it down',
    'Dull, slow and far too long',
  ],
];

function build(): void {
  // On Windows npm is a script, which only a shell can start.
  const options = { cwd: root, shell: process.platform === 'win32', stdio: 'inherit' } as const;
  const built = spawnSync('npm', ['run', '--silent', 'build'], options);
  if (built.status !== 0) throw new Error('the build failed');
}

function runStep(args: readonly string[], cwd: string): void {
  console.log(`\n$ sentops ${args.join(' ')}`);
  const step = spawnSync(process.execPath, [cli, ...args], { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  if (step.status !== 0) throw new Error(`sentops ${args.join(' ')} ended with exit code ${step.status}`);
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-quickstart-'));
try {
  build();
  for (const args of STEPS) runStep(args, folder);
  console.log(`\nThe project is in ${folder}`);
} catch (error) {
  console.error(`\nquickstart: ${(error as Error).message} (folder: ${folder})`);
  process.exitCode = 1;
}
