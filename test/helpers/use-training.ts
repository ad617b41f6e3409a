import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { TrainReport } from '../../src/lib/train/result.ts';
import { runCli } from './run-cli.ts';

const TEXTS = ['I love this great story', 'a terrible waste of time', 'fine, I suppose'];

/**
 * What a person does with a training that was recorded: looks at its files, takes the model with them, registers it under
 * another name, scores with it by every address that it has. The same everywhere, whatever holds the record.
 */
export async function useTraining(cwd: string, report: TrainReport, where: readonly string[]): Promise<void> {
  const ask = async (...args: string[]) => {
    const { stdout, stderr, code } = await runCli([...args, ...where], { cwd });
    if (code !== 0) throw new Error(`sentops ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
    return stdout;
  };
  const run = report.best?.runId ?? '';
  const folder = report.best?.path ?? '';
  await lookAtFiles(ask, cwd, run, folder);
  const again = JSON.parse(await ask('model', 'register', 'again', '--run', run, '--json'));
  expect(again).toMatchObject({ version: 1, created: true, source: expect.stringMatching(/^models:\/m-/) });
  const { name, version } = report.best?.registered ?? {};
  const runs = [`runs:/${run}/model`, again.source, 'models:/again/1', `models:/${name}/${version}`];
  const score = async (model: string) => {
    const rows = (await ask('score', ...TEXTS, '--model-path', model, '--format', 'jsonl')).trim().split('\n');
    return rows.map(row => {
      const { model_version: _, ...scored } = JSON.parse(row);
      return scored;
    });
  };
  const wanted = await score(folder);
  expect(wanted).toHaveLength(TEXTS.length);
  for (const model of runs) expect([model, await score(model)]).toEqual([model, wanted]);
}

/** Every file once, the model in a folder of its name. */
async function lookAtFiles(
  ask: (...args: string[]) => Promise<string>,
  cwd: string,
  run: string,
  folder: string,
): Promise<void> {
  const list = async (...more: string[]) => {
    const { items } = JSON.parse(await ask('artifact', 'list', '--run', run, ...more, '--json'));
    return (items as { path: string }[]).map(item => item.path);
  };
  const model = filesIn(folder).map(name => `model/${name}`);
  const all = await list('--recursive');
  expect(all.filter(name => name.startsWith('model') && !isOfMlflow(name))).toEqual(model);
  expect(all).toEqual(expect.arrayContaining(['metrics.json', 'report.html']));
  expect(await list()).toContain('model');
  expect(await list('--path', 'model')).toEqual(expect.arrayContaining(['model/MLmodel', 'model/data']));
  await ask('artifact', 'download', '--run', run, '--path', 'model', '-d', 'got');
  expect(filesIn(path.join(cwd, 'got')).filter(name => !isOfMlflow(name))).toEqual(model);
  for (const name of filesIn(folder))
    if (name !== 'MLmodel')
      expect(fs.readFileSync(path.join(cwd, 'got/model', name)).equals(fs.readFileSync(path.join(folder, name)))).toBe(
        true,
      );
  expect(fs.readFileSync(path.join(cwd, 'got/model/MLmodel'), 'utf8')).toContain(run);
}

/** MLflow's client leaves a note in the model that it loads by a registered name, where that lies on its machine. */
function isOfMlflow(name: string): boolean {
  return name === 'model/registered_model_meta';
}

function filesIn(folder: string): string[] {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .flatMap(entry => (entry.isFile() ? [path.relative(folder, path.join(entry.parentPath, entry.name))] : []))
    .sort();
}
