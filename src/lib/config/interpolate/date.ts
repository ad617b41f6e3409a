const LETTERS = /yyyy|MM|dd|HH|mm|ss|SSS|'([^']*)'|[A-Za-z]/g;

/** `yyyy-MM-dd` and the like in UTC, so that one run has one date everywhere; undefined for a letter that means nothing. */
export function formatDate(now: Date, pattern: string): string | undefined {
  let isKnown = true;
  const pad = (value: number, length = 2) => String(value).padStart(length, '0');
  const text = pattern.replace(LETTERS, (letters: string, quoted: string | undefined) => {
    if (quoted !== undefined) return quoted;
    switch (letters) {
      case 'yyyy':
        return pad(now.getUTCFullYear(), 4);
      case 'MM':
        return pad(now.getUTCMonth() + 1);
      case 'dd':
        return pad(now.getUTCDate());
      case 'HH':
        return pad(now.getUTCHours());
      case 'mm':
        return pad(now.getUTCMinutes());
      case 'ss':
        return pad(now.getUTCSeconds());
      case 'SSS':
        return pad(now.getUTCMilliseconds(), 3);
      default:
        isKnown = letters === 'T' || letters === 'Z' ? isKnown : false;
        return letters;
    }
  });
  return isKnown && pattern !== '' ? text : undefined;
}
