import type { TableRequest } from '../rows.ts';
import { findNamed, findTextColumn, isLabelValue } from './column-names.ts';

type Fields = readonly (string | null)[];

const NAME_LIKE = /^[\p{L}_][\p{L}\p{N}_ ./()-]{0,39}$/u;

/** Whether the first row names the columns: it has a name that is known, or reads like names and unlike its columns. */
export function hasHeader(rows: readonly Fields[], request: TableRequest): boolean {
  if (request.header !== undefined) return request.header;
  const names = (rows[0] ?? []).map(field => field ?? '');
  if (request.columnNames) return request.columnNames.every((name, index) => name === names[index]?.trim());
  const asked = [request.textColumn, request.labelColumn].filter(name => name !== undefined);
  if (asked.some(name => findNamed(names, name) !== undefined)) return true;
  return findTextColumn(names) !== undefined || (names.length > 1 && readsLikeNames(names, rows.slice(1)));
}

function readsLikeNames(names: readonly string[], rest: readonly Fields[]): boolean {
  const isNames = names.every(name => NAME_LIKE.test(name) && !isLabelValue(name) && name.split(' ').length <= 3);
  if (!isNames || new Set(names).size < names.length || rest.length === 0) return false;
  const comesAgain = names.some((name, column) => rest.some(row => row[column] === name));
  return !comesAgain && names.some((name, column) => isUnlike(name, rest, column));
}

/** Numbers or labels below a word, or texts that are much longer than it. */
function isUnlike(name: string, rest: readonly Fields[], column: number): boolean {
  const values = rest.map(row => row[column] ?? '').filter(value => value !== '');
  if (values.length === 0) return false;
  const areLabels = values.every(value => isLabelValue(value) || Number.isFinite(Number(value)));
  const length = values.reduce((sum, value) => sum + value.length, 0) / values.length;
  return areLabels || length > 3 * name.length;
}
