import { formatPath, type Path } from '../path.ts';
import { isSecret, type Secret } from '../secret-type.ts';
import { composeSecret } from '../secrets.ts';
import { childOf, isMap, type JsonMap } from '../tree.ts';
import type { Json } from '../types.ts';
import {
  hasReference,
  parseTemplate,
  type Reference,
  soleReference,
  type Template,
  TemplateError,
} from './template.ts';
import { UnresolvedReference } from './unresolved-reference.ts';

/** A value after interpolation: as in the file, with secrets in place of the references to them. */
export type Resolved = Json | Secret | Resolved[] | { [key: string]: Resolved };

/** Names that are not values of the tree: variables, environment, dates and so on. */
export interface Names {
  /** Undefined where the name belongs to the tree. */
  lookUp(name: string, resolver: NameResolver, at: Path): Lookup | undefined;
  /** The error for a path of the tree that holds nothing. */
  missing(name: string, path: Path, at: Path): UnresolvedReference;
  /** Fits a text that came from a reference to the type that the field wants (`port: ${env.PORT}`). */
  fit(value: Resolved, at: Path): Resolved;
}

/** `value` undefined: the name is known and has no value; `error` says so where there is no default. */
export interface Lookup {
  readonly value: Resolved | undefined;
  readonly error?: () => UnresolvedReference;
  /** A secret that may turn out to be absent only when it is read takes its default along. */
  readonly withFallback?: (fallback: Resolved) => Resolved;
}

export interface NameResolver {
  /** Resolves a value that stands outside of the tree, under a name of its own for cycles: `var.x`. */
  resolveNamed(name: string, value: Json, at: Path): Resolved;
}

export interface Resolver {
  /** The resolved value at a path, undefined where the tree has none; throws UnresolvedReference. */
  resolveAt(path: Path): Resolved | undefined;
}

/** References may double a text at each step ("billion laughs"): far above real values, far below trouble. */
const LONGEST_TEXT = 1024 * 1024;
const LONGEST_TEXTS = 16 * LONGEST_TEXT;
const MOST_VALUES = 100_000;
const LONGEST_CHAIN = 100;

export function createResolver(tree: JsonMap, names: Names): Resolver {
  return new TreeResolver(tree, names);
}

class TreeResolver implements Resolver, NameResolver {
  readonly #tree: JsonMap;
  readonly #names: Names;
  readonly #memo = new Map<string, Resolved>();
  /** Names being resolved, outermost first: a name that appears twice is a cycle. */
  readonly #chain: string[] = [];
  readonly #sizes = new WeakMap<object, number>();
  /** What references have added so far, to the whole tree. */
  #addedValues = 0;
  #addedText = 0;

  constructor(tree: JsonMap, names: Names) {
    this.#tree = tree;
    this.#names = names;
  }

  resolveAt(path: Path): Resolved | undefined {
    let value: unknown = this.#tree;
    let isResolved = false;
    for (const [depth, key] of path.entries()) {
      if (!isResolved && typeof value === 'string' && hasReference(value)) {
        value = this.#resolveChild(value, path.slice(0, depth));
        isResolved = true;
      }
      value = childOf(value, key);
    }
    if (value === undefined) return undefined;
    return isResolved ? (value as Resolved) : this.#resolveChild(value as Json, path);
  }

  resolveNamed(name: string, value: Json, at: Path): Resolved {
    const known = this.#memo.get(name);
    if (known !== undefined) return known;
    if (this.#chain.includes(name)) throw this.#cycle(name, at);
    if (this.#chain.length >= LONGEST_CHAIN) {
      throw new UnresolvedReference(
        'size',
        at,
        `more than ${LONGEST_CHAIN} references lead from one to the next`,
        'shorten the chain',
      );
    }
    this.#chain.push(name);
    try {
      const resolved = this.#resolveValue(value, at);
      this.#memo.set(name, resolved);
      return resolved;
    } finally {
      this.#chain.pop();
    }
  }

  /** Only texts with references and what holds them need a name; the rest is taken as it is. */
  #resolveChild(value: Json, path: Path): Resolved {
    if (typeof value === 'string' ? !hasReference(value) : !(isMap(value) || Array.isArray(value))) return value;
    if (path.length === 0) return this.#resolveValue(value, path);
    return this.resolveNamed(formatPath(path), value, path);
  }

  #resolveValue(value: Json, path: Path): Resolved {
    if (typeof value === 'string') return hasReference(value) ? this.#resolveText(value, path) : value;
    if (Array.isArray(value)) {
      return this.#bounded(
        value.map((item, index) => this.#resolveChild(item, [...path, String(index)])),
        path,
      );
    }
    if (!isMap(value)) return value;
    const entries = Object.entries(value).map(
      ([key, child]) => [key, this.#resolveChild(child, [...path, key])] as const,
    );
    return this.#bounded(Object.fromEntries(entries), path);
  }

  #resolveText(text: string, path: Path): Resolved {
    return this.#names.fit(this.#fill(parseAt(text, path), path), path);
  }

  #fill(template: Template, path: Path): Resolved {
    const sole = soleReference(template);
    if (sole !== null) return this.#countCopy(this.#resolveReference(sole, path), path);
    const parts = template.map(part => (typeof part === 'string' ? part : this.#resolvePart(part, path)));
    const length = parts.reduce((sum, part) => sum + (typeof part === 'string' ? part.length : 0), 0);
    this.#addedText += length;
    if (length > LONGEST_TEXT || this.#addedText > LONGEST_TEXTS) {
      throw new UnresolvedReference(
        'size',
        path,
        `the references expand to a text of more than ${LONGEST_TEXT} characters`,
        'refer to fewer values',
      );
    }
    return parts.some(isSecret) ? composeSecret(parts) : parts.join('');
  }

  #resolvePart(reference: Reference, path: Path): string | Secret {
    const value = this.#resolveReference(reference, path);
    if (isSecret(value)) return value;
    if (typeof value === 'object' && value !== null) {
      const kind = Array.isArray(value) ? 'list' : 'map';
      throw new UnresolvedReference(
        'type',
        path,
        `\${${reference.name}} is a ${kind} and cannot stand inside a text`,
        'refer to one of its values, or let the reference be the whole value',
      );
    }
    return String(value ?? '');
  }

  #resolveReference(reference: Reference, at: Path): Resolved {
    const { name, fallback } = reference;
    const found = this.#names.lookUp(name, this, at) ?? this.#lookUpPath(name, at);
    const isGiven = found.value !== undefined && found.value !== null && found.value !== '';
    if (fallback === undefined) {
      if (found.value !== undefined) return found.value;
      throw found.error?.() ?? this.#names.missing(name, [], at);
    }
    if (isGiven && found.withFallback === undefined) return found.value as Resolved;
    const alternative = fallback.length === 0 ? '' : this.#fill(fallback, at);
    return isGiven && found.withFallback !== undefined ? found.withFallback(alternative) : alternative;
  }

  #lookUpPath(name: string, at: Path): Lookup {
    const path = pathOf(name, at);
    return { value: this.resolveAt(path), error: () => this.#names.missing(name, path, at) };
  }

  #cycle(name: string, at: Path): UnresolvedReference {
    const circle = [...this.#chain.slice(this.#chain.indexOf(name)), name];
    // The chain holds values and the maps around them; only what refers onward explains the circle.
    const shown = circle.filter((step, index) => index === 0 || !step.startsWith(`${circle[index - 1]}.`));
    return new UnresolvedReference(
      'cycle',
      at,
      `the references go in a circle: ${shown.join(' → ')}`,
      'give one of them a value of its own',
    );
  }

  /** Shared parts are counted every time they appear, as whoever walks the result will meet them. */
  #bounded<T extends Resolved[] | { [key: string]: Resolved }>(container: T, path: Path): T {
    const size = Object.values(container).reduce<number>((sum, child) => sum + this.#sizeOf(child), 1);
    if (size > MOST_VALUES) throw tooManyValues(path);
    this.#sizes.set(container, size);
    return container;
  }

  #countCopy(value: Resolved, path: Path): Resolved {
    this.#addedValues += this.#sizeOf(value);
    if (this.#addedValues > MOST_VALUES) throw tooManyValues(path);
    return value;
  }

  #sizeOf(value: Resolved): number {
    return typeof value === 'object' && value !== null ? (this.#sizes.get(value) ?? 1) : 1;
  }
}

function tooManyValues(path: Path): UnresolvedReference {
  return new UnresolvedReference(
    'size',
    path,
    `the references expand to more than ${MOST_VALUES} values`,
    'refer to fewer values',
  );
}

function parseAt(text: string, path: Path): Template {
  try {
    return parseTemplate(text);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new UnresolvedReference('syntax', path, error.message, 'close it with }, or write $${ for a literal ${');
  }
}

function pathOf(name: string, at: Path): Path {
  const path = name.split('.');
  if (path.every(key => /^[^"'[\]]+$/.test(key))) return path;
  throw new UnresolvedReference(
    'syntax',
    at,
    `\${${name}} is not the path of a value`,
    'write keys with dots between them, as in ${train.numFeatures}',
  );
}
