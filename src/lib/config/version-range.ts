type Version = readonly [major: number, minor: number, patch: number];

/** A comparator as bounds: from the first version (included) to the second (excluded). */
type Interval = readonly [from: Version, to: Version];

const END = Number.POSITIVE_INFINITY;
const ZERO: Version = [0, 0, 0];
const FOREVER: Version = [END, 0, 0];

/**
 * Whether a version lies in a range as npm writes them: `>=1 <2`, `^1.2`, `~1.2.3`, `1.x`, `1 - 2`, `a || b`.
 * A pre-release counts as the version that it leads to.
 */
export function satisfiesRange(version: string, range: string): boolean {
  const [wanted] = parse(version);
  return range
    .split('||')
    .some(part =>
      intervalsOf(part.trim()).every(([from, to]) => compare(wanted, from) >= 0 && compare(wanted, to) < 0),
    );
}

function intervalsOf(part: string): Interval[] {
  const hyphen = /^(\S+)\s+-\s+(\S+)$/.exec(part);
  if (hyphen) return [[parse(hyphen[1] ?? '')[0], endOf(hyphen[2] ?? '')]];
  const comparators = part.replace(/([<>=~^]+)\s+/g, '$1').split(/\s+/);
  return comparators.filter(comparator => comparator !== '').map(intervalOf);
}

function intervalOf(comparator: string): Interval {
  const [, operator = '', text = ''] = /^([<>=~^]*)(.*)$/.exec(comparator) ?? [];
  const [from, given] = parse(text);
  switch (operator) {
    case '>=':
      return [from, FOREVER];
    case '>':
      return [endOf(text), FOREVER];
    case '<':
      return [ZERO, from];
    case '<=':
      return [ZERO, endOf(text)];
    case '^':
      return [from, endOfCaret(from, given)];
    case '~':
      return [from, given < 2 ? [from[0] + 1, 0, 0] : [from[0], from[1] + 1, 0]];
    default:
      return [from, endOf(text)];
  }
}

/** The first version after everything that a partial version stands for: 2 for `1`, 1.3 for `1.2`. */
function endOf(text: string): Version {
  const [[major, minor, patch], given] = parse(text);
  if (given === 0) return FOREVER;
  if (given === 1) return [major + 1, 0, 0];
  return given === 2 ? [major, minor + 1, 0] : [major, minor, patch + 1];
}

/** The left-most number that is not zero may not change. */
function endOfCaret([major, minor, patch]: Version, given: number): Version {
  if (given === 0) return FOREVER;
  if (major > 0 || given === 1) return [major + 1, 0, 0];
  return minor > 0 || given === 2 ? [0, minor + 1, 0] : [0, 0, patch + 1];
}

/** The numbers of a version, and how many of them are given (`1.x` gives one). */
function parse(text: string): readonly [Version, number] {
  const numbers = text.replace(/^v/, '').split(/[-+]/, 1)[0]?.split('.') ?? [];
  const wild = numbers.findIndex(part => !/^\d+$/.test(part));
  const given = numbers.slice(0, wild < 0 ? 3 : wild).map(Number);
  return [[given[0] ?? 0, given[1] ?? 0, given[2] ?? 0], given.length];
}

function compare(a: Version, b: Version): number {
  const index = [0, 1, 2].find(i => a[i] !== b[i]);
  return index === undefined ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}
