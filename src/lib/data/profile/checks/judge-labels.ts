import { countNoun } from '../../../core/count-noun.ts';
import { groupDigits } from '../../../core/group-digits.ts';
import { percent } from '../../../core/percent.ts';
import type { Check, DataProfile, Labelling } from '../types.ts';
import { BUILT_IN, check } from './outcome.ts';
import type { Rules } from './rules.ts';

/** The rarest class is called rare below this share of what it would have if all were equally frequent. */
const RARE = 0.2;
const MOST_LISTED = 8;

/** Which labels there are, how even they are, and the order in which they come. */
export function judgeLabels({ labels, labelling, rows }: DataProfile, rules: Rules): Check[] {
  if (labelling === null) return withoutLabels(rules);
  const { problem, scheme, classes, order, column } = labelling;
  if (problem !== null) {
    return [check('labels', 'fail', { expected: 'labels of two classes at least', found: problem, origin: BUILT_IN })];
  }
  const listed = Object.entries(classes).map(([name, count]) => `${name} ${groupDigits(count)}`);
  return [
    check('labels', 'pass', {
      expected: 'labels of two classes at least',
      found: `${column}, ${scheme === 'as written' ? 'taken' : 'read as'} ${scheme}: ${shorten(listed)}`,
      origin: BUILT_IN,
    }),
    ...judgeAllowed(labels, rules),
    ...judgeDropped(labelling, rows, rules),
    ...judgeBalance(labelling, rules),
    check('label-order', order === null ? 'pass' : 'warn', {
      expected: 'rows in no order of their labels',
      found: order ?? 'no order seen',
      origin: BUILT_IN,
      hint: order === null ? null : 'take samples with: sentops dataset sample',
    }),
  ];
}

function withoutLabels({ labels, minLabelFraction }: Rules): Check[] {
  const demand = labels ?? minLabelFraction;
  if (demand === undefined) return [];
  return [
    check('labels', 'fail', {
      expected: 'a column of labels',
      found: 'no column of labels',
      origin: demand.origin,
      hint: 'name it with --label-column',
    }),
  ];
}

function judgeAllowed(found: DataProfile['labels'], { labels }: Rules): Check[] {
  if (labels === undefined) return [];
  const others = Object.entries(found).filter(([label]) => !labels.value.includes(label.trim()));
  const shown = others.map(([label, rows]) => `${JSON.stringify(label)} in ${countNoun(rows, 'row')}`);
  return [
    check('label-set', others.length === 0 ? 'pass' : 'fail', {
      expected: `only ${labels.value.join(', ')}`,
      found: others.length === 0 ? shorten(Object.keys(found)) : shorten(shown),
      origin: labels.origin,
    }),
  ];
}

/** Where the project says which labels may occur, that check speaks of them. */
function judgeDropped({ dropped }: Labelling, rows: number, { labels }: Rules): Check[] {
  if (dropped.length === 0 || labels !== undefined) return [];
  const lost = dropped.reduce((sum, each) => sum + each.rows, 0);
  const shown = dropped.map(({ value, why, rows: count }) => `${JSON.stringify(value)} (${why}) ${groupDigits(count)}`);
  return [
    check('labels-left-out', 'warn', {
      expected: 'every label has a class',
      found: `${countNoun(lost, 'row')} (${percent(lost / rows)}) would be left out in training: ${shorten(shown)}`,
      origin: BUILT_IN,
    }),
  ];
}

function judgeBalance({ rarest, classes }: Labelling, { minLabelFraction }: Rules): Check[] {
  if (rarest === null) return [];
  const names = Object.keys(classes);
  const least = names.reduce((a, b) => ((classes[b] ?? 0) < (classes[a] ?? 0) ? b : a), names[0] ?? '');
  const found = `${percent(rarest)} of the rows with a class are ${least}`;
  if (minLabelFraction) {
    const isMet = rarest >= minLabelFraction.value;
    const expected = `at least ${percent(minLabelFraction.value)} of the rarest class`;
    return [check('label-balance', isMet ? 'pass' : 'fail', { expected, found, origin: minLabelFraction.origin })];
  }
  const bound = RARE / names.length;
  const expected = `at least ${percent(bound)} of the rarest class`;
  return [check('label-balance', rarest >= bound ? 'pass' : 'warn', { expected, found, origin: BUILT_IN })];
}

function shorten(items: readonly string[]): string {
  const more = items.length > MOST_LISTED ? `, and ${items.length - MOST_LISTED} more` : '';
  return `${items.slice(0, MOST_LISTED).join(', ')}${more}`;
}
