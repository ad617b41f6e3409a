import { getAt } from '../config/tree.ts';
import type { LayerKind, Project } from '../config/types.ts';
import type { TableRequest } from './rows.ts';

/** Layers that speak of this one call, not of the project. */
export const CALL_LAYERS: readonly LayerKind[] = ['flag', 'set'];

/** The layer that a value comes from; `key` is written with dots. */
export function layerOf({ layers }: Pick<Project, 'layers'>, key: string): LayerKind {
  const at = key.split('.');
  return layers.find(layer => getAt(layer.values, at) !== undefined)?.kind ?? 'default';
}

/** True where somebody said it for this call. */
export function isOfCall(project: Pick<Project, 'layers'>, key: string): boolean {
  return CALL_LAYERS.includes(layerOf(project, key));
}

/** The values that were given for this call, the strongest first. */
export function valuesOfCall({ layers }: Project): Project['layers'][number]['values'][] {
  return layers.filter(layer => CALL_LAYERS.includes(layer.kind)).map(layer => layer.values);
}

/** Columns that the command line names. */
export interface ColumnNames {
  readonly textColumn?: string | undefined;
  readonly labelColumn?: string | undefined;
}

/**
 * What the project says of the rows of its dataset. The defaults say nothing, and a file that is not the project's own
 * is looked at.
 */
export function readRowFormat(
  project: Project,
  { textColumn, labelColumn }: ColumnNames,
  isOwn: boolean,
): TableRequest {
  const { format } = project.config.dataset;
  const said = (key: string) => {
    const kind = layerOf(project, `dataset.format.${key}`);
    return kind !== 'default' && (isOwn || CALL_LAYERS.includes(kind));
  };
  return {
    ...(said('type') ? { type: format.type } : {}),
    ...(said('header') ? { header: format.header } : {}),
    ...(said('encoding') ? { encoding: format.encoding } : {}),
    ...(said('delimiter') ? { delimiter: format.delimiter } : {}),
    ...(said('columns') ? { columnNames: format.columns } : {}),
    ...(said('text') ? { textColumn: format.text } : {}),
    ...(said('label') ? { labelColumn: format.label } : {}),
    ...(textColumn === undefined ? {} : { textColumn }),
    ...(labelColumn === undefined ? {} : { labelColumn }),
  };
}

/** The labels that somebody wrote down: those of the reference dataset are merged below every map and say nothing. */
export function readLabelClasses({ layers, config }: Project): Readonly<Record<string, number>> | null {
  const said = layers
    .filter(layer => layer.kind !== 'default')
    .flatMap(layer => Object.keys(getAt(layer.values, ['dataset', 'format', 'labels']) ?? {}));
  const labels = Object.entries(config.dataset.format.labels).filter(([label]) => said.includes(label));
  return labels.length > 0 ? Object.fromEntries(labels) : null;
}
