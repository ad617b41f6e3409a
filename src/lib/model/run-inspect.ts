import fs from 'node:fs';
import path from 'node:path';
import { SentopsError } from '../core/errors.ts';
import { openInput } from '../data/open-input.ts';
import type { World } from '../extend/world.ts';
import { type Inspection, inspectModel } from './inspect.ts';
import { readTexts } from './verify.ts';

export interface InspectCall extends World {
  /** As `openModel` takes it. */
  readonly place: string;
  readonly top: number;
  /** A file of texts, or one of words, that gives names to hashed features. */
  readonly input: string | undefined;
  readonly textColumn: string | undefined;
  readonly vocabulary: string | undefined;
}

/** Enough to name the features that matter; more would only cost memory. */
const MOST_TEXTS = 200_000;

export async function runInspect(call: InspectCall): Promise<Inspection> {
  const { place, top, input, vocabulary, textColumn, cwd, signal } = call;
  const words = vocabulary === undefined ? [] : readLines(path.resolve(cwd, vocabulary), vocabulary);
  const texts =
    input === undefined
      ? []
      : await readTexts(
          (await openInput(input, textColumn === undefined ? {} : { textColumn }, call)).table,
          MOST_TEXTS,
          signal,
        );
  return inspectModel({ place, top, texts: [...words, ...texts] });
}

function readLines(file: string, shown: string): string[] {
  try {
    return fs.readFileSync(file, 'utf8').split(/\r?\n/).filter(Boolean);
  } catch (error) {
    throw new SentopsError('NOT_FOUND', `cannot read the vocabulary ${shown}`, {
      hint: 'give a text file with one word a line',
      place: { file },
      cause: error,
    });
  }
}
