import fs from 'node:fs';
import { generateReviews } from '../../src/lib/data/generate/generate-reviews.ts';

interface ReviewsFile {
  readonly rows: number;
  readonly seed?: number;
  readonly classes?: number;
  /** Writes a label as the file is to have it. */
  readonly label?: (name: string) => string;
  readonly header?: string;
}

/** Writes a CSV of generated reviews, as a user would bring one. */
export function writeReviews(
  file: string,
  { rows, seed = 1, classes = 2, label = name => name, header = 'text,label' }: ReviewsFile,
): string {
  const lines = [...generateReviews({ rows, seed, classes })].map(
    review => `"${review.text.replaceAll('"', '""')}",${label(review.label)}`,
  );
  fs.writeFileSync(file, [header, ...lines, ''].filter((line, at) => line !== '' || at > 0).join('\n'));
  return file;
}
