import { countNoun } from '../../../core/count-noun.ts';
import { groupDigits } from '../../../core/group-digits.ts';
import { shortName } from '../../open-input.ts';
import type { Check, DataProfile } from '../types.ts';
import { judgeColumns } from './judge-columns.ts';
import { judgeFile } from './judge-file.ts';
import { judgeLabels } from './judge-labels.ts';
import { judgeOddTexts } from './judge-odd-texts.ts';
import { atMost, check } from './outcome.ts';
import type { Rules } from './rules.ts';

/** Above these shares something is worth a warning, where nobody set a bound. */
const NOTABLE = { null: 0.01, duplicate: 0.05 };

/** How the data stands to what is demanded of it; what nobody demanded can only be a warning. */
export function judge(profile: DataProfile, rules: Rules): Check[] {
  return [
    ...judgeFile(profile, rules),
    ...judgeRows(profile, rules),
    ...judgeLabels(profile, rules),
    ...judgeTexts(profile, rules),
    ...judgeColumns(profile, rules),
  ];
}

function judgeRows({ rows, incomplete, labelling }: DataProfile, rules: Rules): Check[] {
  const { minRows, maxRows, maxNullFraction } = rules;
  const found = countNoun(rows, 'row');
  const what = labelling === null ? 'rows without a text' : 'rows without a text or a label';
  return [
    ...(minRows
      ? [
          check('min-rows', rows >= minRows.value ? 'pass' : 'fail', {
            expected: `at least ${groupDigits(minRows.value)} rows`,
            found,
            origin: minRows.origin,
            hint:
              rows >= minRows.value
                ? null
                : 'the file may be cut off: compare its size with the source, or run sentops dataset verify',
          }),
        ]
      : []),
    ...(maxRows
      ? [
          check('max-rows', rows <= maxRows.value ? 'pass' : 'fail', {
            expected: `at most ${groupDigits(maxRows.value)} rows`,
            found,
            origin: maxRows.origin,
          }),
        ]
      : []),
    atMost('nulls', what, incomplete, rows, maxNullFraction, NOTABLE.null),
  ];
}

function judgeTexts(profile: DataProfile, rules: Rules): Check[] {
  const { rows, duplicates, leakage } = profile;
  const about = duplicates.exact ? '' : ' (estimated)';
  return [
    atMost(
      'duplicates',
      `rows with a text that came before${about}`,
      duplicates.rows,
      rows,
      rules.maxDuplicateFraction,
      NOTABLE.duplicate,
    ),
    ...(profile.labelling === null
      ? []
      : [
          atMost(
            'contradictions',
            `rows whose text has another label elsewhere${about}`,
            duplicates.contradictingRows,
            rows,
            rules.maxContradictionFraction,
            0,
          ),
        ]),
    ...(leakage === null
      ? []
      : [
          atMost(
            'leakage',
            `rows whose text is in ${shortName(leakage.against)} too${leakage.exact ? '' : ' (estimated)'}`,
            leakage.rows,
            rows,
            rules.maxLeakFraction,
            0,
            'leave these rows out of one of the two files: what a model has learnt by heart proves nothing',
          ),
        ]),
    ...judgePersonal(profile, rules),
    ...judgeOddTexts(profile, rules),
  ];
}

function judgePersonal({ personal, rows }: DataProfile, { maxPersonalFraction }: Rules): Check[] {
  if (personal.length === 0) {
    return [atMost('personal-data', 'rows that look as if they held personal data', 0, rows, maxPersonalFraction, 0)];
  }
  return personal.map(({ name, what, rows: found }) =>
    atMost(
      `personal-data.${name}`,
      `rows with ${what}`,
      found,
      rows,
      maxPersonalFraction,
      0,
      'mask them before the texts leave this machine',
    ),
  );
}
