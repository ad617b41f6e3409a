import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fitsChecksum } from '../../../src/lib/model/formats/spark/fits-checksum.ts';
import { loadModel } from '../../../src/lib/model/load.ts';
import { readSparkFiles } from '../../../src/lib/model/read-files.ts';
import { saveModel } from '../../../src/lib/model/save.ts';
import type { FittedModel } from '../../../src/lib/model/types.ts';
import { sampleModels } from '../../helpers/sample-models.ts';

const SVC = sampleModels()['svc'] as FittedModel;
let dir: string;
const at = (...parts: string[]) => path.join(dir, ...parts);

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-files-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

/** As Hadoop writes it beside every file. */
function sums(bytes: Uint8Array, piece = 512): Buffer {
  const count = Math.ceil(bytes.length / piece);
  const output = Buffer.alloc(8 + count * 4);
  output.write('crc\0', 0, 'latin1');
  output.writeInt32BE(piece, 4);
  for (let index = 0; index < count; index++)
    output.writeUInt32BE(zlib.crc32(bytes.subarray(index * piece, (index + 1) * piece)), 8 + index * 4);
  return output;
}

async function saveWithSums(): Promise<string[]> {
  await saveModel(SVC, at('m'), { format: 'spark' });
  const entries = fs.readdirSync(at('m'), { recursive: true, withFileTypes: true }).filter(each => each.isFile());
  const files = entries.map(each => path.join(each.parentPath, each.name));
  for (const file of files)
    fs.writeFileSync(path.join(path.dirname(file), `.${path.basename(file)}.crc`), sums(fs.readFileSync(file)));
  return files;
}

describe('the checksums that Spark writes beside its files were passed over', () => {
  test('so that a flipped bit in a coefficient scored wrongly without a word', async () => {
    const files = await saveWithSums();
    expect((await loadModel(at('m'))).labels).toEqual(SVC.labels);
    expect(files.length).toBeGreaterThan(4);
    for (const file of files) {
      const good = fs.readFileSync(file);
      const bad = Buffer.from(good);
      const middle = good.length >> 1;
      bad[middle] = (bad[middle] ?? 0) ^ 0x04;
      fs.writeFileSync(file, bad);
      await expect(loadModel(at('m'))).rejects.toMatchObject({
        code: 'DATA_INVALID',
        message: expect.stringMatching(/(metadata|data)\/part-\S+ does not fit its checksum/u),
      });
      fs.writeFileSync(file, good);
    }
    expect((await loadModel(at('m'))).labels).toEqual(SVC.labels);
  });

  test('and a model of Spark without them is read as it is', async () => {
    await saveModel(SVC, at('m'), { format: 'spark' });
    expect((await loadModel(at('m'))).labels).toEqual(SVC.labels);
  });

  test.each([0, 1, 511, 512, 513, 1024, 1025])('a file of %i bytes', size => {
    const bytes = Buffer.from(Array.from({ length: size }, (_, index) => index * 7));
    expect(fitsChecksum(bytes, sums(bytes))).toBe(true);
    expect(fitsChecksum(bytes, sums(bytes, 100))).toBe(true);
    expect(fitsChecksum(Buffer.concat([bytes, Buffer.alloc(513)]), sums(bytes))).toBe(false);
    if (size === 0) return;
    expect(fitsChecksum(bytes, sums(bytes).subarray(0, -1))).toBe(false);
    expect(fitsChecksum(bytes.subarray(0, -1), sums(bytes))).toBe(false);
  });

  test('what is no file of checksums counts for nothing, pieces of no length do', () => {
    expect(fitsChecksum(Buffer.from('x'), Buffer.from('crc'))).toBe(true);
    expect(fitsChecksum(Buffer.from('x'), Buffer.from('CRC\0\0\0\u0002\0\0\0\0\0', 'latin1'))).toBe(true);
    for (const piece of [0, -512]) {
      const broken = sums(Buffer.from('x'));
      broken.writeInt32BE(piece, 4);
      expect(fitsChecksum(Buffer.from('x'), broken)).toBe(false);
    }
  });
});

describe('reading a folder', () => {
  test('took everything into memory that lay in it: now what the pipeline is made of', async () => {
    await saveModel(SVC, at('m'), { format: 'spark' });
    const before = [...readSparkFiles(at('m')).keys()].toSorted();
    for (const file of [
      'thesis.txt',
      'subModels/fold0/0/metadata/part-00000',
      'metadata/_SUCCESS',
      'metadata/.hidden',
    ]) {
      fs.mkdirSync(path.dirname(at('m', file)), { recursive: true });
      fs.writeFileSync(at('m', file), 'x');
    }
    expect([...readSparkFiles(at('m')).keys()].toSorted()).toEqual(before);
    expect(before).toContain('metadata/part-00000');
  });

  test('a file beyond 2 GiB ended with an error of the system', async () => {
    fs.mkdirSync(at('n'));
    fs.writeFileSync(at('n/model.sentops'), '');
    fs.truncateSync(at('n/model.sentops'), 2 ** 31 + 8);
    await saveModel(SVC, at('m'), { format: 'spark' });
    fs.truncateSync(at('m/metadata/part-00000'), 2 ** 32);
    for (const place of ['n', 'n/model.sentops', 'm'])
      await expect(loadModel(at(place))).rejects.toMatchObject({
        code: 'DATA_INVALID',
        message: expect.stringContaining('too large for a part of a model'),
      });
  });
});
