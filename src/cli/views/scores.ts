import { groupDigits } from '../../lib/core/group-digits.ts';
import type { ScoreResult } from '../../lib/score/types.ts';
import type { View } from '../output/view.ts';

/** Rows that were not printed as lines already, for a person; what else there is to say goes beside them. */
export function renderScores({ items, summary }: ScoreResult, view: View): void {
  if (items.length > 0) drawItems(items, view);
  if (summary.output !== null || (items.length === 0 && summary.input !== null)) {
    const counts = Object.entries(summary.sentiments).map(([name, rows]) => `${groupDigits(rows)} ${name}`);
    const where = summary.output === null ? '' : ` into ${summary.output}`;
    const isTrial = summary.output !== null && !summary.written;
    view.aside(
      `${isTrial ? 'Nothing is written with --dry-run. Would write' : 'Scored'} ${groupDigits(summary.scored)} of ${groupDigits(summary.rows)} rows${where}: ${counts.join(', ')}.`,
    );
  }
}

function drawItems(items: ScoreResult['items'], view: View): void {
  const hasProbability = items.some(({ probability }) => probability !== null);
  const percent = (value: number | null) => (value === null ? null : `${(value * 100).toFixed(1)} %`);
  view.table(items, [
    { title: 'sentiment', value: ({ sentiment, error }) => sentiment ?? error },
    ...(hasProbability
      ? [
          {
            title: 'confidence',
            value: (row: (typeof items)[number]) => percent(row.confidence),
            align: 'right' as const,
          },
        ]
      : []),
    { title: 'text', value: ({ text }) => text },
    ...(items.some(row => row.rawPrediction)
      ? [{ title: 'rawPrediction', value: (row: (typeof items)[number]) => row.rawPrediction?.join(', ') }]
      : []),
  ]);
  for (const { text, tokens } of items) {
    if (tokens === undefined || tokens.length === 0) continue;
    view.heading(String(text));
    view.table(tokens, [
      { title: 'token', value: ({ token }) => token },
      { title: 'weight', value: ({ weight }) => weight.toFixed(4), align: 'right' },
      { title: 'count', value: ({ count }) => count, align: 'right' },
    ]);
  }
}
