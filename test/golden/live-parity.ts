import fs from 'node:fs';
import path from 'node:path';
import { everyCodePoint, randomTexts } from '../helpers/random-texts.ts';
import type { SparkAbout } from '../helpers/spark-jobs.ts';

/** What the comparison with a live Spark measured: by test/stack/spark.test.ts, which writes it when it is asked to. */
export interface LiveParity extends SparkAbout {
  readonly rows: number;
  readonly differing: number;
}

export type LiveVersion = 'spark4' | 'spark3';

interface LivePlan {
  readonly random: number;
  /** The last code point that has a row of its own. */
  readonly lastCodePoint: number | null;
  readonly texts: () => string[];
}

const file = path.join(import.meta.dirname, 'live-parity.json');

/** Which rows the live comparison scores. */
export function livePlan(version: LiveVersion): LivePlan {
  if (version === 'spark3') return { random: 5000, lastCodePoint: null, texts: () => randomTexts(5000, 12) };
  const texts = () => [...randomTexts(20_000, 11), ...everyCodePoint(0, 0x1ffff)];
  return { random: 20_000, lastCodePoint: 0x1ffff, texts };
}

export function readLiveParity(): Readonly<Partial<Record<LiveVersion, LiveParity>>> {
  return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as Record<LiveVersion, LiveParity>) : {};
}

export function recordLiveParity(version: LiveVersion, measured: LiveParity): void {
  fs.writeFileSync(file, `${JSON.stringify({ ...readLiveParity(), [version]: measured }, null, 2)}\n`);
}
