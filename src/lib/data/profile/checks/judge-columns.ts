import { countNoun } from '../../../core/count-noun.ts';
import type { Check, ColumnProfile, DataProfile, Lengths } from '../types.ts';
import { atMost, BUILT_IN, check } from './outcome.ts';
import type { ColumnRule, Rules } from './rules.ts';

/** The rules of the project file for single columns, and the contract of text_len and word_count. */
export function judgeColumns(profile: DataProfile, { columns }: Rules): Check[] {
  return [...judgeContract(profile), ...columns.flatMap(rule => judgeColumn(profile, rule))];
}

/** A service that is sent these numbers refuses others than numbers. */
function judgeContract({ text }: DataProfile): Check[] {
  return text.contract.map(({ name, notNumbers, different, rows }) => {
    const status = notNumbers > 0 ? 'fail' : different > 0 ? 'warn' : 'pass';
    const faults = [
      ...(notNumbers > 0
        ? [`${countNoun(notNumbers, 'value')} that ${notNumbers === 1 ? 'is' : 'are'} no number`]
        : []),
      ...(different > 0 ? [`${countNoun(different, 'number')} other than the text gives`] : []),
    ];
    return check(`contract.${name}`, status, {
      expected: `${name} is the number of ${name.toLowerCase() === 'text_len' ? 'characters' : 'words'} of the text`,
      found: faults.join(', ') || countNoun(rows, 'row'),
      origin: BUILT_IN,
    });
  });
}

const COMPUTED: Readonly<Record<string, (profile: DataProfile) => Lengths>> = {
  text_len: ({ text }) => text.characters,
  word_count: ({ text }) => text.words,
};

function judgeColumn(profile: DataProfile, rule: ColumnRule): Check[] {
  const column = profile.columns.find(({ name }) => name === rule.name);
  const { name, origin } = rule;
  const computed = Object.hasOwn(COMPUTED, name) ? COMPUTED[name] : undefined;
  if (column === undefined && computed) return judgeRange(rule, computed(profile));
  if (column === undefined) {
    if (!rule.required) return [];
    const found = profile.columns.map(each => each.name).join(', ');
    return [
      check(`column.${name}`, 'fail', { expected: `a column ${name}`, found: `the columns are ${found}`, origin }),
    ];
  }
  const { rows } = profile;
  const { maxNullFraction } = rule;
  return [
    ...(maxNullFraction === undefined
      ? []
      : [
          atMost(
            `column.${name}.nulls`,
            `rows without ${name}`,
            column.nulls,
            rows,
            { value: maxNullFraction, origin },
            0,
          ),
        ]),
    ...judgeValues(column, rule),
    ...judgeUnique(column, rule, rows),
    ...judgeRange(rule, column),
  ];
}

function judgeValues({ broken }: ColumnProfile, rule: ColumnRule): Check[] {
  const { name, origin, type, values, pattern, minLength, maxLength } = rule;
  if (broken === null) return [];
  const demands: readonly (readonly [id: string, isMade: boolean, count: number, expected: string])[] = [
    ['type', type !== undefined, broken.wrongType, `values that are ${type}`],
    ['values', values !== undefined, broken.notAllowed, `one of ${values?.join(', ')}`],
    ['pattern', pattern !== undefined, broken.notMatching, `values that match ${pattern?.source}`],
    ['min-length', minLength !== undefined, broken.tooShort, `${minLength} characters at least`],
    ['max-length', maxLength !== undefined, broken.tooLong, `${maxLength} characters at most`],
  ];
  const [first] = broken.examples;
  return demands
    .filter(([, isMade]) => isMade)
    .map(([id, , count, expected]) =>
      check(`column.${name}.${id}`, count === 0 ? 'pass' : 'fail', {
        expected,
        found: `${countNoun(count, 'other value')}${count > 0 && first ? `, for instance in row ${first.row}: ${JSON.stringify(first.text)}` : ''}`,
        origin,
      }),
    );
}

function judgeUnique({ distinct, distinctExact, nulls }: ColumnProfile, rule: ColumnRule, rows: number): Check[] {
  if (rule.unique !== true) return [];
  const repeated = Math.max(0, rows - nulls - distinct);
  const about = distinctExact ? '' : 'about ';
  return [
    check(`column.${rule.name}.unique`, repeated === 0 ? 'pass' : 'fail', {
      expected: 'no value twice',
      found: `${about}${countNoun(repeated, 'value')} that came before`,
      origin: rule.origin,
    }),
  ];
}

function judgeRange(
  rule: ColumnRule,
  { min, max }: { readonly min: number | null; readonly max: number | null },
): Check[] {
  const { name, origin } = rule;
  if (rule.min === undefined && rule.max === undefined) return [];
  const isIn = min !== null && max !== null && min >= (rule.min ?? min) && max <= (rule.max ?? max);
  const expected = [
    ...(rule.min === undefined ? [] : [`at least ${rule.min}`]),
    ...(rule.max === undefined ? [] : [`at most ${rule.max}`]),
  ].join(' and ');
  return [
    check(`column.${name}.range`, isIn ? 'pass' : 'fail', {
      expected: `numbers of ${expected}`,
      found: min === null || max === null ? 'values that are no numbers' : `from ${min} to ${max}`,
      origin,
    }),
  ];
}
