import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { loadProject } from '../../../src/lib/config/load.ts';
import { writeParquet } from '../../../src/lib/parquet/write.ts';
import type { PredictionsCall } from '../../../src/lib/predictions/types.ts';
import { createWorld } from '../score/world.ts';

export interface PredictionsWorld {
  readonly dir: string;
  /** Notes and progress so far. */
  readonly events: ReturnType<typeof createWorld>['events'];
  warnings(): readonly string[];
  /** Writes a file below `out`, where the project has its predictions. */
  put(name: string, content: string | Uint8Array, seconds?: number): void;
  call(more?: Partial<PredictionsCall>): PredictionsCall;
}

/** A project in a folder of its own that writes its predictions to `out`, or where it is told. */
export async function openPredictionsWorld(yaml = 'serve: { outputPath: out }'): Promise<PredictionsWorld> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops predictions ü-'));
  onTestFinished(() => fs.rmSync(dir, { recursive: true, force: true }));
  fs.writeFileSync(path.join(dir, 'sentops.yaml'), `version: 1\nproject: { name: reviews }\n${yaml}\n`);
  const { world, events, warnings } = createWorld(dir);
  const sections = ['storage', 'profiles', 'cluster', 'buckets', 'serve'];
  const project = await loadProject({ cwd: dir, env: { HOME: dir }, home: dir, sections });
  return {
    dir,
    events,
    warnings,
    put(name, content, seconds = 1_763_000_000) {
      const file = path.join(dir, 'out', name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, content);
      fs.utimesSync(file, seconds, seconds);
    },
    call: more => ({ ...world, project, location: undefined, date: undefined, ...more }),
  };
}

/** As our own writer and the JSON sink of a stream have them. */
export function lines(...rows: readonly object[]): string {
  return rows.map(row => `${JSON.stringify(row)}\n`).join('');
}

export interface SparkRow {
  readonly text: string;
  readonly prediction: number;
  readonly probability: readonly number[];
  readonly version: string;
}

/** As Spark writes what a pipeline gave: probability is a vector, which is a structure. */
export function sparkFile(rows: readonly SparkRow[]): Uint8Array {
  return writeParquet({
    rows: rows.length,
    keyValues: {},
    fields: [
      { name: 'text', type: 'string', values: rows.map(({ text }) => text) },
      { name: 'label', type: 'string', values: rows.map(() => null) },
      {
        name: 'probability',
        type: 'struct',
        children: [
          { name: 'type', type: 'byte', values: rows.map(() => 1) },
          { name: 'size', type: 'integer', values: rows.map(() => null) },
          { name: 'indices', type: 'integers', lists: rows.map(() => null) },
          { name: 'values', type: 'doubles', lists: rows.map(({ probability }) => Float64Array.from(probability)) },
        ],
      },
      { name: 'prediction', type: 'double', values: Float64Array.from(rows, ({ prediction }) => prediction) },
      { name: 'model_version', type: 'string', values: rows.map(({ version }) => version) },
    ],
  });
}
