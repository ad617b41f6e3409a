import { FIELDS } from './fields/index.ts';
import type { Field, NumberType, Section, ValueType } from './fields/types.ts';
import { envName } from './names.ts';
import { formatPath, type Path } from './path.ts';

const LONGEST_CELL = 100;

/** Every key of the project file as Markdown, one table for each top-level section. */
export function renderReference(): string {
  const top = Object.entries(FIELDS.fields);
  const single = top.filter(([, node]) => node.node === 'field');
  const sections = top.flatMap(([key, node]) => (node.node === 'section' ? [renderSection(key, node)] : []));
  return [
    '# The project file, key by key',
    '',
    'Generated from the field table: do not edit. A value is set, strongest first, by its flag, `--set key=value`, its',
    'environment name, an ecosystem environment name, `.env`, `sentops.local.yaml`, the target, the project file, its',
    'includes, the user file, and last the default in this table.',
    '',
    'Any value may be a text with `${…}`; keys in kebab or snake case are accepted with a warning.',
    '',
    '## Top level',
    '',
    ...renderTable(single.flatMap(([key, node]) => rowsOf(node, [key]))),
    '',
    ...single.flatMap(([key, node]) => longDefaults(node, key)),
    ...sections,
  ].join('\n');
}

function renderSection(key: string, section: Section): string {
  return [
    `## ${key}`,
    '',
    escapeText(section.doc),
    '',
    ...renderTable(rowsOf(section, [key])),
    '',
    ...longDefaults(section, key),
  ].join('\n');
}

function renderTable(rows: readonly string[]): string[] {
  return [
    '| Key | Type | Default | Flag | Environment | Driver argument | What it is |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ];
}

function rowsOf(node: Field | Section, path: Path): string[] {
  if (node.node === 'field') return [fieldRow(node, path), ...itemRows(node.type, path)];
  const rows = Object.entries(node.fields).flatMap(([key, child]) => rowsOf(child, [...path, key]));
  return node.open
    ? [...rows, row([code(`${formatPath(path)}.*`), 'any', '', '', '', '', escapeText(node.doc)])]
    : rows;
}

/** Keys inside the items of a map or list; those of an overlay stand elsewhere already. */
function itemRows(type: ValueType, path: Path): string[] {
  const items = type.kind === 'union' ? type.of : type.kind === 'list' || type.kind === 'map' ? [type.of] : [];
  const item = type.kind === 'list' ? '<n>' : '<name>';
  return items.flatMap(of => {
    if (!('node' in of)) return type.kind === 'map' && of.kind === 'union' ? itemRows(of, path) : [];
    const entries = Object.entries(of.fields).filter(([key]) => !(of.partial && isDocumented(path, key)));
    return entries.flatMap(([key, node]) => rowsOf(node, [...path, item, key]));
  });
}

/** A target has every section of the file, a variant the arguments of the training job. */
function isDocumented(path: Path, key: string): boolean {
  const parent: Readonly<Record<string, unknown>> = path.length === 1 ? FIELDS.fields : FIELDS.fields.train.fields;
  return Object.hasOwn(parent, key);
}

function fieldRow(field: Field, path: Path): string {
  const { flag, char, env = [], driver, doc, secret, fileOnly } = field.meta;
  const isFixed = !fileOnly && !path.some(key => key.startsWith('<'));
  const environment = [...(isFixed ? [envName(path.join('.'))] : []), ...env];
  return row([
    code(path.map(key => (key.startsWith('<') ? key : formatPath([key]))).join('.')),
    escapeText(typeLabel(field.type) + (secret ? ', secret' : '')),
    defaultCell(field),
    flag === undefined ? '' : code(`--${flag}`) + (char === undefined ? '' : `, ${code(`-${char}`)}`),
    environment.map(code).join(', '),
    driver === undefined ? '' : code(driver),
    escapeText(doc),
  ]);
}

function defaultCell(field: Field): string {
  if (field.meta.default === undefined) return '';
  return isLong(field) ? 'below' : code(JSON.stringify(field.meta.default));
}

function isLong(field: Field): boolean {
  return JSON.stringify(field.meta.default ?? '').length > LONGEST_CELL;
}

/** Defaults that would tear the table apart stand under it. */
function longDefaults(node: Field | Section, path: string): string[] {
  if (node.node === 'section')
    return Object.entries(node.fields).flatMap(([key, child]) => longDefaults(child, `${path}.${key}`));
  if (!isLong(node)) return [];
  return [`Default of \`${path}\`:`, '', '```json', JSON.stringify(node.meta.default, null, 2), '```', ''];
}

/** Short, for a table cell: `integer 2…30`, `list of text`, `a | b`. */
function typeLabel(type: ValueType | Section): string {
  if ('node' in type) return 'section';
  switch (type.kind) {
    case 'string':
      return type.format ?? 'text';
    case 'integer':
    case 'number':
      return [type.kind, rangeLabel(type), type.unit ?? ''].filter(Boolean).join(' ');
    case 'enum':
      return type.values.join(' | ') + (type.open ? ' | …' : '');
    case 'list':
      return `list of ${typeLabel(type.of)}`;
    case 'map':
      return `map of ${typeLabel(type.of)}`;
    case 'union':
      return type.of.map(typeLabel).join(' | ');
    default:
      return type.kind;
  }
}

function rangeLabel(range: NumberType): string {
  const { min, max, above } = range;
  if (above !== undefined) return `> ${above}${max === undefined ? '' : `, ≤ ${max}`}`;
  if (min !== undefined && max !== undefined) return min === max ? String(min) : `${min}…${max}`;
  if (min !== undefined) return `≥ ${min}`;
  return max === undefined ? '' : `≤ ${max}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}

/** Angle brackets would be tags, a bar would end the cell. */
function escapeText(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
