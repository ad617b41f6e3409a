export interface MarkupElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (MarkupElement | string)[];
}

interface OpenElement {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: (MarkupElement | string)[];
}

const VOID = new Set(['meta', 'br', 'hr', 'img', 'link', 'input']);
const TAG = /^<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z][a-zA-Z:-]*="[^"<>]*")*)\s*(\/?)>/;
const ATTRIBUTE = /([a-zA-Z][a-zA-Z:-]*)="([^"<>]*)"/g;
const ENTITY = /&(?:amp|lt|gt|quot|#39);/g;
const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};

/**
 * Reads XML, or HTML written as strictly: every tag closed, every attribute quoted, every `&` and `<` of a text escaped,
 * no id twice, no sign that XML forbids. Throws on anything else, so that a page that slips is seen.
 */
export function readMarkup(source: string): MarkupElement {
  const root: OpenElement = { name: '#root', attributes: {}, children: [] };
  const open: OpenElement[] = [root];
  const ids = new Set<string>();
  let rest = source.replace(/^<!doctype html>\s*/, '');
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(rest) || !rest.isWellFormed()) {
    throw new Error('a sign that XML forbids');
  }
  while (rest !== '') {
    const top = open.at(-1) ?? root;
    if (!rest.startsWith('<')) {
      const end = rest.indexOf('<');
      const text = end === -1 ? rest : rest.slice(0, end);
      top.children.push(top.name === 'style' ? text : decode(text));
      rest = rest.slice(text.length);
      continue;
    }
    const tag = TAG.exec(rest);
    if (!tag) throw new Error(`not a tag: ${rest.slice(0, 80)}`);
    const [all, closing, name = '', attributes = '', empty] = tag;
    rest = rest.slice(all.length);
    if (closing) {
      if (top.name !== name) throw new Error(`</${name}> closes <${top.name}>`);
      open.pop();
      continue;
    }
    const element: OpenElement = { name, attributes: readAttributes(attributes, ids), children: [] };
    top.children.push(element);
    if (!empty && !VOID.has(name)) open.push(element);
  }
  if (open.length !== 1) throw new Error(`<${open.at(-1)?.name}> is never closed`);
  return root;
}

function readAttributes(source: string, ids: Set<string>): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name = '', value = ''] of source.matchAll(ATTRIBUTE)) {
    if (name in attributes) throw new Error(`${name} twice`);
    attributes[name] = decode(value);
    if (name !== 'id') continue;
    if (ids.has(value)) throw new Error(`the id ${value} twice`);
    ids.add(value);
  }
  return attributes;
}

function decode(text: string): string {
  if (text.replaceAll(ENTITY, '').includes('&')) throw new Error(`a bare & in ${text.slice(0, 80)}`);
  return text.replaceAll(ENTITY, entity => ENTITIES[entity] ?? entity);
}

/** All elements of a name, in document order. */
export function findAll(element: MarkupElement, name: string): MarkupElement[] {
  return element.children.flatMap(child => {
    if (typeof child === 'string') return [];
    const below = findAll(child, name);
    return child.name === name ? [child, ...below] : below;
  });
}

export function textOf(element: MarkupElement): string {
  return element.children.map(child => (typeof child === 'string' ? child : textOf(child))).join('');
}
