/** A time of ISO 8601 for tables: `2026-11-21 18:02Z`. Universal time, as everything else that is printed has it. */
export function showMoment(time: string | null): string {
  return time === null ? '-' : time.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:[\d.]+)?Z$/, '$1 $2Z');
}
