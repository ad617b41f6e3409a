import type { StringFormat } from './fields/types.ts';

interface Format {
  readonly pattern: string;
  readonly expected: string;
}

const PORT = '(?:\\d{1,4}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])';
const BROKER = `(?:[A-Za-z0-9_.-]+|\\[[0-9A-Fa-f:.]+\\]):${PORT}`;
const VERSION = 'v?\\d+(?:\\.(?:\\d+|[xX*])){0,2}(?:-[0-9A-Za-z.-]+)?(?:\\+[0-9A-Za-z.-]+)?';
const COMPARATOR = `(?:(?:(?:[<>]=?|=|~|\\^)\\s*)?${VERSION}|\\*)`;
const RANGE = `${COMPARATOR}(?:\\s+(?:-\\s+)?${COMPARATOR})*`;
const NAMED_TIMES = '@(?:yearly|annually|monthly|weekly|daily|midnight|hourly|once)';
const CRON_UNITS = [
  '[0-5]?\\d',
  '(?:[01]?\\d|2[0-3])',
  '(?:0?[1-9]|[12]\\d|3[01])',
  '(?:0?[1-9]|1[0-2]|[A-Za-z]{3})',
  '(?:[0-7]|[A-Za-z]{3})',
];

/** One pattern for the checker and for the JSON Schema, so that an editor and `config validate` agree. */
export const FORMATS: Readonly<Record<StringFormat, Format>> = {
  duration: {
    pattern: '^\\s*(?:\\d+(?:\\.\\d+)?|(?:\\d+(?:\\.\\d+)?(?:ms|s|m|h|d))+)\\s*$',
    expected: 'a duration such as 90s, 30m, 1h30m or 2d',
  },
  percent: { pattern: '^\\d+(?:\\.\\d+)?%$', expected: 'a percentage such as 50%' },
  uri: {
    pattern:
      '^(?:[A-Za-z][A-Za-z0-9+.-]*://(?=\\S)[^\\s/\\u0000-\\u001f]*(?:/[^\\u0000-\\u001f]*)?|(?!\\s*(?:[A-Za-z][A-Za-z0-9+.-]*://|(?:gs|s3a?|https?):))(?=\\s*\\S)[^\\u0000-\\u001f]+)$',
    expected: 'a path or a URI such as gs://bucket/folder',
  },
  path: { pattern: '^(?=\\s*\\S)[^\\u0000-\\u001f]+$', expected: 'a path' },
  hostport: { pattern: `^${BROKER}(?:,\\s*${BROKER})*$`, expected: 'host:port, such as localhost:9092' },
  semver: { pattern: `^\\s*${RANGE}(?:\\s*\\|\\|\\s*${RANGE})*\\s*$`, expected: 'a version range such as ">=1 <2"' },
  gate: { pattern: '^\\s*(?:>=|<=|>|<)\\s*-?\\d+(?:\\.\\d+)?\\s*$', expected: 'a comparison such as ">0.75"' },
  cron: {
    pattern: `^(?:${NAMED_TIMES}|${CRON_UNITS.map(cronField).join('\\s+')})$`,
    expected: 'a cron line of five fields such as "0 0 * * 0", or @weekly and the like',
  },
};

/** A list of stars, values, ranges and steps of one unit. */
function cronField(unit: string): string {
  const atom = `(?:\\*|${unit}(?:-${unit})?)(?:/\\d+)?`;
  return `${atom}(?:,${atom})*`;
}
