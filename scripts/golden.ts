/**
 * Makes test/golden/spark with real Spark 4.3 and 3.3: `node scripts/golden.ts [part of a case's name ...]`.
 * Needs Python and Java; run it when a case is added, and look at what changed before committing it.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pythonEnvironment, runPython } from '../test/helpers/python.ts';

const root = path.resolve(import.meta.dirname, '..');
const output = path.join(root, 'test', 'golden', 'spark');
const script = path.join(import.meta.dirname, 'golden', 'make_spark_models.py');

const runs = [
  { name: 'spark4', options: [] },
  { name: 'spark4', options: ['--one-lane'] },
  { name: 'spark3', options: [] },
] as const;
for (const { name, options } of runs) {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-golden-'));
  try {
    const environment = await pythonEnvironment(name);
    const made = await runPython(environment, script, [output, scratch, ...options, ...process.argv.slice(2)]);
    if (made.trim() !== '') console.log(made.trimEnd());
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}
