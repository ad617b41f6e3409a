import { countNoun } from '../../../core/count-noun.ts';
import type { Check, DataProfile } from '../types.ts';
import { atMost, BUILT_IN, check } from './outcome.ts';
import type { Rules } from './rules.ts';

const ENCODINGS = { utf8: 'UTF-8', latin1: 'Latin-1', utf16le: 'UTF-16' } as const;

/** Whether the file is what its name says, and can be read as a whole. */
export function judgeFile(profile: DataProfile, rules: Rules): Check[] {
  const { badRows, rows, badExamples, replacedFields, layout } = profile;
  const [first] = badExamples;
  const readable = atMost('readable', 'rows that cannot be read', badRows, badRows + rows, rules.maxBadFraction, 0);
  return [
    {
      ...readable,
      found: first ? `${readable.found}, the first in line ${first.line}: ${first.reason}` : readable.found,
    },
    ...judgeEncoding(layout.encoding, replacedFields, rules),
    ...judgeName(profile),
    ...judgeColumnNames(profile),
  ];
}

function judgeEncoding(encoding: keyof typeof ENCODINGS, replaced: number, rules: Rules): Check[] {
  const found = ENCODINGS[encoding];
  const wanted = rules.encoding;
  return [
    ...(wanted
      ? [
          check('encoding', wanted.value === encoding ? 'pass' : 'fail', {
            expected: ENCODINGS[wanted.value],
            found,
            origin: wanted.origin,
          }),
        ]
      : []),
    check('characters', replaced === 0 ? 'pass' : 'warn', {
      expected: `bytes that are valid ${found}`,
      found: replaced === 0 ? found : `${countNoun(replaced, 'field')} with other bytes: U+FFFD stands in their place`,
      origin: BUILT_IN,
    }),
  ];
}

const NAMED = /(?:\.(csv|tsv|txt|jsonl|ndjson|json|parquet))?(?:\.(gz|zst))?$/i;
const TYPES: Readonly<Record<string, string>> = {
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  parquet: 'parquet',
  csv: 'csv',
  tsv: 'csv',
};
const PACKINGS: Readonly<Record<string, string>> = { gz: 'gzip', zst: 'zstd' };

/** A name that promises something else misleads the next program, if not this one. */
function judgeName({ location, layout }: DataProfile): Check[] {
  const { type, compression, delimiter, encoding } = layout;
  const [, suffix, packing] = NAMED.exec(location) ?? [];
  const named = suffix === undefined ? undefined : TYPES[suffix.toLowerCase()];
  const packed = packing === undefined ? 'none' : PACKINGS[packing.toLowerCase()];
  const isNamed = suffix !== undefined || packing !== undefined;
  const faults = [
    ...(named !== undefined && named !== type ? [`it is ${type}`] : []),
    ...(isNamed && packed !== compression
      ? [compression === 'none' ? 'it is not packed' : `it is packed with ${compression}`]
      : []),
    ...(suffix?.toLowerCase() === 'csv' && type === 'csv' && delimiter !== ',' && delimiter !== ''
      ? [`its columns are separated by ${delimiter === '\t' ? 'tabs' : JSON.stringify(delimiter)}`]
      : []),
    ...(suffix?.toLowerCase() === 'tsv' && delimiter === ',' ? ['its columns are separated by commas'] : []),
    ...(encoding === 'utf16le' ? ['it is in UTF-16, which few programs expect'] : []),
  ];
  if (location === 'standard input') return [];
  return [
    check('file', faults.length === 0 ? 'pass' : 'warn', {
      expected: 'a file that is what its name says',
      found:
        faults.length === 0 ? (layout.compression === 'none' ? type : `${type}, ${compression}`) : faults.join('; '),
      origin: BUILT_IN,
    }),
  ];
}

/** A second column of the same name was given its number on reading: `text_c1`. */
function judgeColumnNames({ layout: { type, header, columns } }: DataProfile): Check[] {
  if (type !== 'csv' || !header) return [];
  const again = columns.flatMap((name, index) => {
    const [, base] = new RegExp(`^(.+?)(?:_c${index})+$`).exec(name) ?? [];
    return base !== undefined && columns.indexOf(base) >= 0 && columns.indexOf(base) < index ? [base] : [];
  });
  if (again.length === 0) return [];
  return [
    check('column-names', 'warn', {
      expected: 'a name of its own for every column',
      found: `several columns are called ${[...new Set(again)].join(', ')}`,
      origin: BUILT_IN,
    }),
  ];
}
