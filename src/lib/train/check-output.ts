import fs from 'node:fs';
import path from 'node:path';
import { SentopsError } from '../core/errors.ts';
import { isUri } from '../core/is-uri.ts';

/** What a folder of a trained model, or of the best one, may hold: a run replaces these folders as a whole. */
const OURS = new Set([
  ...['model', 'metrics.json', 'report.md', 'report.html'],
  ...['confusion_matrix.png', 'roc.png', 'pr.png', 'calibration.png'],
  ...['MLmodel', 'code', 'data', 'sparkml', 'requirements.txt', 'python_env.yaml', 'conda.yaml'],
  ...['input_example.json', 'serving_input_example.json'],
]);

/** Refuses an output before any work: one that is no folder, or in which something of the user's would be lost. */
export function checkOutput(output: string, models: readonly string[]): void {
  if (isUri(output))
    throw new SentopsError(
      'CONFIG_INVALID',
      `models cannot be written to ${output} yet: the output has to be a folder`,
      {
        hint: 'give one with --output, or use a target whose buckets are folders',
      },
    );
  const stat = fs.statSync(output, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isDirectory())
    throw new SentopsError('NOT_WRITABLE', `${output} is a file: models are written into a folder`, {
      hint: 'name a folder with --output',
    });
  const names = fs.readdirSync(output);
  const written = models.flatMap(name => [name, `best-model-${name}`]);
  for (const name of names.filter(each => written.includes(each))) refuseForeign(path.join(output, name));
  const reports = ['report.md', 'report.html', 'roc.png', 'pr.png'].filter(name => names.includes(name));
  // A run that was killed has written the best model before the reports, and training.json after them.
  const isOurs = names.includes('training.json') || names.some(name => name.startsWith('best-model-'));
  if (reports.length > 0 && !isOurs) refuse(path.join(output, reports[0] ?? ''), output);
}

function refuseForeign(folder: string): void {
  if (!fs.statSync(folder).isDirectory()) refuse(folder, path.dirname(folder));
  const foreign = fs.readdirSync(folder).find(name => !OURS.has(name));
  if (foreign !== undefined) refuse(path.join(folder, foreign), folder);
}

function refuse(file: string, folder: string): never {
  throw new SentopsError('CONFLICT', `${file} would be lost: training replaces what is in ${folder}`, {
    hint: 'move it away, or write somewhere else with --output',
    details: { file },
  });
}
