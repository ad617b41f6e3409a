/** A public dataset that is known well enough to be asked for by a short name. */
export interface Preset {
  readonly name: string;
  readonly title: string;
  readonly source: string;
  readonly ref: string;
  /** The file with the rows. */
  readonly file: string;
  readonly format: PresetFormat;
  readonly expected: PresetCounts;
}

interface PresetFormat {
  readonly type: 'csv';
  readonly header: boolean;
  readonly encoding: 'latin1' | 'utf8';
  /** In order where there is no header; those that matter where there is one. */
  readonly columns: readonly string[];
  readonly text: string;
  readonly label: string;
  /** Class number for each label as written in the file. */
  readonly labels: Readonly<Record<string, number>>;
}

interface PresetCounts {
  readonly rows: number;
  /** Rows of each label as written in the file; absent where only the sum is known. */
  readonly labels?: Readonly<Record<string, number>>;
}

/** The data of the reference pipelines. `sentops init` writes the same facts into the project file. */
export const PRESETS: readonly Preset[] = [
  {
    name: 'sentiment140',
    title: 'Sentiment140: 1.6 million tweets',
    source: 'kaggle',
    ref: 'kazanova/sentiment140',
    file: 'training.1600000.processed.noemoticon.csv',
    format: {
      type: 'csv',
      header: false,
      encoding: 'latin1',
      columns: ['target', 'ids', 'date', 'flag', 'user', 'text'],
      text: 'text',
      label: 'target',
      labels: { '0': 0, '4': 1 },
    },
    expected: { rows: 1_600_000, labels: { '0': 800_000, '4': 800_000 } },
  },
  {
    name: 'imdb',
    title: 'IMDB: 50,000 film reviews',
    source: 'kaggle',
    ref: 'lakshmi25npathi/imdb-dataset-of-50k-movie-reviews',
    file: 'IMDB Dataset.csv',
    format: {
      type: 'csv',
      header: true,
      encoding: 'utf8',
      columns: ['review', 'sentiment'],
      text: 'review',
      label: 'sentiment',
      labels: { negative: 0, positive: 1 },
    },
    expected: { rows: 50_000, labels: { negative: 25_000, positive: 25_000 } },
  },
  {
    name: 'kindle',
    title: 'Kindle: 12,000 book reviews with stars',
    source: 'kaggle',
    ref: 'meetnagadia/amazon-kindle-book-review-for-sentiment-analysis',
    // With the space: that is its name.
    file: 'all_kindle_review .csv',
    format: {
      type: 'csv',
      header: true,
      encoding: 'utf8',
      columns: ['rating', 'reviewText', 'summary'],
      text: 'reviewText',
      label: 'rating',
      labels: { '1': 0, '2': 0, '4': 1, '5': 1 },
    },
    expected: { rows: 12_000 },
  },
];

export function presetNamed(name: string): Preset | null {
  return PRESETS.find(preset => preset.name === name) ?? null;
}

/** The preset of a dataset that is named in full. */
export function presetOf(source: string, ref: string): Preset | null {
  return PRESETS.find(preset => preset.source === source && preset.ref.toLowerCase() === ref.toLowerCase()) ?? null;
}
