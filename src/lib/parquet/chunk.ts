import zlib from 'node:zlib';
import type { Budget } from './budget.ts';
import { damaged } from './damaged.ts';
import { type ChunkPlace, describeLeaf, type Leaf, PHYSICAL } from './footer.ts';
import { readRuns } from './runs.ts';
import { integerField, sizeField, structField, ThriftReader, type ThriftStruct } from './thrift-reader.ts';
import { unpack } from './unpack.ts';
import {
  countOf,
  joinValues,
  lookUp,
  readByteStreams,
  readDeltaIntegers,
  readDeltaLengths,
  readDeltaTexts,
  readPlain,
  type Values,
} from './values.ts';

/** One column of one row group: its values without nulls, and the levels that say where nulls and lists are. */
export interface Chunk {
  readonly values: Values;
  /** Null where every value is there. */
  readonly definition: Uint8Array | null;
  /** Null for columns without lists. */
  readonly repetition: Uint8Array | null;
  /** Length of the levels. */
  readonly count: number;
}

const PAGE = { data: 0, dictionary: 2, dataV2: 3 } as const;
const ENCODING = {
  plain: 0,
  oldDictionary: 2,
  runs: 3,
  deltas: 5,
  deltaLengths: 6,
  deltaTexts: 7,
  dictionary: 8,
  streams: 9,
};
/** A page holds a few megabytes; Spark's and our own models at most a vector of 2^27 numbers. */
const MAX_PAGE = 2 ** 30;
const MAX_VALUES = 2 ** 27;

/** Reads a column chunk: a dictionary page where there is one, then data pages of either version. */
export async function readChunk(bytes: Uint8Array, place: ChunkPlace, leaf: Leaf, budget: Budget): Promise<Chunk> {
  if (place.values > MAX_VALUES) throw damaged(`${describeLeaf(leaf)} has ${place.values} values in one row group`);
  const pages: Page[] = [];
  let dictionary: Values | null = null;
  let read = 0;
  let count = 0;
  while (count < place.values) {
    const { header, type, body, unpacked, end } = readHeader(bytes, read, leaf);
    read = end;
    if (type === PAGE.dictionary) {
      if (dictionary !== null) throw damaged(`${describeLeaf(leaf)} has two dictionaries in one row group`);
      const inner = structField(header, 7, 'dictionary');
      dictionary = await readDictionary({ inner, body, unpacked, leaf, codec: place.codec, budget });
    } else if (type === PAGE.data || type === PAGE.dataV2) {
      const inner = structField(header, type === PAGE.data ? 5 : 8, 'page header');
      const each = countField(inner, place.values - count, leaf);
      // Whatever lies in a page of no values, nothing of it is needed.
      if (each === 0) continue;
      const request = { inner, body, unpacked, leaf, codec: place.codec, count: each, dictionary, budget };
      pages.push(await (type === PAGE.data ? readPageV1(request) : readPageV2(request)));
      count += each;
    }
  }
  return joinPages(pages, leaf, count);
}

function readHeader(bytes: Uint8Array, start: number, leaf: Leaf) {
  const reader = new ThriftReader(bytes, start);
  const header = reader.struct();
  const packed = sizeField(header, 3, 'size of a page');
  const unpacked = sizeField(header, 2, 'size of a page');
  if (packed > bytes.length - reader.offset) throw damaged(`a page of ${describeLeaf(leaf)} is cut off`);
  if (unpacked > MAX_PAGE) throw damaged(`a page of ${describeLeaf(leaf)} is too large: ${unpacked} bytes`);
  const end = reader.offset + packed;
  const body = bytes.subarray(reader.offset, end);
  // Of the bytes as they lie in the file, without the header (parquet.thrift, PageHeader).
  if (header.has(4) && integerField(header, 4, 'checksum of a page') >>> 0 !== zlib.crc32(body)) {
    throw damaged(`a page of ${describeLeaf(leaf)} does not fit its checksum`);
  }
  return { header, type: integerField(header, 1, 'kind of a page'), body, unpacked, end };
}

interface Page {
  readonly values: Values;
  readonly definition: Uint8Array | null;
  readonly repetition: Uint8Array | null;
  readonly count: number;
}
interface DictionaryRequest {
  readonly inner: ThriftStruct;
  readonly body: Uint8Array;
  readonly unpacked: number;
  readonly leaf: Leaf;
  readonly codec: number;
  readonly budget: Budget;
}
interface PageRequest extends DictionaryRequest {
  readonly count: number;
  readonly dictionary: Values | null;
}

async function readDictionary({ inner, body, unpacked, leaf, codec, budget }: DictionaryRequest): Promise<Values> {
  const count = sizeField(inner, 1, 'size of a dictionary');
  const bytes = await unpackWithin(budget, codec, body, unpacked, leaf);
  return readPlain(bytes, leaf, count);
}

/** The bytes of a page; what is not packed lies in memory already. */
async function unpackWithin(budget: Budget, codec: number, body: Uint8Array, unpacked: number, leaf: Leaf) {
  if (codec !== 0) budget.spend(unpacked, describeLeaf(leaf));
  return await unpack(codec, body, unpacked);
}

/** Eight bytes for a number or for where a text begins and ends, and one for each level. */
function spendValues({ budget, count, leaf }: PageRequest): void {
  const levels = (leaf.maxDefinition > 0 ? 1 : 0) + (leaf.maxRepetition > 0 ? 1 : 0);
  budget.spend(count * (8 + levels), describeLeaf(leaf));
}

/** Version 1: levels and values are packed together, the levels each behind their length. */
async function readPageV1(request: PageRequest): Promise<Page> {
  const { inner, body, unpacked, leaf, codec, count, budget } = request;
  spendValues(request);
  const bytes = await unpackWithin(budget, codec, body, unpacked, leaf);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let read = 0;
  const levels = (max: number): Uint8Array | null => {
    if (max === 0) return null;
    const length = read + 4 <= bytes.length ? view.getUint32(read, true) : Number.POSITIVE_INFINITY;
    if (length > bytes.length - read - 4) throw damaged(`a page of ${describeLeaf(leaf)} is cut off`);
    const output = new Uint8Array(count);
    readRuns(bytes, read + 4, read + 4 + length, bitWidth(max), output, max);
    read += 4 + length;
    return output;
  };
  const repetition = levels(leaf.maxRepetition);
  const definition = levels(leaf.maxDefinition);
  const present = countPresent(definition, count, leaf);
  const values = decode(integerField(inner, 2, 'encoding'), bytes.subarray(read), present, request);
  return { values, definition: present === count ? null : definition, repetition, count };
}

/** Version 2: the levels stand unpacked before the values, their lengths are in the header. */
async function readPageV2(request: PageRequest): Promise<Page> {
  const { inner, body, unpacked, leaf, codec, count, budget } = request;
  spendValues(request);
  const definitionLength = sizeField(inner, 5, 'length of levels');
  const repetitionLength = sizeField(inner, 6, 'length of levels');
  const start = definitionLength + repetitionLength;
  if (start > body.length || start > unpacked) throw damaged(`a page of ${describeLeaf(leaf)} is cut off`);
  const levels = (from: number, length: number, max: number): Uint8Array | null => {
    if (max === 0) return null;
    const output = new Uint8Array(count);
    readRuns(body, from, from + length, bitWidth(max), output, max);
    return output;
  };
  const repetition = levels(0, repetitionLength, leaf.maxRepetition);
  const definition = levels(repetitionLength, definitionLength, leaf.maxDefinition);
  const isPacked = inner.get(7) !== false;
  const bytes = await unpackWithin(budget, isPacked ? codec : 0, body.subarray(start), unpacked - start, leaf);
  const present = countPresent(definition, count, leaf);
  const values = decode(integerField(inner, 4, 'encoding'), bytes, present, request);
  return { values, definition: present === count ? null : definition, repetition, count };
}

function countField(inner: ThriftStruct, most: number, leaf: Leaf): number {
  const count = sizeField(inner, 1, 'number of values');
  if (count > most) throw damaged(`the pages of ${describeLeaf(leaf)} hold more values than its header says`);
  return count;
}

function countPresent(definition: Uint8Array | null, count: number, leaf: Leaf): number {
  if (definition === null) return count;
  let present = 0;
  const full = leaf.maxDefinition;
  for (let index = 0; index < count; index++) if (definition[index] === full) present++;
  return present;
}

function bitWidth(max: number): number {
  return 32 - Math.clz32(max);
}

function decode(encoding: number, bytes: Uint8Array, count: number, request: PageRequest): Values {
  const { leaf, dictionary, budget } = request;
  switch (encoding) {
    case ENCODING.plain:
      return readPlain(bytes, leaf, count);
    case ENCODING.oldDictionary:
    case ENCODING.dictionary:
      return readNumbers(bytes, leaf, count, dictionary);
    case ENCODING.runs:
      if (leaf.type === PHYSICAL.boolean) return readFlags(bytes, count);
      break;
    case ENCODING.deltas:
      if (leaf.type === PHYSICAL.int32 || leaf.type === PHYSICAL.int64) return readDeltaIntegers(bytes, leaf, count);
      break;
    case ENCODING.deltaLengths:
      if (leaf.type === PHYSICAL.bytes) return readDeltaLengths(bytes, count);
      break;
    case ENCODING.deltaTexts:
      if (leaf.type === PHYSICAL.bytes || leaf.type === PHYSICAL.fixed) {
        const texts = readDeltaTexts(bytes, count, Math.min(MAX_PAGE, budget.left));
        if (texts.kind === 'bytes') budget.spend(texts.bytes.length, describeLeaf(leaf));
        return texts;
      }
      break;
    case ENCODING.streams:
      return readByteStreams(bytes, leaf, count);
  }
  throw damaged(`${describeLeaf(leaf)} has encoding ${encoding}, which is not supported`);
}

function readNumbers(bytes: Uint8Array, leaf: Leaf, count: number, dictionary: Values | null): Values {
  if (dictionary === null) throw damaged(`${describeLeaf(leaf)} has no dictionary`);
  const numbers = new Int32Array(count);
  const width = bytes[0] ?? 0;
  const size = countOf(dictionary);
  // Wider numbers would need a dictionary of more than 16 million entries; see readRuns.
  if (width > 24) throw damaged(`the dictionary of ${describeLeaf(leaf)} is too large`);
  if (count > 0 && size === 0) throw damaged(`the dictionary of ${describeLeaf(leaf)} is empty`);
  if (count > 0 && bytes.length === 0) throw damaged(`a page of ${describeLeaf(leaf)} is cut off`);
  if (width > 0) readRuns(bytes, 1, bytes.length, width, numbers, size - 1);
  return lookUp(dictionary, numbers);
}

function readFlags(bytes: Uint8Array, count: number): Values {
  if (bytes.length < 4) throw damaged('a page of true and false is cut off');
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  if (length > bytes.length - 4) throw damaged('a page of true and false is cut off');
  const values = new Uint8Array(count);
  readRuns(bytes, 4, 4 + length, 1, values, 1);
  return { kind: 'booleans', values };
}

function joinPages(pages: readonly Page[], leaf: Leaf, count: number): Chunk {
  const [only] = pages;
  if (only !== undefined && pages.length === 1) return only;
  const values = joinValues(pages.map(page => page.values));
  const anyNull = pages.some(page => page.definition !== null);
  const definition = anyNull ? joinLevels(pages, count, page => page.definition, leaf.maxDefinition) : null;
  const repetition = leaf.maxRepetition > 0 ? joinLevels(pages, count, page => page.repetition, 0) : null;
  return { values, definition, repetition, count };
}

function joinLevels(
  pages: readonly Page[],
  count: number,
  levels: (page: Page) => Uint8Array | null,
  otherwise: number,
): Uint8Array {
  const output = new Uint8Array(count).fill(otherwise);
  let at = 0;
  for (const page of pages) {
    const part = levels(page);
    if (part !== null) output.set(part, at);
    at += page.count;
  }
  return output;
}
