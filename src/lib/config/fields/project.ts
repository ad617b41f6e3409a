import { boolean, integer, list, map, number, section, string, union } from './build.ts';

/** A label, property or parameter: written without quotes in YAML it may be a number or a boolean. */
export const scalar = union([string({ allowEmpty: true }), number({}), boolean({})], {});

export const version = integer({
  doc: 'Version of the project file format.',
  default: 1,
  min: 1,
  max: 1,
  fileOnly: true,
  literal: true,
});

export const requires = string({
  doc: 'Versions of sentops that may run this project, as a semantic version range.',
  format: 'semver',
  fileOnly: true,
  literal: true,
});

export const include = list(string({ format: 'path' }), {
  doc: 'Files (globs allowed) merged before this one; this file wins.',
  default: [],
  fileOnly: true,
  literal: true,
});

export const project = section('Who the project is.', {
  name: string({ doc: 'Name shown in reports and pages.', default: 'sentiment-project' }),
  id: string({
    doc: 'Prefix for job ids, labels and consumer groups.',
    default: 'sentiment',
    pattern: '^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$',
    patternDoc: 'at most 40 lower-case letters, digits and hyphens, beginning with a letter',
  }),
  labels: map(scalar, {
    doc: 'Labels put on every job, cluster and bucket.',
    default: { app: 'sentiment', owner: 'mlops' },
    keys: '^[a-z][a-z0-9_-]{0,62}$',
    keysDoc: 'at most 63 lower-case letters, digits, hyphens and underscores, beginning with a letter',
  }),
});
