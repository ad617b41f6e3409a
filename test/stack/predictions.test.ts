import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadProject } from '../../src/lib/config/load.ts';
import { countPredictions } from '../../src/lib/predictions/count-predictions.ts';
import { listPredictions } from '../../src/lib/predictions/list-predictions.ts';
import { showPredictions } from '../../src/lib/predictions/show-predictions.ts';
import type { PredictionsCall } from '../../src/lib/predictions/types.ts';
import { missingFor, pythonEnvironment, runPython } from '../helpers/python.ts';
import { createWorld } from '../unit/score/world.ts';

/** On first use the packages come over the network. */
const PATIENCE = 1_800_000;
const script = path.join(import.meta.dirname, 'python', 'stream_predictions.py');

const row = (day: string, prediction: number, positive: number, version: string) =>
  JSON.stringify({ text: `A "film" für ${version}`, prediction, positive, version, day });
const BATCHES = [
  [row('2026-11-20', 1, 0.75, '3'), row('2026-11-20', 0, 0.25, '3'), row('2026-11-21', 1, 1, '3')],
  [row('2026-11-21', 1, 0.875, '4'), row('2026-11-21', 0, 0.125, '4')],
];

describe.skipIf(missingFor('spark4'))('what a real Structured Streaming job wrote', () => {
  let folder: string;
  let call: (location: string) => PredictionsCall;
  beforeAll(async () => {
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-stream-')));
    fs.mkdirSync(path.join(folder, 'input'));
    for (const [index, rows] of BATCHES.entries())
      fs.writeFileSync(path.join(folder, 'input', `${index}.json`), `${rows.join('\n')}\n`);
    await runPython(await pythonEnvironment('spark4'), script, [folder]);
    const sections = ['storage', 'profiles', 'cluster', 'buckets', 'serve'];
    const project = await loadProject({ cwd: folder, env: { HOME: folder }, home: folder, sections });
    call = location => ({ ...createWorld(folder).world, project, location, date: undefined });
  }, PATIENCE);
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  test.each(['parquet', 'json'])('is listed, shown and counted: %s', async kind => {
    expect(fs.existsSync(path.join(folder, kind, '_spark_metadata'))).toBe(true);
    const { days } = await listPredictions(call(kind));
    expect(days).toMatchObject([
      { date: '2026-11-21', rows: 3, unreadable: 0 },
      { date: '2026-11-20', rows: 2, unreadable: 0 },
    ]);
    const rows = await showPredictions({ ...call(kind), head: 10 });
    expect(rows).toHaveLength(5);
    expect(rows.find(({ modelVersion, prediction }) => modelVersion === '4' && Number(prediction) === 1)).toMatchObject(
      {
        date: '2026-11-21',
        text: 'A "film" für 4',
        label: null,
        confidence: 0.875,
        probability: [0.125, 0.875],
        timestamp: '2026-11-21T10:00:00.000Z',
      },
    );
    const stats = await countPredictions(call(kind));
    expect(stats).toMatchObject({ rows: 5, withoutPrediction: 0, unreadable: 0, meanConfidence: 0.85 });
    expect(stats.byLabel.map(({ value, rows }) => [Number(value), rows])).toEqual([
      [1, 3],
      [0, 2],
    ]);
    expect(stats.byModelVersion.map(({ value, rows }) => [value, rows])).toEqual([
      ['4', 2],
      ['3', 3],
    ]);
  });
});
