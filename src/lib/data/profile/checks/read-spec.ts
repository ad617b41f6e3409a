import path from 'node:path';
import { nameOfSaying, sayingsAbout } from '../../../config/locate.ts';
import type { Project } from '../../../config/types.ts';
import { SentopsError } from '../../../core/errors.ts';
import { isUri } from '../../../core/is-uri.ts';
import { suggest } from '../../../core/suggest.ts';
import { layerOf, readLabelClasses, readRowFormat } from '../../dataset-layout.ts';
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

/** The sections of the project file that are read here. */
export const CHECK_SECTIONS = ['dataset', 'buckets'];

export function readCheckSpec(project: Project, options: CheckOptions): CheckSpec {
  const own = ownLocations(project);
  const location = options.location ?? (own[0] as string);
  const isOwn = own.includes(isUri(location) || location === '-' ? location : path.resolve(options.cwd, location));
  return {
    location,
    isOwn,
    table: readRowFormat(project, options, isOwn),
    labels: isOwn ? readLabelClasses(project) : null,
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

/**
 * The thresholds that somebody set. The defaults are those of Sentiment140: they hold for that dataset alone, and say
 * nothing about a file given by hand.
 */
function readRules(project: Project, isOwn: boolean): Rules {
  const { checks } = project.config.dataset;
  const isReference = isOwn && ['ref', 'file'].every(key => layerOf(project, `dataset.${key}`) === 'default');
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
