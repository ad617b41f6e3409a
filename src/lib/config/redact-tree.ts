import { REDACTED, redactor } from '../core/redact.ts';
import type { Path } from './path.ts';
import { isHidden } from './secret-fields.ts';
import { isSecret } from './secret-type.ts';
import { isMap } from './tree.ts';
import type { Json } from './types.ts';
import type { VariableDefinition } from './variables.ts';

/** A copy to show: secrets by their names, literal ones blanked out, references as they are written. */
export function redactTree(value: unknown, path: Path, definitions: ReadonlyMap<string, VariableDefinition>): Json {
  if (isSecret(value)) return value.toString();
  if (typeof value === 'string') return redactText(value, path, definitions);
  if (Array.isArray(value)) return value.map((item, index) => redactTree(item, [...path, String(index)], definitions));
  if (isMap(value)) {
    const entries = Object.entries(value).map(([key, child]): [string, Json] => [
      key,
      redactTree(child, [...path, key], definitions),
    ]);
    return Object.fromEntries(entries);
  }
  return typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

function redactText(text: string, path: Path, definitions: ReadonlyMap<string, VariableDefinition>): string {
  const isReference = /^\$\{[^{}]*\}$/.test(text);
  if (text !== '' && !isReference && isHidden(path, definitions)) return REDACTED;
  return redactor.redact(text);
}
