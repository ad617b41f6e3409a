import type { Block, Table } from '../document.ts';
import { formatMetric, shorten } from '../format.ts';
import { tidyLabel } from '../tidy-labels.ts';
import type { FeatureGroup, Mistake } from '../types.ts';

const TEXT_SIGNS = 300;
const FEATURE_SIGNS = 60;

/** The features that speak loudest for each class. */
export function featureTable({ label, features }: FeatureGroup): Table {
  return {
    type: 'table',
    caption: `Features that speak most for ${tidyLabel(label)}`,
    columns: [{ title: 'Feature' }, { title: 'Weight', numeric: true }],
    rows: features.map(({ name, weight }) => [shorten(name, FEATURE_SIGNS), signed(weight)]),
  };
}

export function mistakeBlocks(mistakes: readonly Mistake[]): Block[] {
  if (mistakes.length === 0) return [];
  return [
    { type: 'heading', level: 2, text: 'Wrong predictions' },
    {
      type: 'table',
      caption: 'Examples, as they are in the data',
      columns: [
        { title: 'Text', wide: true },
        { title: 'Actual' },
        { title: 'Predicted' },
        { title: 'Probability', numeric: true },
      ],
      rows: mistakes.map(({ text, actual, predicted, probability }) => [
        shorten(text, TEXT_SIGNS),
        tidyLabel(actual),
        tidyLabel(predicted),
        formatMetric(probability),
      ]),
    },
  ];
}

function signed(weight: number): string {
  if (!Number.isFinite(weight)) return formatMetric(weight);
  return `${weight < 0 ? '−' : '+'}${Math.abs(weight).toFixed(4)}`;
}
