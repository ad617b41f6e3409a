/** A whole number with a comma between thousands. Not toLocaleString: that loads the tables of all languages for it. */
export function groupDigits(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
