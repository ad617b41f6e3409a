import { editText } from '../../config/parse/edit-text.ts';
import { parseValues } from '../../config/parse/parse-values.ts';
import { getAt } from '../../config/tree.ts';
import type { Json } from '../../config/types.ts';
import type { DatasetLock, LockedDataset, LockedFile } from './lock-types.ts';

const HEAD = `# What the datasets of this project were when they were fetched: written by sentops dataset download.
# Commit it: whoever downloads after you gets the same bytes, or is told what changed.
version: 1
datasets:
`;

/** The text with one entry replaced. Lines that others wrote stay: comments above an entry or a file, and behind it. */
export async function writeEntry(text: string, lock: DatasetLock, key: string, entry: LockedDataset): Promise<string> {
  const wanted = entryValues(entry);
  if (lock[key] !== undefined && JSON.stringify(entryValues(lock[key])) === JSON.stringify(wanted)) return text;
  const edited = replaceLines(text, lock, key, entry);
  if (edited !== null && (await says(edited, key, wanted))) return edited;
  // Somebody laid the file out in another way: the YAML library finds the place, on one line.
  return await editText(text, ['datasets', key], wanted);
}

async function says(text: string, key: string, wanted: Json): Promise<boolean> {
  const values = await parseValues(text);
  return JSON.stringify(getAt(values, ['datasets', key])) === JSON.stringify(wanted);
}

function entryValues({ source, ref, version, folder, partial, archives, files }: LockedDataset): Json {
  return {
    source,
    ref,
    version,
    ...(folder === null ? {} : { folder }),
    ...(partial ? { partial } : {}),
    ...(Object.keys(archives).length === 0 ? {} : { archives: sortedFiles(archives) }),
    files: sortedFiles(files),
  };
}

function sortedFiles(files: LockedDataset['files']): { [name: string]: Json } {
  const names = Object.keys(files).sort();
  return Object.fromEntries(names.map(name => [name, fileValues(files[name] as LockedFile)]));
}

function fileValues({ bytes, sha256, crc32c, tag, from }: LockedFile): Json {
  return {
    bytes,
    ...(sha256 === null ? {} : { sha256 }),
    crc32c,
    ...(tag === undefined ? {} : { tag }),
    ...(from === undefined ? {} : { from }),
  };
}

/** A line of an entry: what it is about, so that comments find it again, and its text. */
interface EntryLine {
  readonly about: string;
  readonly text: string;
}

function entryLines(key: string, entry: LockedDataset): EntryLine[] {
  const values = entryValues(entry) as { [name: string]: Json };
  const lines: EntryLine[] = [{ about: '', text: `  ${scalar(key)}:` }];
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string' || typeof value === 'boolean') {
      lines.push({ about: name, text: `    ${name}: ${typeof value === 'string' ? scalar(value) : value}` });
      continue;
    }
    const children = Object.entries(value as { [file: string]: { [field: string]: string | number } });
    lines.push({ about: name, text: `    ${name}:${children.length === 0 ? ' {}' : ''}` });
    for (const [file, fields] of children)
      lines.push({ about: `${name}/${file}`, text: `      ${scalar(file)}: ${flow(fields)}` });
  }
  return lines;
}

function flow(fields: Readonly<Record<string, string | number>>): string {
  const written = Object.entries(fields).map(
    ([name, value]) => `${name}: ${typeof value === 'number' ? value : scalar(value)}`,
  );
  return `{ ${written.join(', ')} }`;
}

/** Words that no reader of YAML takes for anything but a text stand as they are; the digits of a hash may be a number. */
function scalar(text: string): string {
  const isWord = /^[A-Za-z_][\w./:@+=-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n|nan|inf)$/i.test(text);
  const isHash = /^[0-9a-f]{64}$/.test(text) && /[abcdf]/.test(text);
  return (isWord && !text.endsWith(':')) || isHash ? text : JSON.stringify(text);
}

/** Null where the file has no entries in the form in which they are written here. */
function replaceLines(text: string, lock: DatasetLock, key: string, entry: LockedDataset): string | null {
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = (text.trim() === '' ? HEAD : text).replace(/\r?\n$/, '').split(/\r?\n/);
  const head = lines.findIndex(line => /^datasets:\s*(?:\{\s*\}\s*)?(?:#.*)?$/.test(line));
  if (head < 0) return null;
  lines[head] = (lines[head] ?? '').replace(/\{\s*\}/, '').trimEnd();
  const fresh = entryLines(key, entry);
  const old = lock[key];
  const span = old === undefined ? null : spanOf(lines, head, fresh[0]?.text ?? '');
  if (old !== undefined && span === null) return null;
  if (old === undefined || span === null) lines.splice(placeFor(lines, head, key), 0, ...fresh.map(line => line.text));
  else
    lines.splice(
      span.from,
      span.to - span.from,
      ...merge(lines.slice(span.from, span.to), entryLines(key, old), fresh),
    );
  return lines.join(lineBreak) + lineBreak;
}

/** The lines of an entry; comments that stand before the next one belong to that. */
function spanOf(lines: readonly string[], head: number, first: string): { from: number; to: number } | null {
  const from = lines.findIndex((line, index) => index > head && (line === first || line.startsWith(`${first} `)));
  if (from < 0) return null;
  let to = from + 1;
  for (let index = to; index < lines.length && !/^ {0,2}[^\s#]/.test(lines[index] ?? ''); index += 1)
    if (/^ {3,}\S/.test(lines[index] ?? '')) to = index + 1;
  return { from, to };
}

/** Entries are in the order of their keys, as far as they were before. */
function placeFor(lines: readonly string[], head: number, key: string): number {
  let place = head + 1;
  for (let index = head + 1; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (/^[^\s#]/.test(line)) break;
    const [, named] = /^ {2}([^\s#].*?):(?:\s|$)/.exec(line) ?? [];
    if (named !== undefined && named.replace(/^"|"$/g, '') > key) break;
    if (/^ {2,}[^\s#]/.test(line) || /^ {3,}#/.test(line)) place = index + 1;
  }
  return place;
}

/** The new lines, with the comments of the old ones that are about the same. */
function merge(actual: readonly string[], before: readonly EntryLine[], fresh: readonly EntryLine[]): string[] {
  const above = new Map<string, string[]>();
  const behind = new Map<string, string>();
  let waiting: string[] = [];
  for (const line of actual) {
    const known = before.find(({ text }) => line.startsWith(text) && /^\s*(?:#.*)?$/.test(line.slice(text.length)));
    if (known === undefined) {
      if (/^\s*(?:#.*)?$/.test(line)) waiting.push(line);
      continue;
    }
    above.set(known.about, waiting);
    behind.set(known.about, line.slice(known.text.length));
    waiting = [];
  }
  const merged = fresh.flatMap(({ about, text }) => [...(above.get(about) ?? []), text + (behind.get(about) ?? '')]);
  return [...merged, ...waiting];
}
