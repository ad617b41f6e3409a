import { SentopsError } from '../../core/errors.ts';
import type { StoredObject } from '../types.ts';
import { findAt } from './find.ts';
import { missing } from './missing.ts';
import { openPlaces, type Place, type StorageCall } from './place.ts';

export interface PrintCall extends StorageCall {
  readonly locations: readonly string[];
  /** `100-199`, `100-` or `-100`: first and last byte as in HTTP; the whole object where absent. */
  readonly range?: string | undefined;
  readonly dryRun: boolean;
  stream(chunk: Uint8Array): Promise<void>;
}

export interface PrintedObject {
  uri: string;
  /** Printed, or to be printed. */
  bytes: number;
}

export interface PrintResult {
  items: PrintedObject[];
  bytes: number;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Sends objects as they are, one after the other. All are found before the first byte is sent. */
export async function printObjects(call: PrintCall): Promise<PrintResult> {
  const spanOf = readRange(call.range);
  const objects = await findAll(call);
  const items: PrintedObject[] = [];
  for (const { place, object } of objects) {
    const span = spanOf(object.bytes);
    const sent = call.dryRun ? span.end - span.start : await send(place, object, span, call);
    items.push({ uri: object.uri, bytes: sent });
  }
  return { items, bytes: items.reduce((sum, { bytes }) => sum + bytes, 0) };
}

async function findAll(call: PrintCall): Promise<{ readonly place: Place; readonly object: StoredObject }[]> {
  const places = openPlaces(call);
  const all: { place: Place; object: StoredObject }[] = [];
  for (const location of call.locations) {
    const place = await places.at(location);
    const found = await findAt(place, call.signal);
    if (found.objects.length === 0 && found.folders.length === 0) throw await missing(found, call.signal);
    if (found.objects.length === 0)
      throw new SentopsError('FLAG_INVALID', `${location} is a folder: there is nothing to print of it`, {
        hint: 'name an object, or use a pattern: **/*.csv',
        details: { location },
      });
    all.push(...found.objects.map(object => ({ place, object })));
  }
  return all;
}

async function send({ storage }: Place, object: StoredObject, span: Span, call: PrintCall): Promise<number> {
  const isWhole = span.start === 0 && span.end === object.bytes;
  if (span.end <= span.start) return 0;
  let sent = 0;
  // A read of the whole object is one whose checksum the store's adapter can compare.
  const options = { signal: call.signal, generation: object.generation, ...(isWhole ? {} : span) };
  for await (const chunk of storage.read(object.uri, options)) {
    await call.stream(chunk);
    sent += chunk.length;
  }
  return sent;
}

function readRange(text: string | undefined): (bytes: number) => Span {
  if (text === undefined) return bytes => ({ start: 0, end: bytes });
  const [, first = '', last = ''] = /^(\d*)-(\d*)$/.exec(text.trim()) ?? [];
  const isBackward = first !== '' && last !== '' && Number(last) < Number(first);
  if ((first === '' && last === '') || isBackward)
    throw new SentopsError('FLAG_INVALID', `--range: ${JSON.stringify(text)} is no range of bytes`, {
      hint: 'give the first and the last byte: 0-99 for the first hundred, 100- for all but these, -100 for the last hundred',
      details: { flag: '--range', value: text },
    });
  if (first === '') return bytes => ({ start: Math.max(0, bytes - Number(last)), end: bytes });
  return bytes => ({
    start: Math.min(bytes, Number(first)),
    end: last === '' ? bytes : Math.min(bytes, Number(last) + 1),
  });
}
