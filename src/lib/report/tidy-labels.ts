import { shorten } from './format.ts';
import type { ReportedLabels } from './types.ts';

const LABEL_SIGNS = 80;

/** Labels as a reader can take them: on one line, not endless, never invisible. */
export function tidyLabels(labels: ReportedLabels): ReportedLabels {
  return {
    names: labels.names.map(tidyLabel),
    mapping: labels.mapping.map(({ from, to, rows }) => ({ from: tidyLabel(from), to: tidyLabel(to), rows })),
    dropped: labels.dropped.map(one => ({ ...one, label: tidyLabel(one.label) })),
  };
}

export function tidyLabel(label: string): string {
  return shorten(label, LABEL_SIGNS) || '(empty)';
}
