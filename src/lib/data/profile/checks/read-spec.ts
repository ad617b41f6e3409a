import path from 'node:path';
import { nameOfSaying, sayingsAbout } from '../../../config/locate.ts';
import { getAt } from '../../../config/tree.ts';
import type { LayerKind, Project } from '../../../config/types.ts';
import { SentopsError } from '../../../core/errors.ts';
import { isUri } from '../../../core/is-uri.ts';
import { suggest } from '../../../core/suggest.ts';
import type { TableRequest } from '../../rows.ts';
import { ANOMALIES } from '../anomalies.ts';
import type { ColumnRule, Rule, Rules } from './rules.ts';

/** What a check of data is told by the project file and the command line. */
export interface CheckSpec {
  readonly location: string;
  /** The file is the dataset of the project, not one given by hand. */
  readonly isOwn: boolean;
  readonly table: TableRequest;
  readonly labels: Readonly<Record<string, number>> | null;
  readonly rules: Rules;
}

export interface CheckOptions {
  readonly cwd: string;
  /** The dataset of the project where absent. */
  readonly location: string | undefined;
  readonly textColumn: string | undefined;
  readonly labelColumn: string | undefined;
}

/** Layers that speak of this one call, not of the project. */
const CALL: readonly LayerKind[] = ['flag', 'set'];

/** The sections of the project file that are read here. */
export const CHECK_SECTIONS = ['dataset', 'buckets'];

export function readCheckSpec(project: Project, options: CheckOptions): CheckSpec {
  const own = ownLocations(project);
  const location = options.location ?? (own[0] as string);
  const isOwn = own.includes(isUri(location) || location === '-' ? location : path.resolve(options.cwd, location));
  return {
    location,
    isOwn,
    table: readTable(project, options, isOwn),
    labels: isOwn ? readLabels(project) : null,
    rules: readRules(project, isOwn),
  };
}

/** The file of the dataset here and in its bucket. */
function ownLocations(project: Project): string[] {
  const { outputDir, file, gcsBucket, gcsPrefix } = project.config.dataset;
  const below = [gcsPrefix, file].filter(part => part !== '').join('/');
  const bucket = gcsBucket.replace(/\/+$/, '');
  const stored = isUri(bucket) ? `${bucket}/${below}` : path.resolve(project.dir, bucket, below);
  return [path.resolve(project.dir, outputDir, file), stored];
}

/** What the project says of its dataset; the defaults say nothing, and a file named by hand is looked at. */
function readTable(project: Project, { textColumn, labelColumn }: CheckOptions, isOwn: boolean): TableRequest {
  const { format } = project.config.dataset;
  const said = (key: string) => {
    const kind = kindOf(project, ['dataset', 'format', key]);
    return kind !== 'default' && (isOwn || CALL.includes(kind));
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
function readLabels({ layers, config }: Project): Readonly<Record<string, number>> | null {
  const said = layers
    .filter(layer => layer.kind !== 'default')
    .flatMap(layer => Object.keys(getAt(layer.values, ['dataset', 'format', 'labels']) ?? {}));
  const labels = Object.entries(config.dataset.format.labels).filter(([label]) => said.includes(label));
  return labels.length > 0 ? Object.fromEntries(labels) : null;
}

/**
 * The thresholds that somebody set. The defaults are those of Sentiment140: they hold for that dataset alone, and say
 * nothing about a file given by hand.
 */
function readRules(project: Project, isOwn: boolean): Rules {
  const { checks } = project.config.dataset;
  const isReference = isOwn && ['ref', 'file'].every(key => kindOf(project, ['dataset', key]) === 'default');
  const origin = (key: string) => {
    const [saying] = sayingsAbout(project.layers, ['dataset', 'checks', key]);
    if (saying === undefined || saying.layer.kind === 'default') return isReference ? 'default of Sentiment140' : null;
    // A project file above the working folder goes by its path: none of this machine is written into reports.
    const name = nameOfSaying(saying).replaceAll(`${project.dir}${path.sep}`, '');
    return name.startsWith('--') && saying.layer.kind === 'flag' ? name : `dataset.checks.${key} in ${name}`;
  };
  const rule = <K extends keyof typeof checks>(key: K): { [P in K]?: Rule<NonNullable<(typeof checks)[K]>> } => {
    const value = checks[key];
    const from = origin(key);
    return value === undefined || from === null ? {} : ({ [key]: { value, origin: from } } as never);
  };
  checkAnomalies(checks.maxAnomalyFraction);
  return {
    ...rule('minRows'),
    ...rule('maxRows'),
    ...rule('maxNullFraction'),
    ...rule('minLabelFraction'),
    ...rule('maxBadFraction'),
    ...rule('maxDuplicateFraction'),
    ...rule('maxContradictionFraction'),
    ...rule('maxPersonalFraction'),
    ...rule('maxAnomalyFraction'),
    ...rule('encoding'),
    ...readAllowed(rule('labels').labels),
    // Whoever names a second file wants to know.
    maxLeakFraction: { value: checks.maxLeakFraction, origin: origin('maxLeakFraction') ?? 'default' },
    columns: Object.entries(checks.columns).map(([name, given]) => readColumn(name, given, origin('columns') ?? '')),
  };
}

/** A bound for something that is never found would always be met. */
function checkAnomalies(bounds: Readonly<Record<string, number>> | undefined): void {
  for (const name of Object.keys(bounds ?? {})) {
    if (ANOMALIES.includes(name)) continue;
    const near = suggest(name, ANOMALIES);
    throw new SentopsError('CONFIG_INVALID', `dataset.checks.maxAnomalyFraction: there is no anomaly ${name}`, {
      hint: near === undefined ? `known are ${ANOMALIES.join(', ')}` : `did you mean ${near}?`,
      details: { path: `dataset.checks.maxAnomalyFraction.${name}` },
    });
  }
}

function readAllowed(rule: Rule<(string | number)[]> | undefined): Pick<Rules, 'labels'> {
  return rule === undefined ? {} : { labels: { value: rule.value.map(String), origin: rule.origin } };
}

type GivenColumn = Project['config']['dataset']['checks']['columns'][string];

function readColumn(name: string, given: GivenColumn, origin: string): ColumnRule {
  const { required, type, maxNullFraction, unique, min, max, minLength, maxLength, values, pattern } = given;
  return {
    name,
    origin: origin.replace('columns', `columns.${name}`),
    required: required ?? true,
    ...(type === undefined ? {} : { type }),
    ...(maxNullFraction === undefined ? {} : { maxNullFraction }),
    ...(unique === true ? { unique } : {}),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(minLength === undefined ? {} : { minLength }),
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(values === undefined ? {} : { values: values.map(String) }),
    ...(pattern === undefined ? {} : { pattern: readPattern(name, pattern) }),
  };
}

function readPattern(name: string, pattern: string): RegExp {
  try {
    return new RegExp(pattern, 'u');
  } catch (error) {
    throw new SentopsError('CONFIG_INVALID', `dataset.checks.columns.${name}.pattern is no regular expression`, {
      hint: error instanceof Error ? error.message : 'write it as JavaScript does',
      cause: error,
    });
  }
}

/** The layer that a value comes from. */
function kindOf({ layers }: Project, key: readonly string[]): LayerKind {
  return layers.find(layer => getAt(layer.values, key) !== undefined)?.kind ?? 'default';
}
