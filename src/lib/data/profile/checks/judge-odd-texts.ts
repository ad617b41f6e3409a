import { countNoun } from '../../../core/count-noun.ts';
import { groupDigits } from '../../../core/group-digits.ts';
import { percent } from '../../../core/percent.ts';
import type { Check, DataProfile, Finding } from '../types.ts';
import { atMost, BUILT_IN, check } from './outcome.ts';
import type { Rules } from './rules.ts';

/** Share of the rows above which an oddity is worth a warning, where nobody set a bound. */
const NOTABLE = 0.01;
/** One of these is worth one: it tells of the file, not of its row. */
const NEVER: readonly string[] = ['header-again', 'swallowed-rows'];
/** No review has so many characters: a single text of that length is several rows, or another file. */
const HUGE = 1_000_000;

/** Texts that are probably not what they were meant to be. */
export function judgeOddTexts(profile: DataProfile, { maxAnomalyFraction }: Rules): Check[] {
  const { anomalies, rows } = profile;
  const bounds = maxAnomalyFraction?.value ?? {};
  const named = Object.entries(bounds).map(([name, value]) => {
    const found = anomalies.find(each => each.name === name);
    const origin = maxAnomalyFraction?.origin ?? '';
    return atMost(`anomaly.${name}`, `rows with ${found?.what ?? name}`, found?.rows ?? 0, rows, { value, origin }, 1);
  });
  const others = anomalies.filter(({ name }) => !Object.hasOwn(bounds, name));
  return [...named, ...others.flatMap(finding => judgeUnbound(finding, profile) ?? [])];
}

function judgeUnbound(finding: Finding, profile: DataProfile): Check | null {
  const { name, what, rows, share } = finding;
  const longest = name === 'very-long' ? profile.text.characters.max : 0;
  const isHuge = longest > HUGE;
  const isNever = NEVER.includes(name);
  if (share < NOTABLE && !isNever && !isHuge) return null;
  const expected = isHuge
    ? `texts of at most ${groupDigits(HUGE)} characters`
    : isNever
      ? `no ${what}`
      : `${what}: at most ${percent(NOTABLE)} of the rows`;
  const found = `${countNoun(rows, 'row')} (${percent(share)})${isHuge ? `, the longest of ${groupDigits(longest)} characters` : ''}`;
  return check(`anomaly.${name}`, 'warn', { expected, found, origin: BUILT_IN, hint: hintFor(finding, profile) });
}

function hintFor({ name, examples: [first] }: Finding, { layout }: DataProfile): string | null {
  if (name === 'swallowed-rows')
    return `${first ? `look at row ${first.row}: ` : ''}close its quote, and write a quote inside a quoted field twice`;
  if (name === 'control-characters' && layout.encoding === 'latin1')
    return 'the file may be in Windows-1252: make UTF-8 of it with: iconv -f WINDOWS-1252 -t UTF-8';
  return null;
}
