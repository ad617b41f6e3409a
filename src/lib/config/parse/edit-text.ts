import type { Document, Node, Pair, YAMLMap, YAMLSeq } from 'yaml';
import { SentopsError } from '../../core/errors.ts';
import { formatPath, type Path } from '../path.ts';
import { getAt, isMap, withoutValueAt, withValueAt } from '../tree.ts';
import type { Json } from '../types.ts';
import { parseDocument } from './parse-document.ts';

type Yaml = typeof import('yaml');

/** Replace `text` between two offsets. */
interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

interface Editor {
  readonly yaml: Yaml;
  readonly text: string;
  readonly document: Document.Parsed;
}

/**
 * Sets one value in the text of a YAML file, or removes it (null). Only the lines concerned change, so that comments,
 * order, quoting and blank lines stay as they are. What has no simple place in the text (a value behind an alias) is
 * left to the YAML library, which may lay out the file anew.
 */
export async function editText(text: string, path: Path, value: Json): Promise<string> {
  const yaml = await import('yaml');
  const before = (await parseDocument(text, '')).values;
  const wanted = value === null ? withoutValueAt(before, path) : withValueAt(before, path, value);
  if (value === null && getAt(before, path) === undefined) return text;
  const editor: Editor = { yaml, text, document: yaml.parseDocument(text, { keepSourceTokens: true, merge: false }) };
  const splice = value === null ? removal(editor, path) : assignment(editor, path, value);
  const edited = splice === null ? null : text.slice(0, splice.from) + splice.text + text.slice(splice.to);
  if (edited !== null && (await saysExactly(edited, wanted))) return edited;
  const rewritten = rewrite(editor, path, value);
  if (rewritten !== null && (await saysExactly(rewritten, wanted))) return rewritten;
  throw new SentopsError(
    'CONFIG_INVALID',
    `${formatPath(path)} cannot be set by machine: it stands behind an alias or below a single value`,
    {
      hint: 'edit the file by hand',
    },
  );
}

async function saysExactly(text: string, wanted: Json): Promise<boolean> {
  const { values, problems } = await parseDocument(text, '');
  return problems.length === 0 && JSON.stringify(values) === JSON.stringify(wanted);
}

function rewrite({ document }: Editor, path: Path, value: Json): string | null {
  try {
    if (value === null) document.deleteIn(path);
    else document.setIn(path, value);
    return document.toString({ lineWidth: 0 });
  } catch {
    return null;
  }
}

function assignment(editor: Editor, path: Path, value: Json): Splice | null {
  const { yaml, text, document } = editor;
  let node: unknown = document.contents;
  if (!yaml.isCollection(node) || (yaml.isMap(node) && node.items.length === 0 && !node.flow)) {
    return append(text, linesFor(yaml, path, value, ''));
  }
  for (const [depth, key] of path.entries()) {
    const rest = path.slice(depth + 1);
    if (yaml.isSeq(node)) {
      const item: unknown = node.items[Number(key)];
      if (item === undefined) return insertItem(editor, node, nest(rest, value));
      if (rest.length === 0) return replaceItem(editor, node, item, value);
      node = item;
      continue;
    }
    if (!yaml.isMap(node)) return null;
    const pair: Pair | undefined = pairOf(yaml, node, key);
    if (pair === undefined) return insertPair(editor, node, path.slice(depth), value);
    if (rest.length === 0) return replaceValue(editor, node, pair, value);
    if (isEmpty(yaml, pair.value)) return fillEmpty(editor, node, pair, rest, value);
    node = pair.value;
  }
  return null;
}

function replaceItem({ yaml }: Editor, list: YAMLSeq, item: unknown, value: Json): Splice | null {
  if (!yaml.isScalar(item) || !item.range || item.type?.startsWith('BLOCK')) return null;
  return { from: item.range[0], to: item.range[1], text: inline(yaml, value, list.flow === true) };
}

function replaceValue(editor: Editor, map: YAMLMap, pair: Pair, value: Json): Splice | null {
  const { yaml, text } = editor;
  const node = pair.value;
  const written = inline(yaml, value, map.flow === true);
  const colon = colonOf(pair);
  if (isEmpty(yaml, node)) return colon === null ? null : { from: colon + 1, to: colon + 1, text: ` ${written}` };
  if (!yaml.isNode(node) || !node.range) return null;
  const isInline =
    yaml.isAlias(node) ||
    (yaml.isScalar(node) && !node.type?.startsWith('BLOCK')) ||
    (yaml.isCollection(node) && node.flow);
  if (isInline && !hasProperties(node)) return { from: node.range[0], to: node.range[1], text: written };
  if (colon === null || hasProperties(node)) return null;
  const end = lineEnd(text, lastOffset(yaml, node) ?? node.range[1]);
  const lineBreak = /\r?\n$/.exec(text.slice(Math.max(0, end - 2), end))?.[0] ?? '';
  return { from: colon + 1, to: end, text: ` ${written}${lineBreak}` };
}

function insertPair(editor: Editor, map: YAMLMap, rest: Path, value: Json): Splice | null {
  const { yaml, text } = editor;
  const last = map.items.at(-1);
  if (map.flow)
    return insertIntoFlow(
      editor,
      map,
      `${inline(yaml, rest[0] ?? '', true)}: ${inline(yaml, nest(rest.slice(1), value), true)}`,
    );
  const first = map.items[0]?.key;
  if (last === undefined || !yaml.isNode(first) || !first.range) return null;
  const column = columnOf(text, first.range[0]);
  const at = behindComments(text, lineEnd(text, endOfPair(yaml, last) ?? first.range[1]), column);
  return insertLines(text, at, linesFor(yaml, rest, value, ' '.repeat(column)));
}

/** Comments that are indented deeper than the new key belong to what stands above it. */
function behindComments(text: string, from: number, column: number): number {
  const line = /^([ ]*)#[^\n]*(?:\n|$)/.exec(text.slice(from, lineEnd(text, from + 1)));
  return line === null || (line[1] ?? '').length <= column ? from : behindComments(text, from + line[0].length, column);
}

function insertItem(editor: Editor, list: YAMLSeq, value: Json): Splice | null {
  const { yaml, text } = editor;
  if (list.flow) return insertIntoFlow(editor, list, inline(yaml, value, true));
  const last: unknown = list.items.at(-1);
  if (!yaml.isNode(last) || !last.range) return null;
  const indent = /^[ ]*(?=- )/.exec(text.slice(lineStart(text, last.range[0])))?.[0];
  if (indent === undefined) return null;
  return insertLines(
    text,
    lineEnd(text, lastOffset(yaml, last) ?? last.range[1]),
    `${indent}- ${inline(yaml, value, false)}\n`,
  );
}

function insertIntoFlow({ yaml, text }: Editor, collection: YAMLMap | YAMLSeq, written: string): Splice | null {
  if (!collection.range) return null;
  const last = collection.items.at(-1);
  const end = yaml.isPair(last) ? endOfPair(yaml, last) : lastOffset(yaml, last);
  if (end !== null && collection.items.length > 0) return { from: end, to: end, text: `, ${written}` };
  const isSpread = text.slice(collection.range[0], collection.range[1]).includes('\n');
  return isSpread
    ? null
    : {
        from: collection.range[0] + 1,
        to: collection.range[1] - 1,
        text: yaml.isMap(collection) ? ` ${written} ` : written,
      };
}

/** `train:` with nothing below it gets its first lines. */
function fillEmpty({ yaml, text }: Editor, map: YAMLMap, pair: Pair, rest: Path, value: Json): Splice | null {
  const colon = colonOf(pair);
  if (colon === null || !yaml.isNode(pair.key) || !pair.key.range) return null;
  if (map.flow) return { from: colon + 1, to: colon + 1, text: ` ${inline(yaml, nest(rest, value), true)}` };
  const indent = ' '.repeat(columnOf(text, pair.key.range[0]) + 2);
  return insertLines(text, lineEnd(text, colon), linesFor(yaml, rest, value, indent));
}

/** Takes the lines of a key away, and those of the maps around it that would be left empty. */
function removal({ yaml, text, document }: Editor, path: Path): Splice | null {
  let node: unknown = document.contents;
  let target: { readonly map: YAMLMap; readonly pair: Pair } | null = null;
  for (const key of path) {
    if (!yaml.isMap(node)) return null;
    const pair = pairOf(yaml, node, key);
    if (pair === undefined) return null;
    if (target === null || node.items.length > 1) target = { map: node, pair };
    node = pair.value;
  }
  if (target?.map.flow) return removalFromFlow(yaml, target.map, target.pair);
  if (target === null || !yaml.isNode(target.pair.key) || !target.pair.key.range) return null;
  const from = lineStart(text, target.pair.key.range[0]);
  if (text.slice(from, target.pair.key.range[0]).trim() !== '') return null;
  const last = endOfPair(yaml, target.pair) ?? target.pair.key.range[1];
  return { from, to: lineEnd(text, last), text: '' };
}

/** With the comma that parts it from its neighbour. */
function removalFromFlow(yaml: Yaml, map: YAMLMap, pair: Pair): Splice | null {
  const index = map.items.indexOf(pair);
  const before = map.items[index - 1];
  const from = before === undefined ? startOf(yaml, pair) : endOfPair(yaml, before);
  const after = map.items[index + 1];
  const to = before === undefined ? after && startOf(yaml, after) : endOfPair(yaml, pair);
  return typeof from === 'number' && typeof to === 'number' ? { from, to, text: '' } : null;
}

function startOf(yaml: Yaml, pair: Pair): number | null {
  return (yaml.isNode(pair.key) && pair.key.range?.[0]) || null;
}

function pairOf(yaml: Yaml, map: YAMLMap, key: string): Pair | undefined {
  return map.items.find(pair => yaml.isScalar(pair.key) && String(pair.key.value) === key);
}

function linesFor(yaml: Yaml, path: Path, value: Json, indent: string): string {
  const [key = '', ...rest] = path;
  const head = `${indent}${inline(yaml, key, false)}:`;
  return rest.length === 0
    ? `${head} ${inline(yaml, value, false)}\n`
    : `${head}\n${linesFor(yaml, rest, value, `${indent}  `)}`;
}

/** A value on one line; inside braces and brackets whatever might end it is quoted. */
function inline(yaml: Yaml, value: Json, isFlow: boolean): string {
  if (typeof value === 'string' && (value.includes('\n') || (isFlow && /[{}[\],#:]/.test(value))))
    return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(item => inline(yaml, item, true)).join(', ')}]`;
  if (!isMap(value)) return yaml.stringify(value, { lineWidth: 0, singleQuote: false }).trimEnd();
  const entries = Object.entries(value).map(
    ([key, child]) => `${inline(yaml, key, true)}: ${inline(yaml, child, true)}`,
  );
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

function nest(path: Path, value: Json): Json {
  return path.reduceRight<Json>((inner, key) => ({ [key]: inner }), value);
}

function append(text: string, lines: string): Splice {
  return insertLines(text, text.length, lines);
}

function insertLines(text: string, at: number, lines: string): Splice {
  const needsBreak = at > 0 && text[at - 1] !== '\n';
  const isCrlf = text.includes('\r\n');
  const added = `${needsBreak ? '\n' : ''}${lines}`;
  return { from: at, to: at, text: isCrlf ? added.replaceAll('\n', '\r\n') : added };
}

/** The end of what a value says, without the comments and blank lines behind it. */
function lastOffset(yaml: Yaml, node: unknown): number | null {
  if (!yaml.isNode(node) || !node.range) return null;
  if (!yaml.isCollection(node) || node.flow) return isEmpty(yaml, node) ? null : node.range[1];
  const last: unknown = node.items.at(-1);
  if (yaml.isPair(last)) return endOfPair(yaml, last);
  return lastOffset(yaml, last) ?? node.range[1];
}

function endOfPair(yaml: Yaml, pair: Pair): number | null {
  return lastOffset(yaml, pair.value) ?? colonOf(pair) ?? lastOffset(yaml, pair.key);
}

function isEmpty(yaml: Yaml, node: unknown): boolean {
  return (
    node === null ||
    (yaml.isScalar(node) && node.range !== undefined && node.range !== null && node.range[0] === node.range[1])
  );
}

function hasProperties(node: Node): boolean {
  return ('anchor' in node && node.anchor !== undefined) || node.tag !== undefined;
}

function colonOf(pair: Pair): number | null {
  const separators = pair.srcToken?.sep ?? [];
  return separators.find(token => token.type === 'map-value-ind')?.offset ?? null;
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Behind the line break of the line that an offset ends in. */
function lineEnd(text: string, offset: number): number {
  if (offset > 0 && text[offset - 1] === '\n') return offset;
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}
