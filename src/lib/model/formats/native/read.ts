import zlib from 'node:zlib';
import { SentopsError } from '../../../core/errors.ts';
import type { FittedModel } from '../../types.ts';
import { isRecord } from '../check-fields.ts';
import { checkModel } from '../check-model.ts';
import { parseJson } from '../parse-json.ts';
import { type ArrayEntry, decodeArray, type Encoding } from './arrays.ts';
import { damagedFile, FILE_NAME } from './damaged-file.ts';
import { FIXED, MAGIC, PLACE, VERSION } from './layout.ts';
import { fromJson } from './plain-data.ts';

/** Largest array of a model: 2 GiB of numbers. */
const MAX_LENGTH = 2 ** 28;

/** Reads the bytes of model.sentops; the layout stands in docs/model-format.md. */
export function readNative(bytes: Uint8Array): FittedModel {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = checkFixedPart(file);
  const start = FIXED + length;
  const header = file.subarray(FIXED, start);
  if (zlib.crc32(header) !== file.readUInt32LE(PLACE.headerSum))
    throw damagedFile('the checksum of its header is wrong');
  if (zlib.crc32(file.subarray(start)) !== file.readUInt32LE(PLACE.bodySum)) {
    throw damagedFile('the checksum of its arrays is wrong');
  }
  const json = parseJson(header.toString('utf8'), what => damagedFile(`its header ${what}`));
  if (!isRecord(json) || !Array.isArray(json['arrays'])) throw damagedFile('its header lists no arrays');
  const entries = json['arrays'].map(entry => checkEntry(entry, start, file.length));
  if (entries.reduce((sum, entry) => sum + entry.bytes, 0) > file.length) {
    throw damagedFile('its arrays are more than the file holds');
  }
  const made = new Map<number, Float64Array | Int32Array>();
  const array = (index: unknown) => {
    const entry = typeof index === 'number' ? entries[index] : undefined;
    if (entry === undefined || typeof index !== 'number') throw damagedFile('it points at an array that is not there');
    const ready = made.get(index) ?? decodeArray(file, entry);
    made.set(index, ready);
    return ready;
  };
  return checkModel(fromJson(json['model'], array));
}

export function isNative(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, index) => bytes[index] === byte);
}

/** Returns the length of the header. */
function checkFixedPart(file: Buffer): number {
  if (!isNative(file)) throw damagedFile('it does not begin as such a file does');
  if (file.length < FIXED) throw damagedFile('it is cut off');
  const version = file.readUInt32LE(PLACE.version);
  if (version > VERSION) {
    throw new SentopsError('DATA_INVALID', `${FILE_NAME} has version ${version}, this sentops reads up to ${VERSION}`, {
      hint: 'update sentops, or convert the model to the Spark format with the version that wrote it',
    });
  }
  if (version === 0) throw damagedFile('it has version 0');
  const whole = file.readBigUInt64LE(PLACE.fileLength);
  if (whole !== BigInt(file.length)) throw damagedFile(`it has ${file.length} bytes and should have ${whole}`);
  const length = file.readUInt32LE(PLACE.headerLength);
  if (length % 8 !== 0 || FIXED + length > file.length) throw damagedFile('its header has an impossible length');
  return length;
}

const ENCODINGS: readonly string[] = ['plain', 'f32', 'bits+f64', 'bits+f32'] satisfies readonly Encoding[];

function checkEntry(entry: unknown, start: number, end: number): ArrayEntry {
  if (!isRecord(entry)) throw damagedFile('an array is not described');
  const { type, length, encoding, offset, bytes } = entry;
  const fits =
    (type === 'f64' || type === 'i32') &&
    typeof encoding === 'string' &&
    ENCODINGS.includes(encoding) &&
    isSize(length, MAX_LENGTH) &&
    isSize(bytes, end) &&
    isSize(offset, end - bytes) &&
    offset >= start &&
    // A flag for each value is the least that an array is stored with.
    length <= bytes * 8;
  if (!fits) throw damagedFile('an array is not where the file says');
  return { type, length, encoding: encoding as Encoding, offset, bytes };
}

function isSize(value: unknown, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max;
}
