/** A text with references: `gs://${var.bucket}-raw/${env.DAY:-${date:yyyy-MM-dd}}`. */
export type Template = readonly Part[];
type Part = string | Reference;

export interface Reference {
  /** What stands between the braces, without the default: `var.bucket`, `date:yyyy-MM-dd`. */
  readonly name: string;
  /** After `:-`; used where the name has no value or an empty one. */
  readonly fallback?: Template;
}

/** What is wrong with the text, in words; the caller knows where it stands. */
export class TemplateError extends Error {}

export function hasReference(text: string): boolean {
  return text.includes('${');
}

/** `$${` stands for `${`; a lone `$` is just itself. */
export function parseTemplate(text: string): Template {
  const reader = { text, at: 0, depth: 0 };
  return readParts(reader);
}

/** The one reference that the whole text consists of, or null: its value keeps its type. */
export function soleReference(template: Template): Reference | null {
  const [only] = template;
  return template.length === 1 && typeof only === 'object' ? only : null;
}

interface Reader {
  readonly text: string;
  at: number;
  depth: number;
}

const DEEPEST = 20;

function readParts(reader: Reader): Part[] {
  const parts: Part[] = [];
  let literal = '';
  const { text } = reader;
  while (reader.at < text.length) {
    if (reader.depth > 0 && text[reader.at] === '}') break;
    if (text.startsWith('$${', reader.at)) {
      literal += '${';
      reader.at += 3;
    } else if (text.startsWith('${', reader.at)) {
      if (literal !== '') parts.push(literal);
      literal = '';
      parts.push(readReference(reader));
    } else {
      literal += text[reader.at];
      reader.at += 1;
    }
  }
  if (literal !== '') parts.push(literal);
  return parts;
}

function readReference(reader: Reader): Reference {
  const { text } = reader;
  const start = reader.at;
  if (reader.depth >= DEEPEST) throw new TemplateError(`defaults are nested more than ${DEEPEST} levels deep`);
  reader.at += 2;
  const end = /:-|\}|\$\{/g;
  end.lastIndex = reader.at;
  const stop = end.exec(text);
  if (stop === null) throw new TemplateError(`"${text.slice(start, start + 40)}" is never closed with }`);
  if (stop[0] === '${') throw new TemplateError('a name cannot contain another ${…}; only a default after :- can');
  const name = text.slice(reader.at, stop.index).trim();
  if (name === '') throw new TemplateError('a ${…} without a name');
  reader.at = stop.index + stop[0].length;
  if (stop[0] === '}') return { name };
  reader.depth += 1;
  const fallback = readParts(reader);
  reader.depth -= 1;
  if (text[reader.at] !== '}') throw new TemplateError(`"${text.slice(start, start + 40)}" is never closed with }`);
  reader.at += 1;
  return { name, fallback };
}
