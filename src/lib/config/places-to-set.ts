import type { Field, Section } from './fields/types.ts';
import { envName, fieldAt } from './names.ts';
import { formatPath, type Path } from './path.ts';
import { type VariableDefinition, variableEnvNames } from './variables.ts';

/** How the place of the definition reads: `variables.region.default in sentops.yaml:12`. */
type PlaceName = (path: Path) => string | undefined;

/** Every place where a variable may be given, strongest first, for the error that says it has no value. */
export function placesForVariable(
  name: string,
  definition: VariableDefinition,
  target: string | null,
  placeName: PlaceName,
): string[] {
  const written = placeName(['variables', name]);
  return [
    ...(definition.secret ? [] : [`--var ${name}=…`]),
    ...variableEnvNames(name).slice(-1),
    ...definition.env,
    `targets.${target ?? '<target>'}.variables.${name}`,
    `variables.${name} in sentops.local.yaml`,
    `variables.${name}.default in ${written ?? 'sentops.yaml'}`,
  ];
}

/** The same for a value of the field table. */
export function placesForField(path: Path, target: string | null): string[] {
  const name = formatPath(path);
  const node: Field | Section | undefined = fieldAt(path);
  const meta = node?.node === 'field' ? node.meta : undefined;
  return [
    ...(meta?.flag === undefined ? [] : [`--${meta.flag}`]),
    `--set ${name}=…`,
    ...(node?.node === 'field' ? [envName(path.join('.'))] : []),
    ...(meta?.env ?? []),
    `${name} in sentops.local.yaml`,
    `targets.${target ?? '<target>'}.${name}`,
    `${name} in sentops.yaml`,
  ];
}
