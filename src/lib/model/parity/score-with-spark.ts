import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SentopsError } from '../../core/errors.ts';
import { runProgram } from '../../core/exec.ts';
import type { Report } from '../../core/report.ts';
import type { Value } from '../../data/rows.ts';
import type { Stage } from '../stages.ts';
import { readStoredScore, type StoredScore } from './stored-score.ts';

export interface SparkRun {
  /** A folder that Spark can load. */
  readonly model: string;
  /** Its stages, those of pipelines within the pipeline too: they name the columns. */
  readonly stages: readonly Stage[];
  readonly texts: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly report: Report;
}

export interface SparkScores {
  readonly version: string;
  readonly scores: readonly StoredScore[];
}

/**
 * Rows go in and come out as JSON lines that the JVM reads and writes itself: no row passes through Python, whose
 * version then does not matter, and Java writes doubles so that they read back to the same bits.
 */
const SCRIPT = `
import json, sys
from pyspark.ml import PipelineModel
from pyspark.ml.functions import vector_to_array
from pyspark.sql import SparkSession

model_dir, rows, out = sys.argv[1:4]
names = json.loads(sys.argv[4])
spark = (
    SparkSession.builder.master("local[1]")
    .config("spark.ui.enabled", "false")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.sql.shuffle.partitions", "1")
    .config("spark.sql.warehouse.dir", out + "-warehouse")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")
model = PipelineModel.load(model_dir)
frame = spark.read.schema("row long, text string").json(rows).coalesce(1)
scored = model.transform(frame.withColumnRenamed("text", names["text"]))
columns = [scored["row"], scored[names["prediction"]].alias("prediction")]
for name in ["rawPrediction", "probabilities"]:
    if names.get(name) in scored.columns:
        columns.append(vector_to_array(scored[names[name]]).alias(name))
scored.select(*columns).write.json(out)
print("spark " + spark.version)
`;

/** Lets a real PySpark load the model and score the texts. */
export async function scoreWithSpark({ model, stages, texts, env, signal, report }: SparkRun): Promise<SparkScores> {
  const python = env['PYSPARK_PYTHON'] || 'python3';
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-spark-'));
  const step = { type: 'step', id: 'pyspark', label: `Scoring ${texts.length} rows with PySpark` } as const;
  try {
    await checkPySpark(python, env, signal);
    report({ ...step, state: 'start' });
    const [script, rows, out] = ['score.py', 'rows.jsonl', 'scored'].map(name => path.join(folder, name)) as [
      string,
      string,
      string,
    ];
    fs.writeFileSync(script, SCRIPT);
    fs.writeFileSync(rows, texts.map((text, row) => `${asciiJson({ row, text })}\n`).join(''));
    const run = await runProgram(python, [script, model, rows, out, asciiJson(nameColumns(stages))], {
      env: { SPARK_LOCAL_IP: '127.0.0.1', ...env },
      cwd: folder,
      signal,
    });
    if (run.code !== 0) throw sparkFailed(run.stderr);
    const version = /^spark (.+)$/m.exec(run.stdout)?.[1] ?? 'unknown';
    report({ ...step, state: 'done', detail: `Spark ${version}` });
    return { version, scores: readScored(out, texts) };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Named by our own reading of the model: the first stage of Spark's may be a pipeline, which has no such parameters. */
function nameColumns(stages: readonly Stage[]): Readonly<Record<string, string>> {
  const first = stages.find(stage => 'inputCol' in stage);
  const last = stages.at(-1);
  if (first === undefined || last === undefined || !('predictionCol' in last)) throw new RangeError('no fitted model');
  const probabilities = 'probabilityCol' in last ? { probabilities: last.probabilityCol } : {};
  return {
    text: first.inputCol,
    prediction: last.predictionCol,
    rawPrediction: last.rawPredictionCol,
    ...probabilities,
  };
}

async function checkPySpark(python: string, env: SparkRun['env'], signal: AbortSignal): Promise<void> {
  const { found, code } = await runProgram(python, ['-c', 'import pyspark.ml'], { env, signal });
  if (found && code === 0) return;
  throw new SentopsError('NOT_FOUND', found ? `${python} has no PySpark` : `there is no ${python}`, {
    hint: 'install it (pip install pyspark, and Java 17), or name a Python that has it in PYSPARK_PYTHON',
    details: { python },
  });
}

function sparkFailed(stderr: string): SentopsError {
  const lines = stderr.trim().split('\n');
  const said = lines.findLast(line => /(Error|Exception)\b.*:/.test(line)) ?? lines.at(-1) ?? '';
  return new SentopsError('JOB_FAILED', `PySpark could not score the rows: ${said.trim()}`, {
    hint: 'see the end of its output in the details (--json)',
    details: { stderr: lines.slice(-40).join('\n') },
  });
}

/** Escapes keep half a surrogate pair what it is; UTF-8 has no bytes for it. */
function asciiJson(value: object): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function readScored(folder: string, texts: readonly string[]): StoredScore[] {
  const scores: StoredScore[] = [];
  const parts = fs.readdirSync(folder).filter(name => name.startsWith('part-'));
  for (const part of parts) {
    for (const line of fs.readFileSync(path.join(folder, part), 'utf8').split('\n')) {
      if (line === '') continue;
      const row = JSON.parse(line) as Record<string, Value>;
      const at = Number(row['row']);
      scores[at] = { ...readStoredScore(row, 'text', `row ${at + 1}`), text: texts[at] ?? null };
    }
  }
  if (scores.length === texts.length && !scores.includes(undefined as never)) return scores;
  throw new SentopsError('DATA_INVALID', `Spark scored ${scores.length} of ${texts.length} rows`, {
    hint: 'run it again with fewer rows',
  });
}
