import fs from 'node:fs';
import { generateReviews } from '../../src/lib/data/generate/generate-reviews.ts';

const LONGEST = 140;
const NOT_LATIN1 = /[^\p{ASCII}\u0080-\u00ff]/gu;
const BLOCK = 4 * 1024 * 1024;

/**
 * Synthetic rows in the form of Sentiment140: six quoted columns, no header, Latin-1, first all negative rows and then
 * all positive ones. Returns the bytes written.
 */
export function sentiment140(file: string, rows: number): number {
  const handle = fs.openSync(file, 'w');
  const each = Math.floor(rows / 2);
  const kinds = [
    { target: '0', positiveShare: 0, rows: rows - each },
    { target: '4', positiveShare: 1, rows: each },
  ];
  let id = 1_467_810_000;
  let block = '';
  const flush = () => {
    fs.writeSync(handle, Buffer.from(block, 'latin1'));
    block = '';
  };
  for (const [seed, { target, positiveShare, rows: count }] of kinds.entries()) {
    for (const { text } of generateReviews({ rows: count, seed, classes: 2, positiveShare })) {
      id += 1 + (id % 7);
      const minute = String(id % 60).padStart(2, '0');
      const tweet = text.replace(NOT_LATIN1, '');
      const fields = [target, id, `Mon Apr 06 22:${minute}:45 PDT 2009`, 'NO_QUERY', `user${id % 659_774}`];
      block += `"${fields.join('","')}","${tweet.slice(0, LONGEST).replaceAll('"', '""')}"\n`;
      if (block.length > BLOCK) flush();
    }
  }
  flush();
  fs.closeSync(handle);
  return fs.statSync(file).size;
}
