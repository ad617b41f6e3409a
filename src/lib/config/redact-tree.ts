import { REDACTED, redactor } from '../core/redact.ts';
import { blankCredentials } from './credentials.ts';
import type { Field, Section } from './fields/types.ts';
import { nodesAt, nodesBelow } from './names.ts';
import type { Path } from './path.ts';
import { isHidden } from './secret-fields.ts';
import { isSecret } from './secret-type.ts';
import { isMap } from './tree.ts';
import type { Json } from './types.ts';
import type { VariableDefinition } from './variables.ts';

type Definitions = ReadonlyMap<string, VariableDefinition>;

/** A value, and what the field table knows of its place. */
interface Spot {
  readonly path: Path;
  readonly nodes: readonly (Field | Section)[];
}

/** A copy to show: secrets by their names, literal ones blanked out, references as they are written. */
export function redactTree(value: unknown, path: Path, definitions: Definitions): Json {
  return redactAt(value, { path, nodes: nodesAt(path) }, definitions);
}

function redactAt(value: unknown, spot: Spot, definitions: Definitions): Json {
  if (typeof value === 'string') return redactText(value, spot, definitions);
  if (typeof value === 'number') return isHidden(spot.path, definitions, spot.nodes[0]) ? REDACTED : value;
  if (typeof value === 'boolean') return value;
  if (isSecret(value)) return value.toString();
  if (Array.isArray(value)) return value.map((item, index) => redactAt(item, below(spot, String(index)), definitions));
  if (!isMap(value)) return null;
  const entries = Object.entries(value).map(([key, child]): [string, Json] => [
    key,
    redactAt(child, below(spot, key), definitions),
  ]);
  return Object.fromEntries(entries);
}

function below({ path, nodes }: Spot, key: string): Spot {
  return { path: [...path, key], nodes: nodesBelow(nodes, key) };
}

function redactText(text: string, { path, nodes }: Spot, definitions: Definitions): string {
  const [node] = nodes;
  // What is built in is no secret, and most of what is shown is built in.
  if (node?.node === 'field' && node.meta.default === text) return redactor.redact(text);
  const isReference = /^\$\{[^{}]*\}$/.test(text);
  if (text !== '' && !isReference && isHidden(path, definitions, node)) return REDACTED;
  return redactor.redact(blankCredentials(text));
}
