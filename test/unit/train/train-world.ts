import fs from 'node:fs';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import type { ReportEvent } from '../../../src/lib/core/report.ts';
import type { TrainRequest } from '../../../src/lib/train/request.ts';
import type { TrainSpec } from '../../../src/lib/train/spec.ts';

/** A call of the training job below a folder, and what it told while it worked. */
export function trainWorld(
  cwd: string,
  { input = '', ...more }: Partial<TrainRequest> & { readonly input?: string } = {},
) {
  const events: ReportEvent[] = [];
  const request: TrainRequest = {
    cwd,
    env: { HOME: cwd },
    platform: 'linux',
    stdin: Readable.from([Buffer.from(input)], { objectMode: false }),
    stdout: new PassThrough(),
    signal: new AbortController().signal,
    report: event => void events.push(event),
    textColumn: undefined,
    labelColumn: undefined,
    variant: undefined,
    calibrate: false,
    dryRun: false,
    ...more,
  };
  const notes = () => events.flatMap(event => (event.type === 'note' ? [event.message] : []));
  return { request, events, notes };
}

/** A small job on rows.csv of the folder: naive Bayes over a few features. */
export function trainSpec(dir: string, more: Partial<TrainSpec> = {}): TrainSpec {
  return {
    input: path.join(dir, 'rows.csv'),
    table: { needsLabel: true },
    testInput: null,
    output: path.join(dir, 'models'),
    labels: null,
    models: ['naivebayes'],
    numFeatures: 128,
    trainRatio: 0.6,
    valRatio: 0.2,
    sampleFraction: 1,
    maxRows: 0,
    seed: 1,
    cvFolds: null,
    params: {},
    grid: {},
    select: { metric: 'accuracy', on: 'test', mode: 'max' },
    gate: [],
    calibrate: false,
    tracking: null,
    projectDir: dir,
    ...more,
  };
}

/** Links a plugin, given as the source of its module, as `sentops plugins link` would for the HOME of the world. */
export function linkPlugin(home: string, name: string, extensions: string, provides?: object): void {
  const root = path.join(home, name);
  const data = path.join(home, '.local/share/sentops');
  for (const folder of [root, data]) fs.mkdirSync(folder, { recursive: true });
  const manifest = {
    name,
    version: '1.0.0',
    type: 'module',
    sentops: { contract: 1, extensions: './extensions.js', ...(provides ? { provides } : {}) },
  };
  fs.writeFileSync(path.join(root, 'package.json'), JSON.stringify(manifest));
  fs.writeFileSync(path.join(root, 'extensions.js'), extensions);
  const plugins = [{ name, type: 'link', root }];
  fs.writeFileSync(path.join(data, 'package.json'), JSON.stringify({ oclif: { plugins } }));
}

/** A plugin with the trainer `always`, which says the class of its parameter, and one that cannot be made. */
export const ALWAYS_PLUGIN = `export default {
  contract: 1,
  register(api) {
    api.register('trainer', 'always', async () => () => ({
      params: { klass: 1, patience: 5 },
      async fit(rows, { params }) {
        return {
          stage: { type: 'always', params, arrays: { seen: Int32Array.of(rows.labels.length) } },
          probabilistic: true,
          predict: features => Float64Array.from(
            { length: (features.starts.length - 1) * rows.classes },
            (_, at) => (at % rows.classes === params.klass ? 0.9 : 0.1 / (rows.classes - 1)),
          ),
        };
      },
    }));
    api.register('trainer', 'broken', async () => { throw new Error('no such engine'); });
  },
};
`;
