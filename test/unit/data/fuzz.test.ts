import zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { SentopsError } from '../../../src/lib/core/errors.ts';
import { openTable } from '../../../src/lib/data/open-table.ts';
import { createRandom } from '../../../src/lib/data/random.ts';
import type { TableRequest } from '../../../src/lib/data/rows.ts';
import { fieldOf, sourceOf } from './tables.ts';

/** SENTOPS_FUZZ=100000 for a long run, SENTOPS_FUZZ_SEED for another one. */
const RUNS = Number(process.env['SENTOPS_FUZZ'] ?? 2000);

const SEED = Number(process.env['SENTOPS_FUZZ_SEED'] ?? 20_240);

const SEEDS: readonly Buffer[] = [
  Buffer.from('text,label\n"a ""quoted"" text, really",1\nplain,0\n"two\nlines",1\n'),
  Buffer.from('"0","1467810369","Mon","NO_QUERY","user","is upset :-\\""\n"4","2","Tue","NO_QUERY","u","good"\n'),
  Buffer.from('text\tlabel\r\ngut\tpositive\r\nschlecht\tnegative\r\n'),
  Buffer.from('I love this!,1\nI hate it,0\n'),
  Buffer.from('{"text":"good","label":1,"meta":{"a":[1,2]}}\n{"text":"b\\u00e4d","label":0}\n"only text"\n'),
  Buffer.from('\ufeffreview;stars\n"schön";5\n"übel";1\n'),
  Buffer.from('text,label\nsch\xf6n,1\n\xfcbel,0\n', 'latin1'),
  Buffer.from('\ufefftext,label\ngood,1\nbäd,0\n', 'utf16le'),
  Buffer.from('just a line\nand another, with a comma\n'),
  zlib.gzipSync('text,label\ngood,1\nbad,0\n'),
  zlib.zstdCompressSync('text,label\ngood,1\nbad,0\n'),
];
const TOKENS = [
  '"',
  '""',
  ',',
  '\n',
  '\r',
  '\r\n',
  '\t',
  ';',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ':',
  'null',
  '\u0000',
  '\xff',
  '\xfe',
  '\xc3',
  '\xed\xa0\x80',
  '\xf4\x90',
  'text',
  'PAR1',
  '\x1f\x8b',
  '\x28\xb5\x2f\xfd',
];

function mutate(bytes: Buffer, random: () => number): Buffer {
  let out = bytes;
  const times = 1 + Math.floor(random() * 6);
  for (let time = 0; time < times; time++) {
    const at = Math.floor(random() * (out.length + 1));
    const to = Math.min(out.length, at + Math.floor(random() * 12));
    const token = Buffer.from(TOKENS[Math.floor(random() * TOKENS.length)] as string, 'latin1');
    const kind = Math.floor(random() * 5);
    if (kind === 0) out = Buffer.concat([out.subarray(0, at), token, out.subarray(at)]);
    else if (kind === 1) out = Buffer.concat([out.subarray(0, at), out.subarray(to)]);
    else if (kind === 2) out = Buffer.concat([out.subarray(0, to), out.subarray(at)]);
    else if (kind === 3)
      out = Buffer.concat([out.subarray(0, at), Buffer.from([Math.floor(random() * 256)]), out.subarray(at + 1)]);
    else out = Buffer.concat([out, out.subarray(at, to)]);
  }
  return out;
}

function chooseRequest(random: () => number): TableRequest {
  const type = [undefined, undefined, undefined, 'csv', 'jsonl', 'parquet'][
    Math.floor(random() * 6)
  ] as TableRequest['type'];
  return {
    needsLabel: random() < 0.5,
    ...(type ? { type } : {}),
    ...(random() < 0.1 ? { header: random() < 0.5 } : {}),
  };
}

/** Rows as text, or the code of the error. Anything but an error of ours is thrown. */
async function attempt(bytes: Buffer, chunk: number, request: TableRequest): Promise<string> {
  try {
    const table = await openTable(sourceOf(bytes, { chunk }), request);
    const rows: unknown[] = [];
    const { textColumn, labelColumn } = table.layout;
    for await (const batch of table.batches([textColumn, labelColumn ?? textColumn], new AbortController().signal)) {
      for (let row = 0; row < batch.rows; row++) {
        rows.push([...batch.columns.map(column => fieldOf(column, row)), batch.record(row)]);
      }
    }
    return JSON.stringify([rows, table.statistics()]);
  } catch (error) {
    if (!(error instanceof SentopsError)) throw error;
    // How far unpacking got before the damage was seen depends on the chunks.
    return `${error.code} ${error.message.replace(/ cannot be unpacked: .*/, ' cannot be unpacked')}`;
  }
}

describe('damaged tables', () => {
  test(`${RUNS} of them are read or refused in our own words, the same for every chunking`, {
    timeout: 0,
  }, async () => {
    const random = createRandom(SEED, 1);
    let read = 0;
    for (let run = 0; run < RUNS; run++) {
      const bytes = mutate(SEEDS[run % SEEDS.length] as Buffer, random);
      const request = chooseRequest(random);
      const whole = await attempt(bytes, bytes.length || 1, request).catch(error => {
        throw new Error(`run ${run}: ${JSON.stringify(bytes.toString('latin1'))} ${JSON.stringify(request)}`, {
          cause: error,
        });
      });
      const pieces = await attempt(bytes, 1 + Math.floor(random() * 9), request);
      expect(pieces, `run ${run}: ${JSON.stringify(bytes.toString('latin1'))} ${JSON.stringify(request)}`).toBe(whole);
      if (whole.startsWith('[')) read++;
    }
    // Neither everything nor nothing can be read.
    expect(read).toBeGreaterThan(RUNS / 10);
    expect(read).toBeLessThan((RUNS * 9) / 10);
  });
});
